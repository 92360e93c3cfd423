import { describe, expect, test } from 'vitest';
import { countOf, formatAge, formatBytes, formatDuration, formatElapsed } from './format.ts';

describe('a duration has at most two units', () => {
  test.each([
    [0, '0 ms'],
    [340.4, '340 ms'],
    [4321, '4.3 s'],
    [12_900, '12 s'],
    [60_000, '1 min'],
    [200_000, '3 min 20 s'],
    [3_600_000, '1 h'],
    [7_500_000, '2 h 5 min'],
    [4 * 86_400_000 + 3 * 3_600_000 + 59_000, '4 d 3 h'],
    [-5, '0 ms'],
  ])('%d ms is %s', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });
});

test('what still goes on is said in whole seconds', () => {
  expect([0, 999, 1999, 59_999, 61_500].map(formatElapsed)).toEqual(['1 s', '1 s', '1 s', '59 s', '1 min 1 s']);
});

test('an age has one unit', () => {
  expect([-3000, 4999, 5000, 59_999, 61_000, 7_300_000, 200_000_000].map(formatAge)).toEqual([
    'now',
    'now',
    '5s',
    '59s',
    '1m',
    '2h',
    '2d',
  ]);
});

test('sizes go up in steps of 1,024', () => {
  expect([0, 1023, 1024, 15_360, 5 * 1024 ** 2, 3 * 1024 ** 4].map(formatBytes)).toEqual([
    '0 B',
    '1023 B',
    '1.0 KB',
    '15 KB',
    '5.0 MB',
    '3.0 TB',
  ]);
});

test('one is singular', () => {
  expect([countOf(1, 'task'), countOf(0, 'task'), countOf(2, 'approval waits', 'approvals wait')]).toEqual([
    '1 task',
    '0 tasks',
    '2 approvals wait',
  ]);
});
