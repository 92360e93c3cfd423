// What the router knows from the store, kept for a short while: budgets, outcomes and facts. No call waits for it but a
// tenant's first in a while.
//
// Invariant: what is older than `ageMsMax` is never used; a new budget is seen by then. The store itself refuses what a
//            budget has no room for, so that a late view cannot overspend what has a price.

import type { TenantId } from '@chorale/lib-ids';
import type { Clock } from '@chorale/lib-time';
import { createBoundedMap } from './bounded-map.ts';
import { indexOutcomes, type OutcomeIndex } from './model-quality.ts';
import type { BudgetState, DeploymentFact, SpendStore } from './spend.ts';

export interface TenantKnowledge {
  readonly budgets: readonly BudgetState[];
  readonly outcomes: OutcomeIndex;
}

export interface RoutingKnowledge {
  ofTenant(tenantId: TenantId): TenantKnowledge | Promise<TenantKnowledge>;
  /** What was learned of a deployment, e.g. `rejects-json-schema`; empty before the first tenant was asked for. */
  factsOf(deploymentId: string): ReadonlySet<string> | undefined;
  /** Known at once; writing it down is the caller's. */
  learn(fact: DeploymentFact): void;
}

interface KnowledgeWorld {
  readonly spend: Pick<SpendStore, 'listBudgets' | 'countOutcomes' | 'listFacts'>;
  readonly clock: Clock;
  readonly report: (problem: { readonly what: 'knowledge-stale'; readonly error: unknown }) => void;
}

const freshMs = 5_000;
const ageMsMax = 30_000;
const tenantsMax = 1_000;
/** Providers learn: what one rejected is tried again after a week. */
const factAgeMsMax = 7 * 86_400_000;

interface Loaded<Value> {
  readonly value: Value;
  readonly at: number;
}

interface Slot<Value> {
  loaded: Loaded<Value> | undefined;
  loading: Promise<Value> | undefined;
}

/** The value when it is fresh enough, else its loading; one that is a little old is given while it is loaded anew. */
function readSlot<Value>(slot: Slot<Value>, world: KnowledgeWorld, load: () => Promise<Value>): Value | Promise<Value> {
  const now = world.clock.now();
  const { loaded } = slot;
  if (loaded !== undefined && now - loaded.at < freshMs) return loaded.value;
  slot.loading ??= load()
    .then((value) => {
      slot.loaded = { value, at: world.clock.now() };
      return value;
    })
    .finally(() => {
      slot.loading = undefined;
    });
  if (loaded === undefined || now - loaded.at >= ageMsMax) return slot.loading;
  slot.loading.catch((error: unknown) => world.report({ what: 'knowledge-stale', error }));
  return loaded.value;
}

type FactBook = Map<string, Set<string>>;

function addFact(book: FactBook, { deploymentId, fact }: DeploymentFact): void {
  const facts = book.get(deploymentId);
  if (facts === undefined) book.set(deploymentId, new Set([fact]));
  else facts.add(fact);
}

export function createRoutingKnowledge(world: KnowledgeWorld): RoutingKnowledge {
  const { spend, clock } = world;
  const tenants = createBoundedMap<Slot<TenantKnowledge>>(tenantsMax);
  const facts: Slot<FactBook> = { loaded: undefined, loading: undefined };

  async function loadTenant(tenantId: TenantId): Promise<TenantKnowledge> {
    const [budgets, counts] = await Promise.all([spend.listBudgets(tenantId), spend.countOutcomes(tenantId)]);
    return { budgets, outcomes: indexOutcomes(counts) };
  }

  async function loadFacts(): Promise<FactBook> {
    const book: FactBook = new Map();
    const since = clock.now() - factAgeMsMax;
    for (const fact of await spend.listFacts()) if (fact.learnedAt > since) addFact(book, fact);
    return book;
  }

  return {
    ofTenant: (tenantId) => {
      let slot = tenants.find(tenantId);
      if (slot === undefined) {
        slot = { loaded: undefined, loading: undefined };
        tenants.set(tenantId, slot);
      }
      const tenant = readSlot(slot, world, () => loadTenant(tenantId));
      const book = readSlot(facts, world, loadFacts);
      if (book instanceof Promise || tenant instanceof Promise)
        return Promise.all([tenant, book]).then(([loaded]) => loaded);
      return tenant;
    },
    factsOf: (deploymentId) => facts.loaded?.value.get(deploymentId),
    learn: (fact) => {
      if (facts.loaded !== undefined) addFact(facts.loaded.value, fact);
    },
  };
}
