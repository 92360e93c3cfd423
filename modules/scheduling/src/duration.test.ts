import fc from 'fast-check';
import { expect, test } from 'vitest';
import { durationMsMax, formatDuration, parseDuration } from './duration.ts';

test.each([
  ['0s', 0],
  ['500ms', 500],
  ['30s', 30_000],
  ['5m', 300_000],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
  ['1h30m', 5_400_000],
  ['1m5ms', 60_005],
  ['90m', 5_400_000],
  ['3650d', durationMsMax],
])('[DU1] %s is %d milliseconds', (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});

test.each(['', '5', 'm', '5 m', '-5m', '1.5h', '5M', '30m1h', '5mm', '5m5m', '1w', '3651d', '99999999999999999999d'])(
  '[DU2] %j is no duration',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test('[DU1] what is printed reads back as the same length', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: durationMsMax }), (durationMs) => {
      expect(parseDuration(formatDuration(durationMs))).toBe(durationMs);
    }),
  );
  expect(formatDuration(5_400_000)).toBe('1h30m');
  expect(formatDuration(0)).toBe('0s');
});
