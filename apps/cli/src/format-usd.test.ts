import { expect, test } from 'vitest';
import { formatUsd } from './format-usd.ts';

test('[CLI9] sums have cents, and small ones enough digits to be told apart', () => {
  expect([0, 12.345, 0.01, 0.0042, 0.000018, 1e-9].map(formatUsd)).toEqual([
    '$0',
    '$12.35',
    '$0.01',
    '$0.0042',
    '$0.000018',
    '$0.000000001',
  ]);
});
