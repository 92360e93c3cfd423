import { describe, expect, test } from 'vitest';
import { refuseOverQuota } from './refuse-over-quota.ts';

const north = { holder: 'north', quotas: { goals: 3, tasks: 10 } };

describe('quotas', () => {
  test('[TN2] what fits is let by, to the last, and what is not named has no limit', () => {
    expect(refuseOverQuota(north, { goals: 2, tasks: 0 }, { goals: 1, tasks: 10 })).toBeUndefined();
    expect(refuseOverQuota(north, { storageBytes: 1e12 }, { storageBytes: 1e12, modelKeys: 5 })).toBeUndefined();
    expect(refuseOverQuota({ ...north, quotas: {} }, { goals: 1e6 }, { goals: 1 })).toBeUndefined();
  });

  test('[TN2] one more is refused, and the refusal says what is used, asked for and allowed', () => {
    expect(() => refuseOverQuota(north, { goals: 3 }, { goals: 1 })).toThrow(
      expect.objectContaining({
        family: 'refused',
        code: 'quota-exceeded',
        message: 'north has 3 of 3 open goals, and this needs 1 more.',
        data: { quota: 'goals', used: 3, asked: 1, allowed: 3 },
      }),
    );
    expect(() => refuseOverQuota(north, { goals: 0, tasks: 5 }, { goals: 1, tasks: 6 })).toThrow(/5 of 10 open tasks/);
    expect(() => refuseOverQuota({ ...north, quotas: { goals: 0 } }, {}, { goals: 1 })).toThrow(/0 of 0/);
  });
});
