import { expect, test } from 'vitest';
import { slopePerMinute } from './slope.ts';

test('a straight line has its slope, whatever the noise around it adds up to', () => {
  const line = Array.from({ length: 60 }, (_, second) => ({ minute: second / 60, mib: 100 + (3 * second) / 60 }));
  expect(slopePerMinute(line)).toBeCloseTo(3);
  const flat = line.map(({ minute }, index) => ({ minute, mib: 100 + (index % 2) }));
  expect(Math.abs(slopePerMinute(flat))).toBeLessThan(0.1);
});

test('one sample has no slope', () => {
  expect(() => slopePerMinute([{ minute: 0, mib: 1 }])).toThrow(RangeError);
});
