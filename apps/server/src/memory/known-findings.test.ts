import { openSqliteStores, type SqliteStores } from '@chorale/adapter-sqlite';
import { defaultProject, defaultTenant, type GoalId, type TenantId } from '@chorale/lib-ids';
import type { ToolContext } from '@chorale/module-agents';
import type { Json } from '@chorale/module-goals';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFindingTools } from './finding-tools.ts';
import { recallFindings, rememberFindings, type Finding } from './known-findings.ts';

let stores: SqliteStores;
let now = Date.UTC(2027, 0, 1);

beforeEach(async () => {
  stores = await openSqliteStores({ path: ':memory:', now: () => now });
});
afterEach(() => stores.close());

const about = 'https://example.org/lake.git';
const finding = (id: string, more: Partial<Finding> = {}): Finding => ({
  id,
  severity: 'high',
  title: `about ${id}`,
  ...more,
});
const keeper = (goal: string, tenant = defaultTenant as string) => ({
  store: stores.memory,
  tenantId: tenant as TenantId,
  projectId: defaultProject,
  goalId: `goal_${goal}` as GoalId,
});
const areas = ['secrets', 'tests'];

function remember(goal: string, open: readonly Finding[], more: object = {}) {
  now += 86_400_000;
  return rememberFindings(keeper(goal), {
    about,
    ref: '',
    commit: 'c0ffee',
    headline: 'so it is',
    areas,
    open,
    ...more,
  });
}
const openIds = async (where = { about, ref: '' }, tenant?: string) =>
  (await recallFindings(keeper('any', tenant), where)).open.map(({ id }) => id).toSorted();

test('[KF1] what is open is known at the next review, since when it is open, and of no other repository, branch or tenant', async () => {
  expect(await recallFindings(keeper('a'), { about, ref: '' })).toEqual({ last: undefined, open: [] });
  expect(await remember('a', [finding('secrets.key:1'), finding('tests.none:2')])).toEqual({ opened: 2, fixed: 0 });
  const first = now;
  expect(await remember('b', [finding('secrets.key:1'), finding('tests.none:3')])).toEqual({ opened: 1, fixed: 1 });
  const { last, open } = await recallFindings(keeper('c'), { about: 'https://key@example.org/lake/', ref: '' });
  expect(last).toEqual({ at: now, goalId: 'goal_b', commit: 'c0ffee' });
  expect(open).toEqual(
    expect.arrayContaining([
      { ...finding('secrets.key:1'), since: first },
      { ...finding('tests.none:3'), since: now },
    ]),
  );
  expect(open).toHaveLength(2);
  expect(await openIds({ about, ref: 'v1' })).toEqual([]);
  expect(await openIds({ about: 'https://example.org/sea', ref: '' })).toEqual([]);
  expect(await openIds(undefined, 'south')).toEqual([]);
});

test('[KF1] what was fixed and comes back is new; what is worse than it was is since when it was found', async () => {
  await remember('a', [finding('secrets.key:1'), finding('tests.none:2', { severity: 'low' })]);
  const first = now;
  await remember('b', [finding('tests.none:2', { severity: 'low' })]);
  expect(await remember('c', [finding('secrets.key:1'), finding('tests.none:2', { severity: 'critical' })])).toEqual({
    opened: 2,
    fixed: 0,
  });
  const { open } = await recallFindings(keeper('d'), { about, ref: '' });
  const sinces = Object.fromEntries(open.map(({ id, severity, since }) => [id, [severity, since]]));
  expect(sinces).toEqual({ 'secrets.key:1': ['high', now], 'tests.none:2': ['critical', first] });
  const line = await stores.memory.listMemories(defaultTenant, {
    scopes: [{ kind: 'project', id: 'https://example.org/lake' }],
    subject: 'https://example.org/lake',
    limit: 50,
  });
  expect(line.filter(({ claim }) => claim?.attribute === 'finding secrets.key:1').map(({ body }) => body)).toEqual([
    'open since this review: high: about secrets.key:1',
    'fixed since the review before: high: about secrets.key:1',
    'open since this review: high: about secrets.key:1',
  ]);
});

test('[KF2] what an area does not name that nobody looked at as a whole is not fixed', async () => {
  await remember('a', [finding('secrets.key:1'), finding('tests.none:2')]);
  expect(await remember('b', [], { areas: ['tests'] })).toEqual({ opened: 0, fixed: 1 });
  expect(await openIds()).toEqual(['secrets.key:1']);
});

test('[KF3] remembered again by the same goal, nothing changes', async () => {
  const open = [finding('secrets.key:1'), finding('tests.none:2')];
  await remember('a', open);
  const { memories, ...counts } = { memories: 0, ...(await stores.memory.countMemories(defaultTenant)) };
  expect(memories).toBe(0);
  expect(await remember('a', open)).toEqual({ opened: 0, fixed: 0 });
  expect(await stores.memory.countMemories(defaultTenant)).toEqual(counts);
});

test('[KF4] the tools read results as skills gave them, large ones by reference, and leave out what is no finding', async () => {
  const [recall, keep] = createFindingTools(stores.memory);
  const large = { findings: [{ ...finding('tests.none:2'), line: 4, detail: 'd' }], counts: { high: 1 } };
  const context = (goal: string): ToolContext & { grant: never } => ({
    workspace: '',
    task: { tenantId: defaultTenant, projectId: defaultProject, goalId: `goal_${goal}` as GoalId },
    keepArtifact: () => Promise.reject(new Error('none')),
    readArtifact: async (hash) => Buffer.from(hash === 'sha256:1' ? JSON.stringify(large) : 'none'),
    grant: undefined as never,
  });
  const results: Record<string, Json> = {
    inventory: { findings: [], summary: { head: { commit: 'abc' } } },
    secrets: { findings: [{ ...finding('secrets.key:1') }, { id: 7 }, null], counts: { high: 3 } },
    tests: { $artifact: 'sha256:1', name: 'output.json', mediaType: 'application/json', sizeBytes: 9 },
    licences: null,
    history: 'nonsense',
  };
  const run = (tool: typeof recall, args: object, goal: string) => tool!.run(args as never, context(goal));
  expect(await run(keep, { about, ref: '', headline: 'h', results }, 'a')).toEqual({ output: { opened: 2, fixed: 0 } });
  const empty = { findings: [] };
  const next = {
    about,
    ref: '',
    headline: 'h',
    results: { ...results, secrets: empty, tests: { ...empty, counts: { low: 3 } } },
  };
  expect(await run(keep, next, 'b')).toEqual({ output: { opened: 0, fixed: 1 } });
  expect(await run(recall, { about, ref: '' }, 'c')).toMatchObject({
    output: { last: { goalId: 'goal_b', commit: 'abc' }, open: [{ id: 'tests.none:2' }] },
  });
});
