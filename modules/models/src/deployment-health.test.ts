import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  availabilityOf,
  breakerFailures,
  failureShare,
  firstByteMs,
  freshHealth,
  loadOf,
  onFirstByte,
  onTryEnded,
  onTryFailed,
  onTryStarted,
  type Health,
  type TryTicket,
} from './deployment-health.ts';
import { failureRules, type FailureKind } from './failure.ts';

const start = 1_000_000;

interface Seen {
  readonly kind: FailureKind;
  readonly retryAfterMs?: number;
}

function tryOnce(health: Health, at: number, seenFailure?: Seen): Health {
  const begun = onTryStarted(health, at);
  const ticket: TryTicket = { deploymentId: 'a', startedAt: at, isProbe: begun.isProbe };
  const seen =
    seenFailure === undefined
      ? onFirstByte(begun.health, ticket, at + 100)
      : onTryFailed(begun.health, ticket, { ...seenFailure, at });
  return onTryEnded(seen);
}

const failTimes = (health: Health, times: number, kind: FailureKind): Health => {
  let now = health;
  for (let index = 0; index < times; index++) now = tryOnce(now, start, { kind });
  return now;
};

describe('the breaker', () => {
  test('[RT23] opens after several failures in a row, and one success before that begins the count anew', () => {
    const nearly = failTimes(freshHealth, breakerFailures - 1, 'server-error');
    expect(availabilityOf(nearly, start).state).toBe('closed');
    expect(availabilityOf(tryOnce(nearly, start, { kind: 'server-error' }), start).state).toBe('open');
    const well = tryOnce(nearly, start);
    expect(availabilityOf(failTimes(well, breakerFailures - 1, 'stalled'), start).state).toBe('closed');
  });

  test('[RT23] lets one probe through when its time is over; its success closes, its failure opens for longer', () => {
    const open = failTimes(freshHealth, breakerFailures, 'connection');
    const until = open.cooling?.until ?? 0;
    const first = onTryStarted(open, until);
    expect(first.isProbe).toBe(true);
    expect(availabilityOf(first.health, until).state).toBe('open');
    expect(onTryStarted(first.health, until).isProbe).toBe(false);
    const ticket = { deploymentId: 'a', startedAt: until, isProbe: true };
    expect(availabilityOf(onFirstByte(first.health, ticket, until + 5), until + 5).state).toBe('closed');
    const again = onTryFailed(first.health, ticket, { kind: 'connection', at: until });
    expect((again.cooling?.until ?? 0) - until).toBe(2 * (until - start));
  });

  test('[RT23] a probe that its caller gave up, or that never ended, leaves the way to another', () => {
    const open = failTimes(freshHealth, breakerFailures, 'connection');
    const until = open.cooling?.until ?? 0;
    const probing = onTryStarted(open, until).health;
    const ticket = { deploymentId: 'a', startedAt: until, isProbe: true };
    expect(availabilityOf(onTryFailed(probing, ticket, { kind: 'cancelled', at: until }), until).state).toBe(
      'half-open',
    );
    expect(availabilityOf(probing, until + 120_000).state).toBe('half-open');
  });
});

describe('a cooling', () => {
  test('[RT22] lasts as long as the provider says, else as the failure table says', () => {
    expect(tryOnce(freshHealth, start, { kind: 'rate-limited', retryAfterMs: 1_234 }).cooling?.until).toBe(
      start + 1_234,
    );
    const limited = Object.entries(failureRules).filter(([, rule]) => rule.cooling === 'until-reset');
    expect(limited.length).toBeGreaterThan(3);
    for (const [kind, { coolingMs = NaN }] of limited)
      expect(tryOnce(freshHealth, start, { kind: kind as FailureKind }).cooling?.until).toBe(start + coolingMs);
  });

  test('[RT22] is not ended by an answer that was asked for before it began, nor made shorter', () => {
    const begun = onTryStarted(freshHealth, start);
    const before = { deploymentId: 'a', startedAt: start, isProbe: false };
    const cooling = tryOnce(begun.health, start + 1, { kind: 'quota-exhausted', retryAfterMs: 60_000 });
    expect(onFirstByte(cooling, before, start + 2).cooling).toEqual(cooling.cooling);
    const shorter = onTryFailed(cooling, before, { kind: 'rate-limited', retryAfterMs: 10, at: start + 3 });
    expect(shorter.cooling).toEqual(cooling.cooling);
  });

  test('[RT23] what is wrong with the request says nothing against the deployment', () => {
    for (const [kind, rule] of Object.entries(failureRules)) {
      if (rule.cooling !== 'none') continue;
      const health = failTimes(freshHealth, 20, kind as FailureKind);
      expect([kind, availabilityOf(health, start).state, failureShare(health, start)]).toEqual([kind, 'closed', 0]);
    }
  });
});

describe('what was seen lately', () => {
  test('[RT24] the share of failures rises with failures, falls with successes and fades with time', () => {
    const once = tryOnce(freshHealth, start, { kind: 'server-error' });
    expect(failureShare(once, start)).toBeCloseTo(1 / 3);
    const half = tryOnce(once, start);
    expect(failureShare(half, start)).toBeLessThan(failureShare(once, start));
    expect(failureShare(once, start + 3_600_000)).toBeLessThan(0.001);
  });

  test('[RT10] one slow answer is felt at once and forgotten within a minute', () => {
    let health = freshHealth;
    for (let index = 0; index < 50; index++) health = tryOnce(health, start + index);
    expect(firstByteMs(health, start + 200)).toBeCloseTo(100, 0);
    const begun = onTryStarted(health, start + 1_000);
    const ticket = { deploymentId: 'a', startedAt: start + 1_000, isProbe: false };
    const slow = onFirstByte(begun.health, ticket, start + 6_000);
    expect(firstByteMs(slow, start + 6_000)).toBe(5_000);
    expect(firstByteMs(slow, start + 66_000)).toBeLessThan(700);
    expect(loadOf(slow, start + 6_000)).toBe(10_000);
  });

  test('[RT23] whatever happens: one probe at a time, counts in range, nothing open for longer than a day', () => {
    const kinds = Object.keys(failureRules) as FailureKind[];
    const step = fc.record({
      waitMs: fc.integer({ min: 0, max: 40_000 }),
      kind: fc.option(fc.constantFrom(...kinds), { nil: undefined }),
      retryAfterMs: fc.option(fc.integer({ min: 0, max: 10 ** 10 }), { nil: undefined }),
      endNow: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let health = freshHealth;
        let now = start;
        let probes = 0;
        for (const { waitMs, kind, retryAfterMs, endNow } of steps) {
          now += waitMs;
          if (availabilityOf(health, now).state === 'open') continue;
          const probeBefore = health.probeStartedAt;
          const begun = onTryStarted(health, now);
          health = begun.health;
          if (begun.isProbe) probes = probeBefore === undefined ? probes + 1 : 1;
          expect(probes).toBeLessThanOrEqual(1);
          const ticket = { deploymentId: 'a', startedAt: now, isProbe: begun.isProbe };
          if (!endNow) continue;
          health =
            kind === undefined
              ? onFirstByte(health, ticket, now)
              : onTryFailed(health, ticket, { kind, retryAfterMs, at: now });
          health = onTryEnded(health);
          if (begun.isProbe) probes = 0;
          expect(failureShare(health, now)).toBeGreaterThanOrEqual(0);
          expect(failureShare(health, now)).toBeLessThan(1);
          expect((health.cooling?.until ?? now) - now).toBeLessThanOrEqual(24 * 3_600_000);
          expect(health.inFlight).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});
