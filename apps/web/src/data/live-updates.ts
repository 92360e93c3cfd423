// Keeps the cache in step with the server over one connection.
//
// Owns:       the connection that says which goals have changed, and what is read again because of it.
// Does not own the rows: those are the query cache's, and come from the server only.
// Invariants: LU1 a hint makes rows out of date, it never changes one; losing hints costs latency only.
//             LU2 whenever hints may have been missed (a connect, a reconnect, `resync`), everything shown is read again.
//             LU3 the first hint about a goal has no known starting point and reads all of the goal again;
//                 later ones read the events after the last one handled, and only the rows those touch.
//             LU4 rows are read after the events that made them out of date are known, so they include them.
//             LU5 however many hints come, each list and each goal is read at most once per interval.
//             LU6 a hint that is lost is made up for when a row is next read, which happens now and then in any case.
import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import type { ChangeHint, ChoraleClient, Goal, Page } from '@chorale/lib-client';
import { affectedRows } from './affected-rows.ts';
import { type EventWindow, eventsAfter } from './event-window.ts';
import { putGoalInPages } from './goal-pages.ts';
import { eventsQuery, newerGoal } from './queries.ts';
import { type ListFilter, queryKeys } from './query-keys.ts';
import { Throttle } from './throttle.ts';

export type ConnectionState = 'connecting' | 'live' | 'lost' | 'resting';

const goalIntervalMs = 150;
const listIntervalMs = 400;
const sideListIntervalMs = 1000;
const restartDelayMs = 4000;
/** More changed goals than this in one interval: the list is read again instead of each goal. */
const singleReadsMax = 12;

export class LiveUpdates {
  readonly #client: ChoraleClient;
  readonly #cache: QueryClient;
  readonly #listeners = new Set<() => void>();
  readonly #goals = new Map<string, OpenGoal>();
  readonly #changed = new Set<string>();
  readonly #lists = new Throttle(listIntervalMs, () => this.#renewLists());
  readonly #sideLists = new Throttle(sideListIntervalMs, () => this.#renewSideLists());
  #state: ConnectionState = 'connecting';
  #running: AbortController | undefined;

