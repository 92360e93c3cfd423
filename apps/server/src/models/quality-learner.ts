// Learns how well models do for a tenant, from outcomes of their calls: in the background, when enough is new.
//
// Owns:       which tenants have new outcomes, and the one training that runs.
// Invariants: QL1 one training at a time, in a thread of its own; no call waits for it.
//             QL2 what could not be learned from now is not read again before as many outcomes more have come.
//             QL3 while there is no time for it, it is left for later, and then begun without waiting for another outcome.
import type { TenantId } from '@chorale/lib-ids';
import type { Clock } from '@chorale/lib-time';
import { labelledOutcomesMin, type ModelCallRecord, type OutcomeCount, type SpendStore } from '@chorale/module-models';
import type { LearnedBook } from './learned-book.ts';
import type { Training } from './train-in-thread.ts';

export interface QualityLearner {
  /** False when no model answered that call, so that nothing can be said of one. */
  rate(record: ModelCallRecord, good: boolean): Promise<boolean>;
  /** Resolves when nothing is being learned. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

interface LearnerWorld {
  readonly spend: Pick<SpendStore, 'execute' | 'countOutcomes' | 'listOutcomes' | 'findLearned'>;
  readonly clock: Clock;
  readonly book: Pick<LearnedBook, 'refresh'>;
  /** The model that a deployment has. */
  readonly modelOf: (deploymentId: string) => string;
  /** What is not learned now is learned later. */
  readonly hasTime?: () => boolean;
  readonly train: (training: Training, signal: AbortSignal) => Promise<string>;
  readonly report: (problem: { readonly what: 'not-learned'; readonly error: unknown }) => void;
}

/** More say little more, and older ones are of models and prompts as they were. */
const outcomesMax = 10_000;
/** What is new by less changes no decision. */
const newShareMin = 0.1;
const newMin = 100;
/** Counting is cheap, but not for each outcome. */
const noticesPerLook = 20;
const postponedMs = 5_000;

export function createQualityLearner(world: LearnerWorld): QualityLearner {
  const { spend, clock, book } = world;
  const closing = new AbortController();
  /** Outcomes since the tenant was looked at last. */
  const noticed = new Map<TenantId, number>();
  /** How many there were when they were read last, and of how many models enough. */
  const readAt = new Map<TenantId, { readonly total: number; readonly models: number }>();
  const later = createLater<TenantId>(clock, postponedMs);
  let working: Promise<void> = Promise.resolve();

  function notice(tenantId: TenantId): void {
    const before = noticed.get(tenantId);
    noticed.set(tenantId, ((before ?? 0) + 1) % noticesPerLook);
    // The first after the start may be the one that makes it enough.
    if (before !== undefined && before + 1 < noticesPerLook) return;
    lookSoon(tenantId);
  }

  function lookSoon(tenantId: TenantId): void {
    working = working
      .then(() => (closing.signal.aborted ? undefined : look(tenantId)))
      .catch((error: unknown) => {
        if (!closing.signal.aborted) world.report({ what: 'not-learned', error });
      });
  }

  async function look(tenantId: TenantId): Promise<void> {
    if (world.hasTime?.() === false) return later.once(tenantId, () => lookSoon(tenantId));
    const counts = await spend.countOutcomes(tenantId);
    const total = counts.reduce((sum, { good, bad }) => sum + good + bad, 0);
    const models = countLearnable(counts);
    const read = readAt.get(tenantId);
    const isMore = models > (read?.models ?? models);
    if (models === 0 || (total - (read?.total ?? 0) < newMin && !isMore)) return;
    const before = await spend.findLearned(tenantId, 0);
    readAt.set(tenantId, { total: before?.outcomes ?? 0, models });
    if (before !== undefined && total - before.outcomes < Math.max(newMin, newShareMin * total) && !isMore) return;
    readAt.set(tenantId, { total, models });
    const outcomes = await spend.listOutcomes(tenantId, outcomesMax);
    if (countLearnable(outcomes.map(({ model }) => ({ model, good: 1, bad: 0 }))) === 0) return;
    const version = (before?.version ?? 0) + 1;
    const trainedAt = clock.now();
    const learned = await world.train({ tenantId, version, trainedAt, outcomes }, closing.signal);
    const row = { tenantId, version, trainedAt, outcomes: total, learned };
    await spend.execute({ command: 'put-learned', learned: row });
    await book.refresh(tenantId);
  }

  return {
    async rate(record, good) {
      const { tenantId, callId, taskClass, deploymentId, features } = record;
      if (deploymentId === undefined || record.failure !== undefined) return false;
      const outcome = { callId, taskClass, model: world.modelOf(deploymentId), good, at: clock.now(), features };
      await spend.execute({ command: 'record-outcome', tenantId, outcome });
      notice(tenantId);
      return true;
    },
    idle: () => working,
    async close() {
      closing.abort();
      later.cancel();
      await working;
    },
  };
}

/** Models of which there is enough. */
function countLearnable(counts: readonly Pick<OutcomeCount, 'model' | 'good' | 'bad'>[]): number {
  const byModel = new Map<string, number>();
  for (const { model, good, bad } of counts) byModel.set(model, (byModel.get(model) ?? 0) + good + bad);
  return [...byModel.values()].filter((count) => count >= labelledOutcomesMin).length;
}

/** What is done after a while: once for each key, however often it is asked for. */
function createLater<Key>(clock: Pick<Clock, 'schedule'>, delayMs: number) {
  const waiting = new Map<Key, () => void>();
  return {
    once(key: Key, act: () => void): void {
      if (waiting.has(key)) return;
      const run = (): void => {
        waiting.delete(key);
        act();
      };
      waiting.set(key, clock.schedule(delayMs, run));
    },
    cancel(): void {
      for (const takeBack of waiting.values()) takeBack();
    },
  };
}
