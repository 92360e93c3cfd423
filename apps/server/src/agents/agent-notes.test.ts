import { openSqliteStores, type SqliteStores } from '@chorale/adapter-sqlite';
import { defaultProject, defaultTenant, type GoalId, type TenantId } from '@chorale/lib-ids';
import type { AttemptRequest, NotesPort, TaskOutcome } from '@chorale/module-agents';
import { openSessionStatesInMemory, type EpisodeId, type MemoryId, type NewMemory } from '@chorale/module-memory';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WorkingMemory } from '../memory/working-memory.ts';
import { createAgentNotes } from './agent-notes.ts';

const dayMs = 86_400_000;
let stores: SqliteStores;
let notes: NotesPort;
let working: WorkingMemory;
let now = 0;
let made = 0;

beforeEach(async () => {
  now = 1_000 * dayMs;
  made = 0;
  stores = await openSqliteStores({ path: ':memory:', now: () => now });
  const listTenants = async () => [defaultTenant, 'south' as TenantId];
  working = new WorkingMemory({ states: openSessionStatesInMemory(() => now), memory: stores.memory, listTenants });
  notes = createAgentNotes({ memory: stores.memory, working, now: () => now });
});
afterEach(() => stores.close());

interface At {
  readonly agent?: string;
  readonly goal?: string;
  readonly run?: number;
  readonly key?: string;
  readonly tenant?: string;
  readonly project?: string;
  readonly repository?: string;
  readonly dataClass?: 'personal' | 'secret';
}

function ownerOf(at: At = {}) {
  const { agent = 'scout', goal = 'one', run = 1, key = 'look', tenant = defaultTenant, repository, dataClass } = at;
  const { project: projectId = defaultProject } = at;
  const task = { tenantId: tenant as TenantId, goalId: `goal_${goal}` as GoalId, no: 0, run, key };
  const inputs = repository === undefined ? {} : { repository };
  const claimed = {
    task,
    goal: { title: 'A goal', workflow: 'survey', inputs, requestedBy: 'ann', depth: 0, projectId },
  };
  return {
    agent,
    dataClass,
    rootGoalId: task.goalId,
    request: { claimed, definition: { key, needs: [] } } as unknown as AttemptRequest,
  };
}

const outcome: TaskOutcome = {
  succeeded: true,
  asked: 'Measure the depth of the lake',
  result: 'The lake is 230 metres deep at its northern end.',
  strategy: 'alone',
  tools: [{ name: 'shell', succeeded: 3, failed: 1 }],
  model: 'script',
  turns: 4,
  tokens: 900,
  cost: 2_000_000,
  durationMs: 12_000,
  trust: 'public',
  recalled: [],
};

function keep(body: string, more: Partial<NewMemory>) {
  const memoryId = `memory_${++made}` as MemoryId;
  const memory = {
    memoryId,
    scope: { kind: 'tenant', id: defaultTenant },
    kind: 'semantic',
    body,
    recordedBy: 'ann',
    ...more,
  };
  return stores.memory.execute({ command: 'remember', tenantId: defaultTenant, memory: memory as NewMemory });
}

const recall = async (at: At = {}, text = 'how deep is the lake?') =>
  notes.recall(ownerOf(at), { text, tokensMax: 500 });

test('[AN1] an agent recalls its own, what its tenant shares, its project and who asked, and nobody elses', async () => {
  await keep('the lake is deep', {});
  await keep('the lake is cold', { scope: { kind: 'user', id: 'ann' } });
  await keep('the lake is far', { scope: { kind: 'user', id: 'bo' } });
  await keep('the lake is wide', { scope: { kind: 'agent', id: 'scout' } });
  await keep('the lake is old', { scope: { kind: 'agent', id: 'other' } });
  await keep('the lake is round', { scope: { kind: 'project', id: 'https://example.org/lake' } });
  const words = async (at: At) => (await recall(at)).text.match(/deep|cold|far|wide|old|round/g)?.toSorted();
  expect(await words({})).toEqual(['cold', 'deep', 'wide']);
  expect(await words({ repository: 'https://key:word@example.org/lake.git/' })).toEqual([
    'cold',
    'deep',
    'round',
    'wide',
  ]);
  expect(await words({ tenant: 'south' })).toBeUndefined();
});

