// Goals that are asked for again and again, as they were a moment ago.
//
// Invariants: GR1 what this process commits counts from its answer on, what another commits when its hint has come, and in any
//                 case a second later. `Cache-Control: no-cache` asks for the goal as it is, `X-Chorale-Min-Version` as it was then or later.
//             GR2 who sees a part of the tenant's goals only is given nothing that was kept for others.
import type { Goal as GoalView } from '@chorale/lib-client';
import type { TenantId } from '@chorale/lib-ids';
import { openMemoryReadCache, type Goal, type GoalStore, type ReadCache } from '@chorale/module-goals';
import { forAll } from '../process/asked-for.ts';
import { goalSchema } from './schemas/goal.ts';
import { serialiserOf } from './serialise.ts';
import type { ApiServices } from './services.ts';
import { goalView } from './views/goal-view.ts';

/** Nobody is given a goal that was read longer ago. */
const keptMsMax = 1_000;
const entriesMax = 10_000;

export class GoalReads {
  readonly #store: ApiServices['store'];
  readonly #cache: ReadCache;
  readonly #written = new WeakMap<Goal, Written>();
  readonly #readSince = new WeakMap<Goal, number>();
  readonly #write = serialiserOf(goalSchema);
  /** Part of the keys: nothing is found under those of before. */
  readonly #deletions = new Map<TenantId, number>();
  readonly #stop: () => void;

  constructor({ store, readCache }: Pick<ApiServices, 'store' | 'readCache'>) {
    this.#store = store;
    this.#cache = readCache ?? openMemoryReadCache({ keptMs: keptMsMax, entriesMax, now: () => performance.now() });
    this.#stop = store.onCommit(({ goals }) => {
      if (goals.length > 0) void this.#cache.forget(goals.map((goal) => this.#keyOf(goal)));
    });
  }

  close(): void {
    this.#stop();
  }

  /**
   * `store`: the caller's, who may see a part of it only; then it is asked each time. `since`: what was acknowledged until that
   * version of the database is to be in it, by whichever process.
   */
  async find(
    store: Pick<GoalStore, 'findGoal'>,
    { tenantId, goalId }: Pick<Goal, 'tenantId' | 'goalId'>,
    since = 0,
  ): Promise<Goal | undefined> {
    if (store !== this.#store) return store.findGoal(tenantId, goalId);
    const key = this.#keyOf({ tenantId, goalId });
    const load = (): Promise<Goal | undefined> => forAll(() => this.#store.findGoal(tenantId, goalId));
    const kept = await this.#cache.read(key, load);
    if (since === 0 || kept === undefined || (this.#readSince.get(kept) ?? 0) >= since) return kept;
    // What is read from here on has all until now; a version that nobody was given yet says nothing of it.
    const until = this.#store.lagging?.writtenUntil() ?? since;
    await this.#cache.forget([key]);
    const fresh = await this.#cache.read(key, load);
    if (fresh !== undefined) this.#readSince.set(fresh, Math.min(since, until));
    return fresh;
  }

  /** When goals of it were deleted: that no commit tells of. */
  forgetTenant(tenantId: TenantId): void {
    this.#deletions.set(tenantId, (this.#deletions.get(tenantId) ?? 0) + 1);
  }

  #keyOf({ tenantId, goalId }: Pick<Goal, 'tenantId' | 'goalId'>): string {
    return `${tenantId} ${this.#deletions.get(tenantId) ?? 0} ${goalId}`;
  }

  /** As it is answered; written once for all who ask. */
  write(goal: Goal): Written {
    let written = this.#written.get(goal);
    if (written === undefined) {
      const body = goalView(goal);
      written = { body, text: this.#write(body) };
      this.#written.set(goal, written);
    }
    return written;
  }
}

interface Written {
  readonly body: GoalView;
  readonly text: string;
}
