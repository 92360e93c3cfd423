// How numbers and times are written on the page.

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Two units at most: `340 ms`, `12 s`, `3 min 20 s`, `2 h 5 min`, `4 d 3 h`. */
export function formatDuration(durationMs: number): string {
  const ms = Math.max(0, Math.round(durationMs));
  if (ms < secondMs) return `${ms} ms`;
  if (ms < 10 * secondMs) return `${(ms / secondMs).toFixed(1)} s`;
  if (ms < minuteMs) return `${Math.floor(ms / secondMs)} s`;
  if (ms < hourMs) return pair(ms, [minuteMs, 'min'], [secondMs, 's']);
  if (ms < dayMs) return pair(ms, [hourMs, 'h'], [minuteMs, 'min']);
  return pair(ms, [dayMs, 'd'], [hourMs, 'h']);
}

function pair(
  ms: number,
  [bigMs, big]: readonly [number, string],
  [smallMs, small]: readonly [number, string],
): string {
  const rest = Math.floor((ms % bigMs) / smallMs);
  const whole = `${Math.floor(ms / bigMs)} ${big}`;
  return rest === 0 ? whole : `${whole} ${rest} ${small}`;
}

/** For what still goes on and is shown once a second: whole seconds, since tenths would look measured. */
export function formatElapsed(elapsedMs: number): string {
  const seconds = Math.max(1, Math.floor(elapsedMs / secondMs));
  return seconds < 60 ? `${seconds} s` : formatDuration(seconds * secondMs);
}

/** One unit, as short as a column needs: `now`, `12s`, `3m`, `2h`, `4d`. */
export function formatAge(ageMs: number): string {
  if (ageMs < 5 * secondMs) return 'now';
  if (ageMs < minuteMs) return `${Math.floor(ageMs / secondMs)}s`;
  if (ageMs < hourMs) return `${Math.floor(ageMs / minuteMs)}m`;
  if (ageMs < dayMs) return `${Math.floor(ageMs / hourMs)}h`;
  return `${Math.floor(ageMs / dayMs)}d`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ['KB', 'MB', 'GB', 'TB'];
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit] ?? ''}`;
}

const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const clockTime = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

export function formatInstant(at: number): string {
  return dateTime.format(at);
}

export function formatClock(at: number): string {
  return clockTime.format(at);
}

/** `1 task`, `3 tasks`. */
export function countOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : plural}`;
}
