import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStores, type SqliteStores } from '@chorale/adapter-sqlite';
import type { GoalId, TenantId } from '@chorale/lib-ids';
import type { EndedGoal } from '@chorale/module-access';
import type { LegalHold } from '@chorale/module-memory';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openArtifacts, type KeptBytes } from '../platform/open-artifacts.ts';
import { openServiceLinks } from '../platform/service-tls.ts';
import { ManualClock } from '../process/manual-clock.ts';
import { dropGoals, planGoals, type GoalRetentionPorts } from './retain-goals.ts';
import { keepRetention } from './retention-beat.ts';
import { openRetention, ordersOf } from './retention.ts';

const [north, south] = ['north' as TenantId, 'south' as TenantId];
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

let stores: SqliteStores;
let directory: string;
let bytes: KeptBytes;
beforeEach(async () => {
  stores = await openSqliteStores({ path: ':memory:', now: () => 1_000_000 });
  directory = await mkdtemp(join(tmpdir(), 'chorale-retention-'));
  const services = { ca: '', cert: '', key: '', plain: false };
  const links = openServiceLinks(services, { warn: () => undefined });
  bytes = await openArtifacts({ dataDir: directory, artifacts: '', services }, {}, links);
});
afterEach(async () => {
  await stores.close();
  await rm(directory, { recursive: true });
});

const record = (tenantId: TenantId, no: number) =>
  stores.spend.execute({
    command: 'record-call',
    tenantId,
    record: {
      tenantId,
      callId: `call_${tenantId}_${no}`,
      endedAt: no * 1_000,
      assumed: false,
      tries: [],
      candidates: [],
    } as never,
  });

test('[API141] records of calls go by their age: counted first, then deleted, of one tenant alone', async () => {
  for (let no = 0; no < 5; no++) await record(north, no);
  await record(south, 0);
  const retention = openRetention({ rows: stores.tenantRows, spend: stores.spend, bytes, listHolds: async () => [] });
  const order = (before: number) => ({ tenantId: north, before, kinds: ['model-calls'] as const });
  expect(await retention.planRetention(order(0))).toEqual({ 'model-calls': 0 });
  expect(await retention.planRetention(order(3_000))).toEqual({ 'model-calls': 3 });
  expect((await stores.spend.listCalls(north, { limit: 10 })).length).toBe(5);
  expect(await retention.applyRetention(order(3_000))).toEqual({ 'model-calls': 3 });
  expect(await retention.applyRetention(order(3_000))).toEqual({ 'model-calls': 0 });
  expect((await stores.spend.listCalls(north, { limit: 10 })).map(({ callId }) => callId)).toEqual([
    'call_north_4',
    'call_north_3',
  ]);
  expect((await stores.spend.listCalls(south, { limit: 10 })).length).toBe(1);
});

test('[API141] while the tenant is under a legal hold its records of calls stay, whatever their age', async () => {
  for (let no = 0; no < 3; no++) await record(north, no);
  const holds = [hold('tenant', 'north')];
  const retention = openRetention({
    rows: stores.tenantRows,
    spend: stores.spend,
    bytes,
    listHolds: async () => holds,
  });
  const order = { tenantId: north, before: 2_000, kinds: ['model-calls'] as const };
  const held = { 'model-calls': 0, 'model-calls held': 2 };
  expect(await retention.planRetention(order)).toEqual(held);
  expect(await retention.applyRetention(order)).toEqual(held);
  expect((await stores.spend.listCalls(north, { limit: 10 })).length).toBe(3);
  holds.pop();
  expect(await retention.applyRetention(order)).toEqual({ 'model-calls': 2 });
});

/** Goals that all ended; erasing them is seen in what is left. */
function stand(goals: readonly Partial<EndedGoal>[], named: readonly string[] = [], given: readonly string[] = []) {
  const left = goals.map((goal, at): EndedGoal => ({
    goalId: `goal-${at}` as GoalId,
    depth: goal.parentGoalId === undefined ? 0 : 1,
    parentGoalId: undefined,
    projectId: 'default',
    requestedBy: 'ann',
    inputs: {},
    artifactBytes: 0,
    ...goal,
  }));
  const rows: GoalRetentionPorts['rows'] = {
    async listEndedGoals(_tenant, { after, limit }) {
      const from = left.findIndex(({ goalId }) => goalId === after?.goalId);
      return left.slice(from + 1, from + 1 + limit);
    },
    async eraseGoals(_tenant, { goalIds }) {
      const going = left.filter(({ goalId }) => goalIds.includes(goalId));
      erased.push(...going.map(({ goalId }) => goalId));
      return going.map(({ goalId }) => goalId);
    },
    dropUnusedPlans: async () => 1,
    listHashes: async (_tenant, { where }) => ({ hashes: where === 'given' ? given : named, next: undefined }),
  };
  const erased: GoalId[] = [];
  return { rows, erased };
}

const hold = (kind: LegalHold['scope']['kind'], id: string) => ({ scope: { kind, id } });

