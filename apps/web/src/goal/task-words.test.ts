import type { Json } from '@chorale/lib-client';
import { describe, expect, test } from 'vitest';
import { taskRow } from './task-row.fixture.ts';
import { doerOf, nameOf, sayItems, sayReason, sayStates } from './task-words.ts';

describe('an item is named by its place and what it is about', () => {
  test.each<[Json, string]>([
    ['src/a.ts', '1. src/a.ts'],
    [{ path: 'src/b.ts', lines: 4 }, '1. src/b.ts'],
    [{ lines: 4 }, '1. {"lines":4}'],
    [42, '1. 42'],
    ['x'.repeat(80), `1. ${'x'.repeat(59)}…`],
  ])('%j', (item, name) => {
    expect(nameOf(taskRow(5, { itemIndex: 0, item }))).toBe(name);
  });
});

test('a task is named by its title, else by its key', () => {
  expect([nameOf(taskRow(1, { title: 'Sign off' })), nameOf(taskRow(1))]).toEqual(['Sign off', 't1']);
});

test('who does a task depends on its kind', () => {
  expect(doerOf(taskRow(1, { kind: 'agent', agent: 'historian' }))).toBe('historian');
  expect(doerOf(taskRow(1, { kind: 'approval' }))).toBe('a person');
});

test('items and states are counted in words', () => {
  const items = (['succeeded', 'running', 'failed', 'waiting'] as const).map((state, no) => taskRow(no, { state }));
  expect(sayItems(items)).toBe('1 of 4 done · 1 running · 1 failed');
  expect(sayStates(items)).toBe('1 waiting · 1 running · 1 succeeded · 1 failed');
});

test('a reason of a newer server is shown as it is', () => {
  expect(sayReason('full-moon')).toBe('full-moon');
});
