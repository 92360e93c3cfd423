/** The middle value; the mean of the two middle ones when their number is even. Throws for an empty list. */
export function median(values: readonly number[]): number {
  const sorted = sortedCopy(values);
  const middle = Math.floor(sorted.length / 2);
  const upper = at(sorted, middle);
  return sorted.length % 2 === 1 ? upper : (at(sorted, middle - 1) + upper) / 2;
}

/**
 * The smallest value that at least this share of all values does not exceed (nearest rank): always a value that was
 * really seen. `share` lies in (0, 1], as in `percentile(latenciesMs, 0.99)`.
 */
export function percentile(values: readonly number[], share: number): number {
  if (!(share > 0 && share <= 1)) throw new RangeError(`a percentile is a share in (0, 1]; ${share} is not.`);
  const sorted = sortedCopy(values);
  return at(sorted, Math.ceil(share * sorted.length) - 1);
}

export const p50 = (values: readonly number[]): number => percentile(values, 0.5);
export const p99 = (values: readonly number[]): number => percentile(values, 0.99);

function sortedCopy(values: readonly number[]): readonly number[] {
  if (values.length === 0) throw new RangeError('there is no middle of no values: nothing was measured.');
  return values.toSorted((a, b) => a - b);
}

function at(values: readonly number[], index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError(`no value at ${index} of ${values.length}.`);
  return value;
}
