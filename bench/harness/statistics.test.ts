import fc from 'fast-check';
import { expect, test } from 'vitest';
import { median, p50, p99, percentile } from './statistics.ts';

test('the median of an odd number of values is the middle one, whatever their order', () => {
  expect(median([9, 1, 5])).toBe(5);
});

test('the median of an even number of values lies between the middle two', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test('a percentile is the nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
  expect([p50(hundred), p99(hundred), percentile(hundred, 1)]).toEqual([50, 99, 100]);
});

test('a percentile is one of the values, and no more than its share of them lie above', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true }), { minLength: 1 }),
      fc.integer({ min: 1, max: 100 }),
      (values, hundredths) => {
        const found = percentile(values, hundredths / 100);
        expect(values).toContain(found);
        expect(values.filter((value) => value > found).length).toBeLessThanOrEqual(
          values.length * (1 - hundredths / 100) + 1e-9,
        );
      },
    ),
  );
});

test('nothing measured is an error, not a zero', () => {
  expect(() => median([])).toThrow('nothing was measured');
  expect(() => p99([])).toThrow('nothing was measured');
});

test('a share outside (0, 1] is refused', () => {
  expect(() => percentile([1], 99)).toThrow('99 is not');
});
