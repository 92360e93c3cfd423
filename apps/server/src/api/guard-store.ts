// The store, as long as it answers: when the database is away nobody waits to hear it again.
import { ChoraleError, temporary } from '@chorale/lib-errors';
import { createCircuitBreaker, type CircuitBreaker } from '@chorale/module-access';
import type { GoalStore } from '@chorale/module-goals';

const failuresMax = 5;
const openMs = 1_000;
/** What says that there is no database, whatever is asked of it. */
const away: ReadonlySet<string> = new Set(['store-unavailable', 'database-unreachable']);
const guarded = (name: string): boolean => name === 'execute' || /^(?:find|list|measure|queue)/.test(name);

export interface GuardedStore {
  readonly store: GoalStore;
  readonly breaker: Pick<CircuitBreaker, 'opensAfterMs'>;
}

export function guardStore(store: GoalStore, now: () => number): GuardedStore {
  const breaker = createCircuitBreaker({ failuresMax, openMs, now });
  const guard =
    (name: string) =>
    async (...given: readonly unknown[]): Promise<unknown> => {
      if (!breaker.allows())
        throw temporary('store-unavailable', 'the database has not answered for a moment', {
          retryAfterMs: Math.max(1, breaker.opensAfterMs),
        });
      try {
        const found = await (store as unknown as Record<string, (...more: readonly unknown[]) => unknown>)[name]!(
          ...given,
        );
        breaker.succeeded();
        return found;
      } catch (error) {
        const code = error instanceof ChoraleError ? error.code : '';
        if (away.has(code)) breaker.failed();
        // What was not waited for says nothing of the database.
        else if (code !== 'time-over') breaker.succeeded();
        throw error;
      }
    };
  const names = Object.keys(store).filter(guarded);
  return { store: { ...store, ...Object.fromEntries(names.map((name) => [name, guard(name)])) }, breaker };
}