test('[AN1] what is recalled keeps to its tokens, says why, and is noted as used', async () => {
  for (let index = 0; index < 20; index++)
    await keep(`the lake of the ${index} towers is deep and long to look at`, {});
  const { text, notes: found } = await notes.recall(ownerOf(), { text: 'lake towers', tokensMax: 100 });
  expect(found.length).toBeGreaterThan(2);
  expect(found.length).toBeLessThan(10);
  expect(text.split('\n')).toHaveLength(found.length);
  expect(found[0]?.why[0]).toMatch(/^has lake, towers/);
  expect(await stores.memory.findMemory(defaultTenant, found[0]!.memoryId as MemoryId)).toMatchObject({ uses: 1 });
});

test('[AN2] nothing secret is put before a model, nothing personal before agents that are not made for it', async () => {
  await keep('the lake holds the vault', { sensitivity: 'secret' });
  await keep('the lake is where Ann swims', { sensitivity: 'personal' });
  await notes.recordOutcome(ownerOf({ dataClass: 'secret' }), outcome);
  await notes.recordOutcome(ownerOf({ goal: 'two', dataClass: 'personal' }), {
    ...outcome,
    result: 'Ann swims at six.',
  });
  const texts = async (at: At) => (await recall(at)).text;
  expect(await texts({})).toBe('');
  for (const dataClass of ['personal', 'secret'] as const) {
    const told = await texts({ dataClass });
    expect(told).toContain('where Ann swims');
    expect(told).toContain('Ann swims at six.');
    expect(told).not.toMatch(/vault|230/);
  }
});

test('[AN3] how a task ended is kept once for each run, and found by the next; what only repeats it is not', async () => {
  const at = { repository: '/srv/lake' };
  for (let told = 0; told < 3; told++) await notes.recordOutcome(ownerOf(at), outcome);
  expect(await stores.memory.countMemories(defaultTenant)).toMatchObject({ active: 2, episodes: 1 });
  const found = await recall({ agent: 'other', goal: 'two', ...at });
  expect(found.text).toContain('It gave: The lake is 230 metres deep at its northern end.');
  expect(found.text).toContain('scout worked alone with shell (3 times, failed 1).');
  expect(found.notes).toHaveLength(1);
  const memoryId = found.notes[0]!.memoryId;
  expect(await stores.memory.findMemory(defaultTenant, memoryId as MemoryId)).toMatchObject({ sessionId: 'goal_one' });
  const echo = { no: 5, text: 'The lake is 230 metres deep at its northern end.', recalled: [memoryId] };
  expect(await notes.remember(ownerOf({ goal: 'two', ...at }), echo)).toMatchObject({ outcome: 'echo', memoryIds: [] });
  await notes.recordOutcome(ownerOf({ run: 2, ...at }), { ...outcome, succeeded: false, result: 'no boat was there' });
  expect(await stores.memory.countMemories(defaultTenant)).toMatchObject({ active: 4, episodes: 2 });
});

test('[AN3] an agent that says again and again what it recalled adds nothing but its counts', async () => {
  await notes.recordOutcome(ownerOf({ goal: 'first' }), outcome);
  for (let round = 0; round < 50; round++) {
    const { text, notes: found } = await recall({ goal: `round${round}` });
    const recalled = found.map(({ memoryId }) => memoryId);
    const again = { ...outcome, result: text, turns: round, durationMs: round * 777, cost: round * 1_000, recalled };
    await notes.recordOutcome(ownerOf({ goal: `round${round}` }), again);
    now += 60_000;
  }
  expect(await stores.memory.countMemories(defaultTenant)).toMatchObject({ episodes: 1, active: 1 + 51 });
});

