import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { probe } from './cross-tenant.ts';
import { openTwoProjects, type TwoProjects } from './two-projects.ts';

let folder: string;
let at: TwoProjects;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorale-projects-'));
  at = await openTwoProjects(folder);
}, 120_000);
afterAll(async () => {
  await at.close();
  await rm(folder, { recursive: true, force: true });
});

test(
  '[PJ4] [PJ5] no request of one project shows or changes anything of another, whatever leads there',
  { timeout: 300_000 },
  async () => {
    const { asked, leaks, statuses } = await probe(at, 3_000, 11);
    expect(leaks).toEqual([]);
    expect(asked).toBe(3_000);
    // They were asked by who may, too, and found nothing.
    expect(statuses.get(404)).toBeGreaterThan(100);
    expect(statuses.get(200)).toBeGreaterThan(40);
    expect(statuses.get(401) ?? 0).toBeLessThan(400);
  },
);
