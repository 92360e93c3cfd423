import { p50, p99 } from '../harness/index.ts';
import type { Quantiles } from './contestant.ts';

export function quantilesOf(values: readonly number[]): Quantiles {
  return { p50: p50(values), p99: p99(values) };
}
