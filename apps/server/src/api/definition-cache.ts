// Definitions by hash. They never change, so a kept one is never stale.
import { broken } from '@chorale/lib-errors';
import type { Goal, GoalStore, PlanDefinition } from '@chorale/module-goals';

const entriesMax = 200;

export class DefinitionCache {
  readonly #store: GoalStore;
  /** In order of last use, oldest first. */
  readonly #kept = new Map<string, PlanDefinition>();

  constructor(store: GoalStore) {
    this.#store = store;
  }

  async get({ tenantId, goalId, planHash }: Pick<Goal, 'tenantId' | 'goalId' | 'planHash'>): Promise<PlanDefinition> {
    const key = `${tenantId} ${planHash}`;
    const definition = this.#kept.get(key) ?? (await this.#store.findDefinition(tenantId, planHash));
    if (definition === undefined) {
      throw broken('internal', `goal ${goalId} runs plan ${planHash}, which the store does not hold`);
    }
    this.#kept.delete(key);
    this.#kept.set(key, definition);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > entriesMax && oldest !== undefined) this.#kept.delete(oldest);
    return definition;
  }
}
