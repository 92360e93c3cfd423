import type { TenantId } from '@chorale/lib-ids';
import type { Projects, RegisteredProject } from '@chorale/module-access';
import { expect, test } from 'vitest';
import { rememberProjects } from './known-projects.ts';

const north = 'north' as TenantId;

test('[AC24] projects are read once a second for each tenant, and anew after a change or a failure', async () => {
  const clock = { now: 0 };
  let reads = 0;
  let fails = false;
  const register = [{ projectId: 'alpha' }] as unknown as RegisteredProject[];
  const projects = {
    async list() {
      reads += 1;
      if (fails) throw new Error('away');
      return [...register];
    },
    async change() {
      register[0] = { ...register[0]!, state: 'archived' };
      return register[0];
    },
  } as unknown as Projects;
  const known = rememberProjects(projects, () => clock.now);
  expect(await Promise.all([known.find(north, 'alpha'), known.find(north, 'beta')])).toEqual([register[0], undefined]);
  await known.list('south' as TenantId);
  expect(reads).toBe(2);
  clock.now += 999;
  await known.list(north);
  expect(reads).toBe(2);
  await known.change(north, 'alpha', { state: 'archived' });
  expect(await known.find(north, 'alpha')).toMatchObject({ state: 'archived' });
  expect(reads).toBe(3);
  clock.now += 1_000;
  fails = true;
  await expect(known.list(north)).rejects.toThrow('away');
  fails = false;
  expect(await known.list(north)).toHaveLength(1);
});
