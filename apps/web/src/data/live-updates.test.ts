import type { ChangeHint, ChoraleClient, FollowOptions, Goal, GoalEvent } from '@chorale/lib-client';
import { QueryObserver } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LiveUpdates } from './live-updates.ts';
import { approvalsQuery, createQueryClient, eventsQuery, goalQuery, planQuery, tasksQuery } from './queries.ts';
import type { EventWindow } from './event-window.ts';
import { queryKeys } from './query-keys.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const goalId = 'goal_1';

/** A server with one goal. It counts what is read, and tells of changes only when the test says so. */
class FakeServer {
  readonly reads: string[] = [];
  readonly events: GoalEvent[] = [];
  #tell: ((hint: ChangeHint | 'lost') => void) | undefined;

  readonly client = {
    getGoal: async () =>
      this.#read('goal', { goalId, version: this.events.length, eventSeq: this.events.length } as Goal),
    listTasks: async () => this.#read('tasks', [{ no: 1, seenEvents: this.events.length }]),
    getPlan: async () => this.#read('plan', {}),
    listApprovals: async () => this.#read('approvals', []),
    listEvents: async (_goalId: string, { after = 0 } = {}) =>
      this.#read('events', { items: this.events.slice(after) }),
    followChanges: (options: FollowOptions) => this.#follow(options),
  } as unknown as ChoraleClient;

  emit(type: GoalEvent['type'], taskNo?: number): void {
    const seq = this.events.length + 1;
    this.events.push({ goalId, seq, type, at: seq, data: {}, ...(taskNo === undefined ? {} : { taskNo }) });
  }

  tell(hint: ChangeHint | 'lost' = { kind: 'goals-changed', goals: [{ goalId, eventSeq: this.events.length }] }): void {
    this.#tell?.(hint);
  }

  #read<T>(what: string, value: T): T {
    this.reads.push(what);
    return value;
  }

  async *#follow({ onConnection, signal }: FollowOptions): AsyncGenerator<ChangeHint> {
    const queue: (ChangeHint | 'lost')[] = [];
    let wake: (() => void) | undefined;
    this.#tell = (hint) => {
      queue.push(hint);
      wake?.();
    };
    onConnection?.('open');
    yield { kind: 'resync' };
    while (signal?.aborted !== true) {
      const hint = queue.shift();
      if (hint === 'lost') {
        onConnection?.('lost');
        await new Promise((resolve) => setTimeout(resolve, 50));
        onConnection?.('open');
        yield { kind: 'resync' };
      } else if (hint !== undefined) yield hint;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  }
}

/** The page with a goal open: its row, tasks, plan and events are being looked at. */
async function openGoal() {
  const server = new FakeServer();
  server.emit('goal-submitted');
  server.emit('task-started', 1);
  const cache = createQueryClient();
  const live = new LiveUpdates(server.client, cache);
  const looked = [goalQuery, tasksQuery, planQuery, eventsQuery].map((query) =>
    new QueryObserver(cache, query(server.client, goalId) as never).subscribe(() => undefined),
  );
  const badge = new QueryObserver(cache, approvalsQuery(server.client, 'pending')).subscribe(() => undefined);
  live.start();
  await vi.advanceTimersByTimeAsync(1500);
  server.reads.length = 0;
  const close = (): void => {
    live.stop();
    for (const stop of [...looked, badge]) stop();
    cache.clear();
  };
  return { server, cache, live, close };
}

const countOf = (reads: readonly string[], what: string): number => reads.filter((read) => read === what).length;

test('[LU3] the first hint about a goal reads all of it, the next ones only what its events touch', async () => {
  const { server, close } = await openGoal();
  server.emit('task-finished', 1);
  server.tell();
  await vi.advanceTimersByTimeAsync(1000);
  expect(countOf(server.reads, 'plan')).toBe(1);
  server.reads.length = 0;
  server.emit('step-started', 1);
  server.tell();
  await vi.advanceTimersByTimeAsync(1000);
  expect(server.reads).toContain('goal');
  expect([countOf(server.reads, 'plan'), countOf(server.reads, 'tasks')]).toEqual([0, 0]);
  close();
});

test('[LU4] rows are read after the events that made them old', async () => {
  const { server, cache, close } = await openGoal();
  for (let round = 0; round < 5; round++) {
    server.emit('task-started', 1);
    server.tell();
    await vi.advanceTimersByTimeAsync(400);
    expect(cache.getQueryData(queryKeys.tasks(goalId))).toEqual([{ no: 1, seenEvents: server.events.length }]);
    expect(cache.getQueryData<EventWindow>(queryKeys.events(goalId))?.lastSeq).toBe(server.events.length);
  }
  close();
});

test('[LU2] after the connection was lost everything shown is read again, and no event is missing', async () => {
  const { server, cache, live, close } = await openGoal();
  server.tell('lost');
  await vi.advanceTimersByTimeAsync(10);
  expect(live.getState()).toBe('lost');
  for (let count = 0; count < 7; count++) server.emit('task-started', 1);
  await vi.advanceTimersByTimeAsync(1000);
  expect(live.getState()).toBe('live');
  expect(new Set(server.reads)).toEqual(new Set(['goal', 'tasks', 'plan', 'events', 'approvals']));
  const window = cache.getQueryData<EventWindow>(queryKeys.events(goalId));
  expect(window?.events.map(({ seq }) => seq)).toEqual(server.events.map(({ seq }) => seq));
  close();
});

test('[LU5] a thousand hints in a second cost a handful of reads, and the last state is shown', async () => {
  const { server, cache, close } = await openGoal();
  for (let count = 0; count < 1000; count++) {
    server.emit('task-started', 1);
    server.tell();
    await vi.advanceTimersByTimeAsync(1);
  }
  await vi.advanceTimersByTimeAsync(2000);
  expect(countOf(server.reads, 'tasks')).toBeLessThanOrEqual(10);
  expect(countOf(server.reads, 'approvals')).toBeLessThanOrEqual(4);
  expect(cache.getQueryData(queryKeys.tasks(goalId))).toEqual([{ no: 1, seenEvents: server.events.length }]);
  close();
});

test('[LU1] a hint about a goal nobody looks at reads nothing of it', async () => {
  const { server, close } = await openGoal();
  server.tell({ kind: 'goals-changed', goals: [{ goalId: 'goal_2', eventSeq: 4 }] });
  await vi.advanceTimersByTimeAsync(2000);
  expect(server.reads).toEqual(['approvals']);
  close();
});

test('[LU6] a change whose hint was lost is found when the goal is next read, with all that belongs to it', async () => {
  const { server, cache, close } = await openGoal();
  server.emit('task-finished', 1);
  await vi.advanceTimersByTimeAsync(3000);
  expect(server.reads).toEqual([]);
  await cache.refetchQueries({ queryKey: queryKeys.goalRow(goalId) });
  await vi.advanceTimersByTimeAsync(1000);
  expect(cache.getQueryData(queryKeys.tasks(goalId))).toEqual([{ no: 1, seenEvents: server.events.length }]);
  expect(cache.getQueryData<EventWindow>(queryKeys.events(goalId))?.lastSeq).toBe(server.events.length);
  server.reads.length = 0;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(server.reads).toEqual([]);
  close();
});

test('a stop ends the connection and says so', async () => {
  const { live, close } = await openGoal();
  live.stop();
  expect(live.getState()).toBe('resting');
  live.start();
  await vi.advanceTimersByTimeAsync(100);
  expect(live.getState()).toBe('live');
  close();
});
