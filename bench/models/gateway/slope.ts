/** Least squares. Throws for fewer than two samples. */
export function slopePerMinute(samples: readonly { readonly minute: number; readonly mib: number }[]): number {
  if (samples.length < 2) throw new RangeError(`${samples.length} samples have no slope.`);
  const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const minute = meanOf(samples.map((sample) => sample.minute));
  const mib = meanOf(samples.map((sample) => sample.mib));
  const rise = samples.reduce((sum, sample) => sum + (sample.minute - minute) * (sample.mib - mib), 0);
  const run = samples.reduce((sum, sample) => sum + (sample.minute - minute) ** 2, 0);
  return rise / run;
}
