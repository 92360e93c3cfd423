import { openSqliteStores, type SqliteStores } from '@chorale/adapter-sqlite';
import { sha256 } from '@chorale/adapter-crypto';
import { eraseTenant, previewErasure } from '@chorale/module-access';
import { defaultProject, defaultTenant, type GoalId, type TenantId } from '@chorale/lib-ids';
import { eraseSubject, openSessionStatesInMemory, type ReceiptId } from '@chorale/module-memory';
import type { Goal, Task } from '@chorale/module-goals';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GoalEndings, type EndingParts } from './goal-endings.ts';
import { WorkingMemory } from './working-memory.ts';

let stores: SqliteStores;
const now = Date.UTC(2027, 0, 1);

beforeEach(async () => {
  tenants = [defaultTenant, 'south'];
  stores = await openSqliteStores({ path: ':memory:', now: () => now });
});
afterEach(() => stores.close());

let tenants: readonly string[] = [];
const listTenants = async () => tenants as readonly TenantId[];
const open = () =>
  new WorkingMemory({ states: openSessionStatesInMemory(() => now), memory: stores.memory, listTenants });
const of = (goal: string, tenant = defaultTenant as string) => ({
  tenantId: tenant as TenantId,
  goalId: `goal_${goal}` as GoalId,
});
const note = (id: string, at = 0) => ({ id, agent: 'bo', text: `note ${id}`, at: now + at });
const texts = async (working: WorkingMemory, where = of('a')) => (await working.read(where)).map(({ text }) => text);

test('[WM1] a note is there once, of its goal and tenant alone, whoever leaves others at the same moment', async () => {
  const working = open();
  await Promise.all(['1', '2', '3', '1', '4'].map((id) => working.leave(of('a'), note(id))));
  expect((await texts(working)).toSorted()).toEqual(['note 1', 'note 2', 'note 3', 'note 4']);
  expect(await texts(working, of('b'))).toEqual([]);
  expect(await texts(working, of('a', 'south'))).toEqual([]);
  for (let id = 0; id < 60; id++) await working.leave(of('b'), note(`b${id}`, id));
  expect((await texts(working, of('b'))).length).toBe(50);
  expect((await texts(working, of('b'))).at(-1)).toBe('note b59');
});

test('[WM2] another process goes on from what was saved, and is not found by who looks for more than the goal', async () => {
  const first = open();
  await first.leave(of('a'), note('1', 1));
  await first.leave(of('a'), note('2', 2));
  expect(await first.save()).toBe(1);
  expect(await first.save()).toBe(0);
  const second = open();
  expect(await texts(second)).toEqual(['note 1', 'note 2']);
  await second.leave(of('a'), note('3', 3));
  await second.leave(of('a'), note('2', 2));
  expect(await second.save()).toBe(1);
  expect(await texts(open())).toEqual(['note 1', 'note 2', 'note 3']);
});

test('[WM4] what is erased is not in hand any more, and is not saved again', async () => {
  const working = open();
  await working.leave(of('a'), note('1'));
  await working.save();
  await working.leave(of('a'), note('2'));
  const [scope] = (await stores.memory.listScopes(defaultTenant, 1)).map((one) => one.scope);
  const world = { memory: stores.memory, places: [working.erased], sign: async (text: string) => text };
  const request = { tenantId: defaultTenant, receiptId: 'receipt_1' as ReceiptId, requestedBy: 'dpo' };
  await eraseSubject(world, { ...request, subject: { scope: scope! } });
  expect(await texts(working)).toEqual([]);
  expect(await working.save()).toBe(0);
  expect(await stores.memory.countMemories(defaultTenant)).toMatchObject({ active: 0 });
});

