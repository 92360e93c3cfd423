// Reads that may lag go to a real standby, as long as it is near enough; everything else goes to the primary.

import { openPostgresStores, type PostgresStores } from '@chorale/adapter-postgres';
import { makeId, type GoalId, type TenantId } from '@chorale/lib-ids';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { findPostgresPrograms } from '../../tools/services/postgres.ts';
import { startPrivatePostgres, type PrivatePostgres } from '../../tools/services/private-postgres.ts';

const tenantId = 'north' as TenantId;
const within = (withinMs: number, since?: number) => ({
  tenantId,
  withinMs,
  ...(since === undefined ? {} : { since }),
});

let primary: PrivatePostgres;
let standby: PrivatePostgres;
let here: PostgresStores;
/** Another process. */
let there: PostgresStores;
let copy: Sql;

beforeAll(async () => {
  const programs = findPostgresPrograms();
  if (programs === undefined) throw new Error('initdb is not installed: apt-get install postgresql');
  primary = await startPrivatePostgres(programs, { keepsCommits: true });
  standby = await startPrivatePostgres(programs, { keepsCommits: true, copyOf: { url: primary.url, name: 'standby' } });
  const options = { url: primary.url, replicas: [{ url: standby.url }] };
  here = await openPostgresStores(options);
  there = await openPostgresStores(options);
  copy = postgres(standby.url, { max: 1, onnotice: () => undefined });
});
afterAll(async () => {
  await copy.end();
  await Promise.all([here, there].map((stores) => stores.close()));
  await Promise.all([primary, standby].map((server) => server.close()));
});
beforeEach(async () => {
  await copy`SELECT pg_wal_replay_resume()`;
  await caughtUp();
});

const caughtUp = (): Promise<void> =>
  vi.waitFor(() => {
    for (const { goals } of [here, there])
      if (goals.lagging?.reading(within(1_000)) === undefined) throw new Error('behind');
  }, 10_000);

async function submit({ goals }: PostgresStores): Promise<GoalId> {
  const goalId = makeId<'goal'>('goal', Date.now(), Math.random);
  await goals.execute({
    command: 'submit-goal',
    tenantId,
    goalId,
    title: 'a goal',
    definition: { workflow: 'test', inputs: {}, tasks: [{ key: 'a', kind: 'signal', needs: [] }] } as never,
    planHash: 'plan',
    inputs: {},
    priority: 2,
    requestedBy: 'ann',
  });
  return goalId;
}

test('a read that may lag is answered by the copy; one that may not has no copy to go to', async () => {
  const goalId = await submit(here);
  expect(here.goals.lagging?.reading(within(0))).toBeUndefined();
  await caughtUp();
  const reads = here.goals.lagging!.reading(within(1_000))!;
  expect((await reads.listGoals(tenantId, { limit: 1 })).items).toMatchObject([{ goalId }]);
});

test('a copy that falls behind is asked no more for what must be younger, and again when it has caught up', async () => {
  await copy`SELECT pg_wal_replay_pause()`;
  const goalId = await submit(there);
  await vi.waitFor(() => expect(here.goals.lagging?.reading(within(1_000))).toBeUndefined(), 10_000);
  // Who puts up with more is shown what was: it is older, and was true.
  const old = here.goals.lagging!.reading(within(60_000))!;
  expect(await old.findGoal(tenantId, goalId)).toBeUndefined();
  await copy`SELECT pg_wal_replay_resume()`;
  await caughtUp();
  expect(await here.goals.lagging!.reading(within(1_000))!.findGoal(tenantId, goalId)).toMatchObject({ goalId });
});

test('what a process has written it sees, and what another has when its version is given', async () => {
  await copy`SELECT pg_wal_replay_pause()`;
  await submit(there);
  expect(there.goals.lagging?.reading(within(60_000)), 'its own write').toBeUndefined();
  const version = there.goals.lagging!.writtenUntil()!;
  expect(here.goals.lagging?.reading(within(60_000)), 'not its own').toBeDefined();
  expect(here.goals.lagging?.reading(within(60_000, version)), 'with its version').toBeUndefined();
  await copy`SELECT pg_wal_replay_resume()`;
  await vi.waitFor(() => expect(here.goals.lagging?.reading(within(60_000, version))).toBeDefined(), 10_000);
});

// Last: it takes the copy away.
test('a copy that does not answer, and a server that is none, are named once; one that copies is not', async () => {
  const told: string[] = [];
  const tellReplica = (server: string, state: string): void =>
    void told.push(`${new URL(`pg://${server}`).port} ${state}`);
  const away = 'postgres://postgres@127.0.0.1:1/postgres';
  const replicas = [{ url: away }, { url: primary.url }, { url: standby.url }];
  const stores = await openPostgresStores({ url: primary.url, replicas, tellReplica });
  const expected = ['1 away', `${new URL(primary.url).port} primary`].toSorted();
  await vi.waitFor(() => expect(told.toSorted()).toEqual(expected), 20_000);
  await vi.waitFor(() => expect(stores.goals.lagging?.reading(within(1_000))).toBeDefined(), 10_000);
  expect(told).toHaveLength(2);
  await stores.close();
});

test('a copy that is lost in the middle of a read costs the way to the primary, and is asked no more', async () => {
  const goalId = await submit(here);
  await caughtUp();
  const reads = here.goals.lagging!.reading(within(1_000))!;
  await copy.end();
  await standby.kill();
  expect(await reads.findGoal(tenantId, goalId)).toMatchObject({ goalId });
  await vi.waitFor(() => expect(here.goals.lagging?.reading(within(60_000))).toBeUndefined(), 10_000);
});
