// Lengths of time as people write them: 500ms, 30s, 5m, 2h, 1d, and sums such as 1h30m, largest unit first.

const unitsMs = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** Ten years of 365 days: longer is a typing mistake, and stays far from where times stop being exact. */
export const durationMsMax = 10 * 365 * 86_400_000;

export const durationPattern = '^(?=\\d)(\\d+d)?(\\d+h)?(\\d+m(?!s))?(\\d+s)?(\\d+ms)?$';
const pattern = new RegExp(durationPattern);

/** Milliseconds, or undefined when the text is no duration or is longer than `durationMsMax`. */
export function parseDuration(text: string): number | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  let total = 0;
  for (const [index, [unit, unitMs]] of unitsMs.entries()) {
    const part = match[index + 1];
    if (part !== undefined) total += Number(part.slice(0, -unit.length)) * unitMs;
  }
  return total <= durationMsMax ? total : undefined;
}

/** The shortest text that `parseDuration` reads as the same; fractions of a millisecond are rounded. */
export function formatDuration(durationMs: number): string {
  let left = Math.round(Math.max(0, durationMs));
  let text = '';
  for (const [unit, unitMs] of unitsMs) {
    const count = Math.floor(left / unitMs);
    if (count > 0) text += `${count}${unit}`;
    left -= count * unitMs;
  }
  return text === '' ? '0s' : text;
}
