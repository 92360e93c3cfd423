import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { missedRuns, nextCronTime, type CronSchedule } from './cron.ts';

const at = (text: string) => Date.parse(text);

function nextRuns([cron, timeZone]: [string, string], after: string, count: number): string[] {
  const runs: string[] = [];
  let afterMs = at(after);
  for (let left = count; left > 0; left--) {
    const next = nextCronTime(cron, timeZone, afterMs);
    if (next === undefined) break;
    runs.push(new Date(next).toISOString().replace(':00.000Z', 'Z'));
    afterMs = next;
  }
  return runs;
}

describe('fields', () => {
  test.each([
    ['* * * * *', '2026-01-01T00:01Z'],
    ['*/15 * * * *', '2026-01-01T00:15Z'],
    ['5,35 8-10/2 * * *', '2026-01-01T08:05Z'],
    ['0 9 * feb-mar mon', '2026-02-02T09:00Z'],
    ['0 0 * * 7', '2026-01-04T00:00Z'],
    ['0 0 29 2 *', '2028-02-29T00:00Z'],
    ['0 0 13 * fri', '2026-01-02T00:00Z'],
    ['@hourly', '2026-01-01T01:00Z'],
    ['@daily', '2026-01-02T00:00Z'],
    ['@weekly', '2026-01-04T00:00Z'],
    ['@monthly', '2026-02-01T00:00Z'],
    ['@yearly', '2027-01-01T00:00Z'],
  ])('[CR1] %s comes due at %s', (cron, expected) => {
    expect(nextRuns([cron, 'UTC'], '2026-01-01T00:00:00Z', 1)).toEqual([expected]);
  });

  test('[CR1] a schedule that never comes due says so', () => {
    expect(nextCronTime('0 0 30 2 *', 'UTC', 0)).toBeUndefined();
  });

  test.each([
    '',
    '* * * *',
    '* * * * * *',
    '60 * * * *',
    '*/0 * * * *',
    '10-5 * * * *',
    'a b c d e',
    '@reboot',
    '@later',
  ])('%j is refused with what to write', (cron) => {
    expect(() => nextCronTime(cron, 'UTC', 0)).toThrow(
      expect.objectContaining({ code: 'cron-invalid', family: 'refused' }),
    );
  });

  test('an unknown time zone is refused by name', () => {
    const error = expect.objectContaining({ code: 'time-zone-unknown', message: 'there is no time zone "Mars/Base"' });
    expect(() => nextCronTime('* * * * *', 'Mars/Base', 0)).toThrow(error);
  });
});

describe('clock changes', () => {
  test('[CR2] a fixed time that is left out runs when the clock has changed', () => {
    expect(nextRuns(['30 2 * * *', 'Europe/Berlin'], '2026-03-28T12:00:00Z', 2)).toEqual([
      '2026-03-29T01:00Z',
      '2026-03-30T00:30Z',
    ]);
  });

  test('[CR2] a fixed time that comes twice runs once', () => {
    expect(nextRuns(['30 2 * * *', 'Europe/Berlin'], '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30Z',
      '2026-10-26T01:30Z',
    ]);
  });

  test('[CR2] every half hour stays every half hour', () => {
    for (const start of ['2026-03-29T00:00:00Z', '2026-10-25T00:00:00Z']) {
      const runs = nextRuns(['*/30 * * * *', 'Europe/Berlin'], start, 6).map(at);
      expect(runs).toEqual([1, 2, 3, 4, 5, 6].map((n) => at(start) + n * 1_800_000));
    }
  });

  test('[CR2] a day without midnight still has its daily run', () => {
    expect(nextRuns(['0 0 * * *', 'America/Sao_Paulo'], '2018-11-03T12:00:00Z', 2)).toEqual([
      '2018-11-04T03:00Z',
      '2018-11-05T02:00Z',
    ]);
  });

  test('[CR2] a zone whose clock moves by half an hour', () => {
    expect(nextRuns(['@daily', 'Australia/Lord_Howe'], '2026-04-04T00:00:00Z', 2)).toEqual([
      '2026-04-04T13:00Z',
      '2026-04-05T13:30Z',
    ]);
  });
});

describe('catching up', () => {
  const hourly: CronSchedule = {
    cron: '0 * * * *',
    timeZone: 'UTC',
    nextAt: at('2026-01-01T01:00:00Z'),
    catchUp: 'all',
  };

  test('[CR3] nothing is due before its time', () => {
    expect(missedRuns(hourly, hourly.nextAt - 1, 10)).toEqual([]);
    expect(missedRuns(hourly, hourly.nextAt, 10)).toEqual([hourly.nextAt]);
  });

  test('[CR3] all makes up for every run, the newest when there are too many', () => {
    const now = at('2026-01-01T05:30:00Z');
    expect(missedRuns(hourly, now, 10).map((run) => new Date(run).getUTCHours())).toEqual([1, 2, 3, 4, 5]);
    expect(missedRuns(hourly, now, 2).map((run) => new Date(run).getUTCHours())).toEqual([4, 5]);
  });

  test('[CR3] last makes up for one, none for nothing that is late', () => {
    const now = at('2026-01-01T05:30:00Z');
    expect(missedRuns({ ...hourly, catchUp: 'last' }, now, 10)).toEqual([at('2026-01-01T05:00:00Z')]);
    expect(missedRuns({ ...hourly, catchUp: 'none' }, now, 10)).toEqual([]);
    expect(missedRuns({ ...hourly, catchUp: 'none' }, at('2026-01-01T05:00:20Z'), 10)).toEqual([
      at('2026-01-01T05:00:00Z'),
    ]);
  });

  test('[CR3] years of missed minutes are cheap', () => {
    const started = process.cpuUsage();
    const runs = missedRuns({ ...hourly, cron: '* * * 1 *', nextAt: 0 }, at('2026-12-31T00:00:00Z'), 100);
    expect(runs).toHaveLength(100);
    expect(runs.at(-1)).toBe(at('2026-01-31T23:59:00Z'));
    expect(cpuMs(started)).toBeLessThan(2000);
  });

  test('[CR1] [CR3] what is caught up is what would have run', () => {
    const schedules = fc.record({
      cron: fc.constantFrom('*/20 * * * *', '30 2 * * *', '15 */3 * * 1-5', '0 12 1,15 * *', '@hourly'),
      timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe'),
      start: fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') }),
      span: fc.integer({ min: 0, max: 2 * 86_400_000 }),
    });
    fc.assert(
      fc.property(schedules, ({ cron, timeZone, start, span }) => {
        const expected: number[] = [];
        let next = nextCronTime(cron, timeZone, start);
        while (next !== undefined && next <= start + span) {
          expected.push(next);
          next = nextCronTime(cron, timeZone, next);
        }
        const schedule: CronSchedule = { cron, timeZone, nextAt: start + 1, catchUp: 'all' };
        expect(missedRuns(schedule, start + span, 1000)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });
});

/** Processor time and not the clock's: other work on the machine must not fail a test. */
function cpuMs(since: NodeJS.CpuUsage): number {
  return process.cpuUsage(since).user / 1000;
}
