import { openSqliteStores } from '@chorale/adapter-sqlite';
import { temporary } from '@chorale/lib-errors';
import { defaultTenant, makeId } from '@chorale/lib-ids';
import type { Goal, GoalStore } from '@chorale/module-goals';
import { afterEach, expect, test, vi } from 'vitest';
import { CommitLatches } from './commit-latch.ts';
import { type Follower, GoalTails, readRows } from './goal-tails.ts';

type Reads = Pick<GoalStore, 'listEvents' | 'findGoal'>;

const closes: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0)) await close();
});

async function open(around: (store: GoalStore) => Reads = (store) => store) {
  const stores = await openSqliteStores({ path: ':memory:' });
  const store = stores.goals;
  const goalId = makeId<'goal'>('goal', Date.now(), Math.random);
  const definition = {
    workflow: 'w',
    inputs: {},
    tasks: [{ key: 'a', kind: 'tool', tool: 'noop', needs: [] }],
  } as const;
  const goal = { tenantId: defaultTenant, goalId };
  const submit = { command: 'submit-goal', title: 't', definition, planHash: 'h', inputs: {}, priority: 2 } as const;
  await store.execute({ ...submit, ...goal, requestedBy: 'owner' });
  const reads = vi.fn<GoalStore['listEvents']>((...args) => around(store).listEvents(...args));
  const latches = new CommitLatches(store);
  const tails = new GoalTails({
    store: { listEvents: reads, findGoal: store.findGoal.bind(store) },
    latches,
    pollMs: 20,
  });
  closes.push(async () => {
    latches.close();
    await stores.close();
  });
  let paused = false;
  return {
    store,
    tails,
    reads,
    found: async (): Promise<Goal> => (await store.findGoal(defaultTenant, goalId))!,
    async happen(reason = '') {
      paused = !paused;
      await store.execute({ command: paused ? 'pause-goal' : 'resume-goal', ...goal, by: 'owner', reason });
    },
  };
}

/** What a follower gets until it has `count` events. */
async function take(at: Awaited<ReturnType<typeof open>>, follower: Follower, count: number): Promise<number[]> {
  const seqs: number[] = [];
  while (seqs.length < count) {
    const last = seqs.at(-1) ?? 0;
    const events = follower.after(last) ?? (await readRows(at.store, await at.found(), last));
    seqs.push(...events.map(({ seq }) => seq));
    if (events.length === 0) await follower.change();
  }
  return seqs;
}

test('[API61] a hundred followers of one goal cost the reads of one', async () => {
  const at = await open();
  const goal = await at.found();
  const followers = Array.from({ length: 100 }, () => at.tails.join(goal));
  expect(at.tails.count).toBe(1);
  const all = followers.map((follower) => take(at, follower, goal.eventSeq + 4));
  for (let index = 0; index < 4; index++) await at.happen();
  const expected = Array.from({ length: goal.eventSeq + 4 }, (_, index) => index + 1);
  for (const seqs of await Promise.all(all)) expect(seqs).toEqual(expected);
  // Of the tail alone; a follower that joined late reads once by itself, which is not counted here.
  expect(at.reads.mock.calls.length).toBeLessThan(30);
  for (const follower of followers) follower.leave();
  expect(at.tails.count).toBe(0);
});

test('[API64] what is held is bounded: who is behind reads the rows, without a gap', async () => {
  const at = await open();
  const goal = await at.found();
  const follower = at.tails.join(goal);
  const before = goal.eventSeq;
  for (let index = 0; index < 6; index++) await at.happen('r'.repeat(30_000));
  await vi.waitFor(() => expect(follower.after(before + 6)).toEqual([]));
  await vi.waitFor(() => expect(follower.after(before + 5)).toHaveLength(1));
  expect(follower.after(before)).toBeUndefined();
  expect(await take(at, follower, before + 6)).toEqual(Array.from({ length: before + 6 }, (_, index) => index + 1));
  follower.leave();
});

test('[API61] a database that is away for a time keeps followers waiting, and one that refuses ends them', async () => {
  let failure: Error | undefined = temporary('store-unavailable', 'gone');
  const at = await open((store) => ({
    findGoal: store.findGoal.bind(store),
    listEvents: async (...args) => {
      if (failure !== undefined) throw failure;
      return store.listEvents(...args);
    },
  }));
  const goal = await at.found();
  const follower = at.tails.join(goal);
  await at.happen();
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(follower.after(goal.eventSeq)).toEqual([]);
  failure = undefined;
  await vi.waitFor(() => expect(follower.after(goal.eventSeq)).toHaveLength(1));
  failure = new Error('a defect');
  void at.happen();
  const follow = async (): Promise<never> => {
    for (;;) await follower.change();
  };
  await expect(follow()).rejects.toThrow('a defect');
  expect(at.tails.count).toBe(0);
});