test('[AN4] who can have written what is recalled goes with it', async () => {
  await keep('the lake is deep', {});
  expect(await recall()).toMatchObject({ trust: 'people' });
  const said = (id: string) => ({
    episodeId: `episode_${id}` as EpisodeId,
    scope: { kind: 'user', id } as const,
    sessionId: 'talk',
    speaker: id,
    role: 'person' as const,
    text: `The lake of ${id} is deep and cold.`,
    occurredAt: now,
  });
  const tell = (id: string, more: object = {}) =>
    stores.memory.execute({
      command: 'record-episodes',
      tenantId: defaultTenant,
      episodes: [{ ...said(id), ...more }],
    });
  await tell('ann');
  expect(await recall()).toMatchObject({ trust: 'people' });
  await tell('stranger', { scope: { kind: 'tenant', id: defaultTenant } });
  expect(await recall()).toMatchObject({ trust: 'private' });
  await stores.memory.execute({
    command: 'retract',
    tenantId: defaultTenant,
    memoryId: 'memory_stranger' as MemoryId,
  });
  await notes.recordOutcome(ownerOf(), outcome);
  expect(await recall()).toMatchObject({ trust: 'public' });
  await notes.remember(ownerOf(), { no: 3, text: 'The ferryman of the lake wants silver.', recalled: [] });
  expect(await recall()).toMatchObject({ trust: 'private' });
});

test('[AN5] what worked at such tasks is told with its counts, of the agent and of those it may give tasks to', async () => {
  const end = (at: At, more: Partial<TaskOutcome> = {}) => notes.recordOutcome(ownerOf(at), { ...outcome, ...more });
  await end({ goal: 'a' }, { succeeded: false, strategy: 'delegated', result: 'nothing came of it' });
  now += 30 * dayMs;
  await end({ goal: 'b' }, { strategy: 'delegated', result: 'it went well' });
  await end({ goal: 'c', key: 'other' });
  await end({ goal: 'd', agent: 'bo' }, { succeeded: false, result: 'the rope broke' });
  const { lines } = await notes.advise(ownerOf(), ['bo', 'cleo']);
  expect(lines).toEqual([
    'Working delegated at survey/look: 1 of 2 succeeded (67 % where the latest count most).',
    'Tools at survey/look: shell 1 of 2 succeeded (67 % where the latest count most).',
    'Agents at their tasks: bo 0 of 1 succeeded (0 % where the latest count most).',
  ]);
  expect(await notes.advise(ownerOf({ agent: 'new' }), [])).toEqual({ lines: [] });
});

test('[AN6] an agent takes back what is its own, and nothing else', async () => {
  const { memoryIds } = await notes.remember(ownerOf(), { no: 1, text: 'The boat is at the pier.', recalled: [] });
  const { memory } = await keep('the boat is green', {});
  await expect(notes.forget(ownerOf(), memory.memoryId)).rejects.toMatchObject({ code: 'memory-not-found' });
  await expect(notes.forget(ownerOf({ agent: 'other' }), memoryIds[0]!)).rejects.toThrow('No memory of yours');
  await notes.forget(ownerOf(), memoryIds[0]!);
  expect((await recall({}, 'boat')).notes.map(({ memoryId }) => memoryId)).toEqual([memory.memoryId]);
});

test('[AN7] what agents know from their work in one project of a tenant is not known in another, whatever a goal names', async () => {
  const at = { repository: '/srv/lake' };
  const inAlpha = { ...at, project: 'alpha' };
  await notes.recordOutcome(ownerOf({ ...inAlpha, goal: 'first' }), outcome);
  await notes.remember(ownerOf({ ...inAlpha, goal: 'first' }), {
    no: 1,
    text: 'The lake has a northern end.',
    recalled: [],
  });
  expect((await recall({ ...inAlpha, goal: 'second' })).notes).toHaveLength(2);
  for (const elsewhere of [
    at,
    { ...at, project: 'beta' },
    { repository: '@@alpha//srv/lake' },
    { repository: 'alpha//srv/lake', project: 'beta' },
    { agent: '@@alpha/scout' },
  ])
    expect([elsewhere, (await recall({ ...elsewhere, goal: 'third' })).notes]).toEqual([elsewhere, []]);
  // Nor does an agent of the same name forget it from there.
  const [found] = (await recall({ ...inAlpha, goal: 'second' })).notes;
  await expect(notes.forget(ownerOf({ ...at, goal: 'third' }), found!.memoryId)).rejects.toMatchObject({
    code: 'memory-not-found',
  });
});
