// When a cron schedule comes due. Five fields (minute hour day month weekday) or @hourly and its kind, in a time zone.
//
// Owns:       which instants a schedule names, and which of them to make up for. Does not own the schedule's row.
// Invariants: CR1 time is handed in; the same arguments always give the same instants.
//             CR2 a fixed time that a clock change leaves out (2:30 when 2 becomes 3) runs when the clock has changed;
//                 one that comes twice runs the first time. A schedule with `*` or a step follows the clock as it is:
//                 hours that do not happen have no runs, an hour that happens twice has runs in both.
//             CR3 what was missed is made up for as the schedule says, never more than `limit` runs at once.
import { refused } from '@chorale/lib-errors';
import { Cron } from 'croner';

export interface CronSchedule {
  readonly cron: string;
  readonly timeZone: string;
  /** The first instant that has not been run. */
  readonly nextAt: number;
  /** `none`: a run that is late is left out; `last`: only the latest is made up for; `all`: every one. */
  readonly catchUp: 'none' | 'last' | 'all';
}

/** A run that starts later than this was missed, not merely a little late: a minute, cron's own step. */
export const lateMsMax = 60_000;

const schedulesKeptMax = 500;
const schedules = new Map<string, Cron>();

/** Throws `cron-invalid` or `time-zone-unknown`. */
function readCron(cron: string, timeZone: string): Cron {
  const key = `${timeZone} ${cron}`;
  const known = schedules.get(key);
  if (known !== undefined) return known;
  const read = parseCron(cron, timeZone);
  if (schedules.size >= schedulesKeptMax) schedules.delete(schedules.keys().next().value as string);
  schedules.set(key, read);
  return read;
}

function parseCron(cron: string, timeZone: string): Cron {
  try {
    // Asked for its zone only: an unknown one throws.
    new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions();
  } catch (cause) {
    throw refused('time-zone-unknown', `there is no time zone "${timeZone}"`, {
      action: 'name one of the IANA data base, such as Europe/Berlin or UTC',
      cause,
    });
  }
  try {
    return new Cron(cron, { timezone: timeZone, mode: '5-part', paused: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace('CronPattern: ', '') : String(cause);
    throw refused('cron-invalid', `"${cron}" is no cron schedule: ${reason}`, {
      action:
        'give five fields (minute hour day month weekday), such as "30 6 * * mon-fri", or @hourly, @daily, @weekly',
      cause,
    });
  }
}

/**
 * The first time the schedule names after `afterMs`; undefined when there is none (30 February).
 * Throws `cron-invalid`, `time-zone-unknown`.
 */
export function nextCronTime(cron: string, timeZone: string, afterMs: number): number | undefined {
  return readCron(cron, timeZone).nextRun(new Date(afterMs))?.getTime();
}

/**
 * The runs to start now, oldest first: those from `nextAt` to `now` that the catch-up policy keeps. Of more than
 * `limit` the newest are kept. Throws `cron-invalid`, `time-zone-unknown`.
 */
export function missedRuns(schedule: CronSchedule, now: number, limit: number): number[] {
  const { cron, timeZone, nextAt, catchUp } = schedule;
  if (nextAt > now) return [];
  const runs = readCron(cron, timeZone);
  const countMax = catchUp === 'all' ? limit : 1;
  const oldest = catchUp === 'none' ? Math.max(nextAt, now - lateMsMax) : nextAt;
  const due: number[] = [];
  // Looks for runs before an instant, so a run at `now` itself is found from the millisecond after.
  let before = now + 1;
  while (due.length < countMax) {
    const run = runs.previousRuns(1, new Date(before))[0]?.getTime();
    if (run === undefined || run < oldest) break;
    due.push(run);
    before = run;
  }
  return due.toReversed();
}
