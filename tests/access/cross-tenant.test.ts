import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listenWhileOtherActs, probe } from './cross-tenant.ts';
import { openTwoTenants, type TwoTenants } from './two-tenants.ts';

let folder: string;
let at: TwoTenants;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorale-tenants-'));
  at = await openTwoTenants(folder);
}, 120_000);
afterAll(async () => {
  await at.close();
  await rm(folder, { recursive: true, force: true });
});

test(
  '[TN5] no request of one tenant shows or changes anything of another, whatever leads there',
  { timeout: 300_000 },
  async () => {
    const { asked, leaks, statuses } = await probe(at, 3_000, 7);
    expect(leaks).toEqual([]);
    expect(asked).toBe(3_000);
    // They were asked by who may, too, and found nothing.
    expect(statuses.get(404)).toBeGreaterThan(200);
    expect(statuses.get(200)).toBeGreaterThan(40);
    expect(statuses.get(401) ?? 0).toBeLessThan(400);
  },
);

test('[TN5] who follows what changes is told of goals of their own tenant alone', { timeout: 120_000 }, async () => {
  const { heard, theirs } = await listenWhileOtherActs(at, 10);
  for (const goalId of theirs) expect(heard).not.toContain(goalId);
});
