import { expect, test } from 'vitest';
import { formatTokens, formatUsd } from './format-usd.ts';

test('sums have cents, and small ones digits enough to be told apart', () => {
  expect([0, 3.5, 0.0042, 0.000018].map(formatUsd)).toEqual(['$0', '$3.50', '$0.0042', '$0.000018']);
  expect([512, 128_000, 1_047_576].map(formatTokens)).toEqual(['512', '128k', '1.0M']);
});
