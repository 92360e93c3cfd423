import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allot } from './fair-share.ts';

interface Tenant {
  readonly weight: number;
  waiting: number;
  served: number | undefined;
  started: number;
}

/** A lane as the stores keep it: each tenant's virtual time and the clock are rows between one claim and the next. */
class LaneModel {
  readonly tenants: Tenant[] = [];
  clock = 0;

  join(weight: number, waiting = Number.POSITIVE_INFINITY): Tenant {
    const tenant = { weight, waiting, served: undefined, started: 0 };
    this.tenants.push(tenant);
    return tenant;
  }

  /** One claim; how many tasks of each tenant it started. */
  claim(slots: number): readonly number[] {
    const backlogs = this.tenants.filter(({ waiting }) => waiting > 0);
    const { counts, clock } = allot(backlogs, this.clock, slots);
    for (const [index, tenant] of backlogs.entries()) {
      const count = counts[index] ?? 0;
      if (count === 0) continue;
      tenant.served = Math.max(tenant.served ?? 0, this.clock) + count / tenant.weight;
      tenant.started += count;
      tenant.waiting -= count;
    }
    this.clock = clock;
    return counts;
  }
}

const weight = fc.integer({ min: 1, max: 8 });
const slots = fc.integer({ min: 1, max: 30 });
const rounding = 1e-6;

/** How far the tenant is from its share of what both got, in tasks of weight 1. */
function apart(a: Tenant, b: Tenant, since: readonly [number, number] = [0, 0]): number {
  return Math.abs((a.started - since[0]) / a.weight - (b.started - since[1]) / b.weight);
}

describe('shares', () => {
  test('[F3] two tenants with equal weights take turns', () => {
    const lane = new LaneModel();
    const [a, b] = [lane.join(1), lane.join(1)];
    lane.claim(7);
    expect(a.started + b.started).toBe(7);
    expect(Math.abs(a.started - b.started)).toBe(1);
    lane.claim(1);
    expect([a.started, b.started]).toEqual([4, 4]);
  });

  test('[F3] a tenant of weight 3 starts three tasks while another starts one', () => {
    const lane = new LaneModel();
    const [heavy, light] = [lane.join(3), lane.join(1)];
    for (let claim = 0; claim < 10; claim++) lane.claim(4);
    expect([heavy.started, light.started]).toEqual([30, 10]);
  });

  test('[F2] a tenant that comes late gets its share from then on, and nothing for the time before', () => {
    const lane = new LaneModel();
    const early = lane.join(1);
    lane.claim(100);
    const late = lane.join(1);
    lane.claim(10);
    expect([early.started - 100, late.started]).toEqual([5, 5]);
  });

  test('[F2] a tenant that was away is not paid for it', () => {
    const lane = new LaneModel();
    const [away, other] = [lane.join(1, 1), lane.join(1)];
    lane.claim(100);
    away.waiting = 100;
    const before = other.started;
    lane.claim(20);
    expect(away.started - 1).toBeLessThanOrEqual(11);
    expect(other.started - before).toBeGreaterThanOrEqual(9);
  });

  test('[FS1] what one tenant does not use goes to the others', () => {
    const lane = new LaneModel();
    const [small, large] = [lane.join(5, 2), lane.join(1)];
    lane.claim(10);
    expect([small.started, large.started]).toEqual([2, 8]);
  });
});

describe('in general', () => {
  test('[F3] backlogged tenants differ from their weights by one task of each, whatever the claims', () => {
    fc.assert(
      fc.property(
        fc.array(weight, { minLength: 2, maxLength: 6 }),
        fc.array(slots, { maxLength: 60 }),
        (weights, claims) => {
          const lane = new LaneModel();
          const tenants = weights.map((one) => lane.join(one));
          for (const claim of claims) {
            lane.claim(claim);
            for (const a of tenants) {
              for (const b of tenants) {
                expect(apart(a, b)).toBeLessThanOrEqual(1 / a.weight + 1 / b.weight + rounding);
              }
            }
          }
        },
      ),
    );
  });

  test('[F2] [F3] from the moment it comes, a late tenant and every other differ by one task of each', () => {
    fc.assert(
      fc.property(
        fc.array(weight, { minLength: 1, maxLength: 5 }),
        weight,
        fc.tuple(fc.array(slots, { maxLength: 30 }), fc.array(slots, { maxLength: 30 })),
        (weights, lateWeight, [before, after]) => {
          const lane = new LaneModel();
          const tenants = weights.map((one) => lane.join(one));
          for (const claim of before) lane.claim(claim);
          const startedBefore = tenants.map(({ started }) => started);
          const late = lane.join(lateWeight);
          for (const claim of after) {
            lane.claim(claim);
            for (const [index, tenant] of tenants.entries()) {
              const difference = apart(tenant, late, [startedBefore[index] ?? 0, 0]);
              expect(difference).toBeLessThanOrEqual(1 / tenant.weight + 1 / lateWeight + rounding);
            }
          }
        },
      ),
    );
  });

  test('[F1] [FS1] [FS2] virtual times and the clock never fall, and no slot is lost while anything waits', () => {
    const tenant = fc.record({ weight, waiting: fc.integer({ min: 0, max: 40 }) });
    const arrival = fc.record({ to: fc.nat({ max: 4 }), count: fc.integer({ min: 0, max: 20 }), claim: slots });
    fc.assert(
      fc.property(
        fc.array(tenant, { minLength: 1, maxLength: 5 }),
        fc.array(arrival, { maxLength: 40 }),
        (all, moves) => {
          const lane = new LaneModel();
          for (const one of all) lane.join(one.weight, one.waiting);
          for (const { to, count, claim } of moves) {
            const arrived = lane.tenants[to % lane.tenants.length];
            if (arrived !== undefined) arrived.waiting += count;
            const before = lane.tenants.map(({ served, started }) => ({ served, started }));
            const [clock, waiting] = [lane.clock, lane.tenants.reduce((sum, one) => sum + one.waiting, 0)];
            const counts = lane.claim(claim);
            expect(counts.reduce((sum, one) => sum + one, 0)).toBe(Math.min(claim, waiting));
            expect(lane.clock).toBeGreaterThanOrEqual(clock);
            for (const [index, { served, started, waiting: left, weight: own }] of lane.tenants.entries()) {
              const was = before[index];
              const rise = (served ?? 0) - Math.max(was?.served ?? 0, started === was?.started ? 0 : clock);
              expect(rise).toBeCloseTo((started - (was?.started ?? 0)) / own, 6);
              expect(left).toBeGreaterThanOrEqual(0);
            }
          }
        },
      ),
    );
  });
});