test('[WM3, GE1] the end of a goal is kept once, with its tasks and what it gave; its working memory goes', async () => {
  const working = open();
  await working.leave(of('a'), note('1'));
  await working.save();
  const goal = {
    ...of('a'),
    title: 'Measure the lake',
    workflow: 'survey',
    projectId: defaultProject,
    inputs: { repository: '/srv/lake' },
    state: 'running',
    planHash: 'h',
    createdAt: now - 4_000,
    finishedAt: now,
    outputs: { depth: '230 metres' },
  } as unknown as Goal;
  const goals = new Map<string, Goal>([['goal_a', goal]]);
  const plan = {
    tasks: [
      { key: 'measure', agent: 'bo' },
      { key: 'fetch', tool: 'http-fetch' },
    ],
  };
  const tasks = [
    { key: 'measure', definitionNo: 0, state: 'succeeded' },
    { key: 'fetch', definitionNo: 1, state: 'skipped' },
  ] as unknown as readonly Task[];
  let tell = (_hint: { readonly goals: readonly object[] }): void => undefined;
  const parts = {
    memory: stores.memory,
    working,
    listTenants: async () => [defaultTenant],
    store: {
      onCommit: (listener: typeof tell) => void (tell = listener),
      findGoal: async (_tenant: TenantId, goalId: GoalId) => goals.get(goalId),
      listGoals: async () => ({ items: [...goals.values()].filter(({ state }) => state !== 'running') }),
      listTasks: async () => tasks,
      findDefinition: async (_tenant: TenantId, hash: string) => (hash === 'h' ? plan : { tasks: [plan.tasks[1]] }),
    },
  } as unknown as EndingParts;
  const endings = new GoalEndings(parts);
  endings.watch(of('a'));
  await endings.look();
  expect(await texts(open())).toEqual(['note 1']);
  goals.set('goal_a', { ...goal, state: 'succeeded' });
  tell({ goals: [of('a'), of('tool')] });
  goals.set('goal_tool', { ...goal, ...of('tool'), state: 'succeeded', planHash: 'tools' });
  goals.set('goal_part', { ...goal, ...of('part'), state: 'succeeded', parentGoalId: 'goal_a' as GoalId });
  await endings.look();
  expect(await texts(open())).toEqual([]);
  const search = {
    tenantId: defaultTenant,
    scopes: [{ kind: 'project', id: '/srv/lake' }],
    text: 'lake depth',
    limit: 9,
  } as const;
  const found = await stores.memory.search(search);
  expect(found.map(({ memory }) => memory.body)).toEqual([
    'Goal: Measure the lake (survey). {"repository":"/srv/lake"}\nTasks: measure by bo succeeded, fetch skipped.\n' +
      'It succeeded and gave {"depth":"230 metres"}\nIt took 4.0 s.',
  ]);
  // Another process that starts later looks back, and keeps nothing twice.
  const before = await stores.memory.countMemories(defaultTenant);
  const later = new GoalEndings(parts);
  await later.look();
  expect(await stores.memory.countMemories(defaultTenant)).toEqual(before);
  goals.set('goal_b', {
    ...goal,
    ...of('b'),
    state: 'failed',
    title: 'Row home',
    failure: { code: 'storm', message: 'a storm' } as never,
  });
  await new GoalEndings(parts).look();
  expect((await stores.memory.search({ ...search, text: 'storm' }))[0]?.memory.body).toContain(
    'It failed: storm: a storm',
  );
});

test('[WM4] nothing in hand of a tenant that is erased is saved again, here or in another process', async () => {
  const [here, elsewhere] = [open(), open()];
  const gone = of('a', 'south');
  for (const working of [here, elsewhere]) {
    await working.leave(gone, note('canary-1'));
    await working.leave(of('a'), note('stays'));
  }
  await here.save();
  await here.leave(gone, note('canary-2'));
  const ports = {
    rows: stores.tenantRows,
    places: [here.ofTenant],
    sha256,
    now: () => now,
    sign: async (text: string) => text,
  };
  const { tenantId } = gone;
  const { confirm } = await previewErasure(ports, tenantId);
  const receipt = await eraseTenant(ports, { tenantId, by: 'dpo', confirm });
  expect(receipt.counts).toMatchObject({ 'working memory in hand': 1 });
  tenants = [defaultTenant];
  for (const working of [here, elsewhere, open()]) {
    await working.save();
    expect(await texts(working, gone)).toEqual([]);
  }
  expect(await texts(open())).toEqual(['note stays']);
});