test('[RG1] what is held stays, with its sub-goals, whatever it is held for', async () => {
  const goals = [
    { requestedBy: 'bob' },
    { projectId: 'apollo' },
    { inputs: { repository: 'https://host/tool.git' }, artifactBytes: 5 },
    { artifactBytes: 7 },
    { parentGoalId: 'goal-2' as GoalId },
    { parentGoalId: 'goal-3' as GoalId },
  ];
  const span = { tenantId: north, before: 1 };
  const erasedUnder = async (...holds: readonly ReturnType<typeof hold>[]) => {
    const { rows, erased } = stand(goals);
    const ports = { rows, bytes, listHolds: async () => holds };
    const planned = await planGoals(ports, span);
    expect(erased).toEqual([]);
    const gone = await dropGoals(ports, span);
    expect(gone).toMatchObject({ goals: planned['goals'], 'goals held': planned['goals held'], plans: 1 });
    expect(erased.length).toBe(planned['goals']);
    return erased.map((goalId) => goalId.slice('goal-'.length)).join('');
  };
  expect(await erasedUnder()).toBe('012345');
  expect(await erasedUnder(hold('tenant', 'north'))).toBe('');
  expect(await erasedUnder(hold('user', 'bob'), hold('user', 'eve'))).toBe('12345');
  expect(await erasedUnder(hold('project', 'apollo'))).toBe('02345');
  expect(await erasedUnder(hold('project', 'https://host/tool'))).toBe('0135');
  expect(await erasedUnder(hold('agent', 'ann'), hold('team', 'default'))).toBe('012345');
});

test('[RG1] a hold that is placed while goals are being deleted keeps those that are still there', async () => {
  const { rows, erased } = stand(Array.from({ length: 250 }, () => ({})));
  const placed = [hold('tenant', 'north')];
  const ports = { rows, bytes, listHolds: async () => (erased.length === 0 ? [] : placed) };
  expect(await dropGoals(ports, { tenantId: north, before: 1 })).toMatchObject({ goals: 100, 'goals held': 150 });
});

test('[RG2] bytes go when nothing that is left names them and they are old; put again, they stay', async () => {
  const put = async (text: string, storedAt?: number): Promise<string> => {
    const source = (async function* () {
      yield Buffer.from(text);
    })();
    const { hash } = await bytes.artifacts.put(north, source, { sizeBytesMax: 100 });
    const path = join(directory, 'artifacts', 'north', hash.slice(7, 9), hash.slice(9));
    if (storedAt !== undefined) await utimes(path, storedAt / 1_000, storedAt / 1_000);
    return hash;
  };
  const before = Date.now() - dayMs;
  const old = before - 2 * hourMs;
  const [gone, named, fresh, young] = [
    await put('nobody’s', old),
    await put('named', old),
    await put('put again', old),
    await put('on its way', before - hourMs / 2),
  ];
  await put('put again');
  const given = await put('given to a younger goal', old);
  const { rows } = stand([], [named], [given]);
  const ports = { rows, bytes, listHolds: async () => [] };
  expect(await dropGoals(ports, { tenantId: north, before })).toMatchObject({
    'artifact bytes': Buffer.from('nobody’s').length,
  });
  expect(await bytes.artifacts.open(north, gone)).toBeUndefined();
  for (const hash of [named, given, fresh, young]) expect(await bytes.artifacts.open(north, hash)).toBeDefined();
});

test('[RB1] what a policy names goes by itself, with an entry in the log before, and none where nothing goes', async () => {
  const clock = new ManualClock(100 * dayMs);
  const seen: string[] = [];
  const beat = keepRetention({
    clock,
    log: { info: () => undefined, warn: () => undefined } as never,
    listTenants: async () => [
      { tenantId: north, retention: { goals: 30, 'model-calls': 7 } },
      { tenantId: south, retention: { goals: 30 } },
      { tenantId: 'west' as TenantId },
    ],
    retention: {
      planRetention: async ({ tenantId, kinds, before }) => {
        seen.push(`plan ${tenantId} ${kinds.join()} ${(clock.now() - before) / dayMs}`);
        return tenantId === north ? { goals: 2, 'model-calls': 0 } : { goals: 0 };
      },
      applyRetention: async ({ tenantId, kinds }) => {
        seen.push(`apply ${tenantId} ${kinds.join()}`);
        return {};
      },
    },
    audit: {
      recordChange: async ({ tenantId, what, on }, change) => {
        seen.push(`entry ${tenantId} ${what} ${on?.id}`);
        return change();
      },
    },
  });
  const running = beat.run();
  await clock.pass(0);
  await beat.drain();
  await running;
  expect(seen).toEqual([
    'plan north goals 30',
    'entry north tenant.erase goals',
    'apply north goals',
    'plan north model-calls 7',
    'plan south goals 30',
  ]);
});

test('[RB1] a policy that names nothing orders nothing', () => {
  expect(ordersOf(north, {}, dayMs)).toEqual([]);
  expect(ordersOf(north, { goals: 1 }, 3 * dayMs)).toEqual([{ tenantId: north, kinds: ['goals'], before: 2 * dayMs }]);
});
