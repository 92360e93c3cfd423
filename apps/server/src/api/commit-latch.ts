// Lets many readers sleep until the store has committed something of theirs.
//
// Invariants: CL1 a commit between `arm` and `wait` is not missed: the wait ends at once.
//             CL2 a hint that never comes costs the wait's limit, nothing else.
import type { CommitHint, GoalStore } from '@chorale/module-goals';

export interface Latch {
  /** Forgets earlier commits; called before the read whose result the next `wait` is about. */
  readonly arm: () => void;
  /** Resolves at the next commit, when the latch is released, or after `limitMs` where there is a limit. */
  readonly wait: (limitMs?: number) => Promise<void>;
  readonly release: () => void;
}

export class CommitLatches {
  readonly #byGoal = new Map<string, Set<() => void>>();
  readonly #listeners = new Set<(hint: CommitHint) => void>();
  readonly #stop: () => void;

  constructor(store: GoalStore) {
    this.#stop = store.onCommit((hint) => {
      for (const { tenantId, goalId } of hint.goals) {
        for (const set of this.#byGoal.get(`${tenantId} ${goalId}`) ?? []) set();
      }
      for (const listener of this.#listeners) listener(hint);
    });
  }

  close(): void {
    this.#stop();
  }

  onHint(listener: (hint: CommitHint) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  ofGoal(tenantId: string, goalId: string): Latch {
    const key = `${tenantId} ${goalId}`;
    const { latch, set } = createLatch(() => {
      const waiting = this.#byGoal.get(key);
      waiting?.delete(set);
      if (waiting?.size === 0) this.#byGoal.delete(key);
    });
    const waiting = this.#byGoal.get(key) ?? new Set();
    waiting.add(set);
    this.#byGoal.set(key, waiting);
    return latch;
  }
}

export function createLatch(onRelease: () => void = () => undefined): {
  readonly latch: Latch;
  readonly set: () => void;
} {
  let isSet = false;
  let resolveWait: (() => void) | undefined;
  const set = (): void => {
    isSet = true;
    resolveWait?.();
  };
  const latch: Latch = {
    arm: () => {
      isSet = false;
    },
    wait: async (limitMs) => {
      if (isSet) return;
      await new Promise<void>((resolve) => {
        const timer = limitMs === undefined ? undefined : setTimeout(resolve, limitMs);
        resolveWait = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      resolveWait = undefined;
    },
    release: () => {
      onRelease();
      set();
    },
  };
  return { latch, set };
}
