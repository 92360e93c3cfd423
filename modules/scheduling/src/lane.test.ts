import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  allowances,
  burstOf,
  laneName,
  laneSuits,
  parseLane,
  refill,
  type Lane,
  type LaneLimit,
  type RateState,
} from './lane.ts';

const word = fc.stringMatching(/^[a-zA-Z0-9_.-]{1,12}$/);
const lane: fc.Arbitrary<Lane> = fc.record({
  queue: word,
  agent: fc.oneof(fc.constant(''), word),
  requires: fc.uniqueArray(word, { maxLength: 4 }).map((labels) => labels.toSorted()),
  project: fc.oneof(fc.constant(''), word),
});

describe('names', () => {
  test.each<[Lane, string]>([
    [{ queue: 'default', agent: '', requires: [], project: '' }, 'default'],
    [{ queue: 'default', agent: 'writer', requires: [], project: '' }, 'default/writer'],
    [{ queue: 'default', agent: '', requires: ['gpu'], project: '' }, 'default//gpu'],
    [{ queue: 'slow', agent: 'writer', requires: ['gpu', 'linux'], project: '' }, 'slow/writer/gpu,linux'],
    [{ queue: 'slow', agent: '', requires: [], project: 'north:alpha' }, 'slow///north:alpha'],
  ])('[LN1] %j is called %s', (one, name) => {
    expect(laneName(one)).toBe(name);
  });

  test('[LN1] a name gives its lane back, and different lanes have different names', () => {
    fc.assert(
      fc.property(lane, (one) => {
        expect(parseLane(laneName(one))).toEqual(one);
      }),
    );
    fc.assert(
      fc.property(lane, lane, (one, other) => {
        const isSame = JSON.stringify(one) === JSON.stringify(other);
        expect(laneName(one) === laneName(other)).toBe(isSame);
      }),
    );
  });
});

describe('labels', () => {
  test.each<[readonly string[], readonly string[], boolean]>([
    [[], [], true],
    [[], ['gpu'], true],
    [['gpu'], [], false],
    [['gpu'], ['gpu', 'linux'], true],
    [['gpu', 'linux'], ['gpu'], false],
  ])('[LN2] a lane that requires %j suits a worker with %j: %s', (requires, labels, expected) => {
    expect(laneSuits({ queue: 'default', agent: '', requires, project: '' }, new Set(labels))).toBe(expected);
  });
});

describe('limits', () => {
  const limits: readonly LaneLimit[] = [
    { scope: 'queue:default', maxRunning: 5 },
    { scope: 'agent:writer', maxRunning: 2 },
    { scope: 'queue:slow', ratePerSecond: 0.5 },
  ];

  test('[LM1] lanes of one queue count together, and a lane counts for its queue and its agent', () => {
    const running = new Map([
      ['default', 1],
      ['default/writer', 1],
      ['default//gpu', 1],
      ['other/writer', 1],
    ]);
    expect(allowances(limits, running, new Map())).toEqual(
      new Map([
        ['queue:default', 2],
        ['agent:writer', 0],
        ['queue:slow', 1],
      ]),
    );
  });

  test('[LM1] where more runs than a limit that was lowered allows, nothing is left', () => {
    expect(allowances(limits, new Map([['default', 9]]), new Map()).get('queue:default')).toBe(0);
  });

  test('[LM1] of two limits the narrower holds', () => {
    const both = [{ scope: 'queue:default', maxRunning: 3, ratePerSecond: 100, burst: 10 }];
    const left = (tokens: number, running: number): number | undefined =>
      allowances(both, new Map([['default', running]]), new Map([['queue:default', { tokens, at: 0 }]])).get(
        'queue:default',
      );
    expect([left(1.9, 0), left(9, 1), left(0.9, 3)]).toEqual([1, 2, 0]);
  });

  test('[LM2] a new bucket is full, fills as time passes and not beyond its burst', () => {
    const limit = { scope: 'queue:slow', ratePerSecond: 2, burst: 5 };
    expect(refill(limit, undefined, 1_000)).toEqual({ tokens: 5, at: 1_000 });
    expect(refill(limit, { tokens: 1, at: 1_000 }, 2_500)).toEqual({ tokens: 4, at: 2_500 });
    expect(refill(limit, { tokens: 1, at: 1_000 }, 60_000)).toEqual({ tokens: 5, at: 60_000 });
  });

  test('[LM2] a clock that goes back neither gives nor takes', () => {
    const state = { tokens: 1, at: 1_000 };
    expect(refill({ scope: 'queue:slow', ratePerSecond: 2 }, state, 500)).toEqual(state);
  });

  test.each<[Omit<LaneLimit, 'scope'>, number]>([
    [{ ratePerSecond: 0.1 }, 1],
    [{ ratePerSecond: 2.5 }, 3],
    [{ ratePerSecond: 2.5, burst: 1 }, 1],
    [{}, 1],
  ])('the burst of %j is %d', (limit, expected) => {
    expect(burstOf({ scope: 'queue:a', ...limit })).toBe(expected);
  });

  test('[LM3] no span of time sees more starts than the burst and what the span brings', () => {
    const wait = fc.integer({ min: 0, max: 5_000 });
    const rate = fc.double({ min: 0.1, max: 50, noNaN: true });
    fc.assert(
      fc.property(rate, fc.integer({ min: 1, max: 20 }), fc.array(wait, { maxLength: 60 }), (rps, burst, waits) => {
        const limit: LaneLimit = { scope: 'queue:a', ratePerSecond: rps, burst };
        const starts: number[] = [];
        let state: RateState | undefined;
        let now = 0;
        for (const waitMs of waits) {
          now += waitMs;
          const filled = refill(limit, state, now);
          const count = allowances([limit], new Map(), new Map([['queue:a', filled]])).get('queue:a') ?? 0;
          state = { tokens: filled.tokens - count, at: filled.at };
          for (let start = 0; start < count; start++) starts.push(now);
        }
        for (const [first, from] of starts.entries()) {
          for (const [last, to] of starts.entries()) {
            if (last < first) continue;
            expect(last - first + 1).toBeLessThanOrEqual(burst + ((to - from) / 1_000) * rps + 1e-6);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