  constructor(client: ChoraleClient, cache: QueryClient) {
    this.#client = client;
    this.#cache = cache;
    cache.getQueryCache().subscribe(({ type, query }) => {
      if (type === 'updated' && query.queryKey[0] === 'goal' && query.queryKey[2] === 'row')
        this.#onGoalRead(query.state.data);
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getState = (): ConnectionState => this.#state;

  /** Connects, and stays connected until `stop`. Does nothing when it already runs. */
  start(): void {
    if (this.#running !== undefined) return;
    this.#running = new AbortController();
    this.#setState('connecting');
    void this.#run(this.#running.signal);
  }

  stop(): void {
    this.#running?.abort();
    this.#running = undefined;
    this.#setState('resting');
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const onConnection = (state: 'open' | 'lost'): void => {
          if (!signal.aborted) this.#setState(state === 'open' ? 'live' : 'lost');
        };
        for await (const hint of this.#client.followChanges({ signal, onConnection })) this.#onHint(hint);
      } catch {
        // Something else answers at this address, such as a proxy whose server is away: the page asks again, more
        // slowly than the client does by itself, and shows that it is not live.
      }
      if (signal.aborted) return;
      this.#setState('lost');
      await new Promise((resolve) => setTimeout(resolve, restartDelayMs));
    }
  }

  #onHint(hint: ChangeHint): void {
    if (hint.kind === 'resync') {
      void this.#cache.invalidateQueries();
      return;
    }
    for (const { goalId, eventSeq } of hint.goals) {
      this.#changed.add(goalId);
      this.#onGoalChanged(goalId, eventSeq);
    }
    this.#lists.ask();
    this.#sideLists.ask();
  }

  #onGoalChanged(goalId: string, eventSeq: number): void {
    const key = queryKeys.goal(goalId);
    if (this.#cache.getQueryCache().findAll({ queryKey: key, type: 'active' }).length === 0) {
      this.#goals.delete(goalId);
      void this.#cache.invalidateQueries({ queryKey: key });
      return;
    }
    let open = this.#goals.get(goalId);
    if (open === undefined) {
      open = new OpenGoal(goalId, this.#client, this.#cache);
      this.#goals.set(goalId, open);
    }
    open.onChanged(eventSeq);
  }

  /** A goal's row that is ahead of the events held shows that a hint was lost. */
  #onGoalRead(read: unknown): void {
    const goal = read as Goal | undefined;
    const window = goal && this.#cache.getQueryData<EventWindow>(queryKeys.events(goal.goalId));
    if (goal !== undefined && window !== undefined && goal.eventSeq > window.lastSeq) {
      this.#onGoalChanged(goal.goalId, goal.eventSeq);
    }
  }

  async #renewLists(): Promise<void> {
    const changed = [...this.#changed];
    this.#changed.clear();
    const lists = this.#cache.getQueryCache().findAll({ queryKey: queryKeys.goalLists, type: 'active' });
    if (lists.length === 0 || changed.length > singleReadsMax) {
      await this.#cache.invalidateQueries({ queryKey: queryKeys.goalLists });
      return;
    }
    const goals = await Promise.all(changed.map((goalId) => this.#client.getGoal(goalId))).catch(() => undefined);
    if (goals === undefined) {
      await this.#cache.invalidateQueries({ queryKey: queryKeys.goalLists });
      return;
    }
    for (const goal of goals) putGoal(this.#cache, goal);
  }

  async #renewSideLists(): Promise<void> {
    await Promise.all([
      this.#cache.invalidateQueries({ queryKey: queryKeys.approvalLists }),
      this.#cache.invalidateQueries({ queryKey: queryKeys.queue }),
    ]);
  }

  #setState(state: ConnectionState): void {
    if (this.#state === state) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

/** Puts a goal that was just read, or that an action returned, wherever it is shown. */
export function putGoal(cache: QueryClient, goal: Goal): void {
  cache.setQueryData<Goal>(queryKeys.goalRow(goal.goalId), (old) =>
    old === undefined ? undefined : newerGoal(old, goal),
  );
  for (const query of cache.getQueryCache().findAll({ queryKey: queryKeys.goalLists })) {
    const filter = (query.queryKey[1] ?? {}) as ListFilter;
    cache.setQueryData<InfiniteData<Page<Goal>, string | undefined>>(
      query.queryKey,
      (data) => data && (putGoalInPages(data, goal, filter) as typeof data),
    );
  }
}

/** One goal somebody looks at: knows up to which event its rows are in step. */
class OpenGoal {
  readonly #goalId: string;
  readonly #client: ChoraleClient;
  readonly #cache: QueryClient;
  readonly #sync = new Throttle(goalIntervalMs, () => this.#renew());
  #handledSeq: number | undefined;
  #hintedSeq = 0;

  constructor(goalId: string, client: ChoraleClient, cache: QueryClient) {
    this.#goalId = goalId;
    this.#client = client;
    this.#cache = cache;
  }

  onChanged(eventSeq: number): void {
    this.#hintedSeq = Math.max(this.#hintedSeq, eventSeq);
    if (this.#handledSeq === undefined || this.#hintedSeq > this.#handledSeq) this.#sync.ask();
  }

  async #renew(): Promise<void> {
    const handled = this.#handledSeq;
    try {
      const window = await this.#cache.fetchQuery({ ...eventsQuery(this.#client, this.#goalId), staleTime: 0 });
      this.#handledSeq = window.lastSeq;
      if (handled === undefined) {
        await this.#invalidateAll();
        return;
      }
      await this.#invalidate(affectedRows(eventsAfter(window, handled)));
    } catch {
      // The rows keep their last state and the queries show their own errors; the next hint starts from the beginning.
      this.#handledSeq = undefined;
      await this.#invalidateAll();
    }
  }

  async #invalidateAll(): Promise<void> {
    await this.#cache.invalidateQueries({
      queryKey: queryKeys.goal(this.#goalId),
      predicate: (query) => query.queryKey[2] !== 'events',
    });
  }

  async #invalidate({ kinds, taskNos }: ReturnType<typeof affectedRows>): Promise<void> {
    const goalId = this.#goalId;
    const keys: (readonly unknown[])[] = [queryKeys.goalRow(goalId), queryKeys.explanation(goalId)];
    if (kinds.has('tasks')) keys.push(queryKeys.tasks(goalId));
    if (kinds.has('plan')) keys.push(queryKeys.plan(goalId));
    if (kinds.has('artifacts')) keys.push(queryKeys.artifacts(goalId));
    if (kinds.has('approvals')) keys.push(queryKeys.goalApprovals(goalId));
    for (const taskNo of taskNos) keys.push(queryKeys.task(goalId, taskNo));
    await Promise.all(keys.map((queryKey) => this.#cache.invalidateQueries({ queryKey })));
  }
}
