// The spend engine over rows in memory: what tests of this module need of a store, and nothing more.
import type { TenantId } from '@chorale/lib-ids';
import { executeSpend } from './execute-spend.ts';
import type { BudgetId, ModelCallId, ModelCallRecord, ModelKeyId } from './model-call.ts';
import type {
  BudgetState,
  DeploymentFact,
  DropCalls,
  KeptAnswer,
  LearnedRow,
  ModelKey,
  OutcomeCount,
  SpendCommand,
  SpendReplies,
  SpendStore,
} from './spend.ts';
import {
  SpendSet,
  type CallKey,
  type ReservationKey,
  type SpendChanges,
  type SpendRows,
  type Subject,
} from './spend-set.ts';
import type { OutcomeRow, Reservation } from './spend-tables.ts';
import { budgetAt } from './spend-window.ts';

const keyOf = (...parts: readonly string[]): string => parts.join(' ');

class MemoryRows implements SpendRows {
  readonly budgets = new Map<string, BudgetState>();
  readonly reservations = new Map<string, Reservation>();
  readonly calls = new Map<string, ModelCallRecord>();
  readonly keys = new Map<string, ModelKey>();
  readonly facts = new Map<string, DeploymentFact>();
  readonly outcomes = new Map<string, OutcomeRow>();
  readonly learned = new Map<string, LearnedRow>();
  readonly answers = new Map<string, KeptAnswer>();
  readonly counts = new Map<string, OutcomeCount & { readonly tenantId: TenantId }>();

  reservation({ tenantId, reservationId }: ReservationKey): Reservation | undefined {
    return this.reservations.get(keyOf(tenantId, reservationId));
  }

  dueReservations(now: number, limit: number): readonly Reservation[] {
    const due = [...this.reservations.values()].filter(({ state, dueAt }) => state === 'held' && dueAt <= now);
    return due.toSorted((a, b) => a.dueAt - b.dueAt).slice(0, limit);
  }

  oldReservations(now: number, limit: number): readonly ReservationKey[] {
    return [...this.reservations.values()]
      .filter(({ state, dueAt }) => state !== 'held' && dueAt <= now)
      .slice(0, limit);
  }

  budgetsOf({ tenantId, scope, subject }: Subject): readonly BudgetState[] {
    return [...this.budgets.values()].filter(
      (row) => row.tenantId === tenantId && row.scope === scope && row.subject === subject,
    );
  }

  budget(tenantId: TenantId, budgetId: BudgetId): BudgetState | undefined {
    return this.budgets.get(keyOf(tenantId, budgetId));
  }

  key(tenantId: TenantId, keyId: ModelKeyId): ModelKey | undefined {
    return this.keys.get(keyOf(tenantId, keyId));
  }

  keyByHash(hash: string): ModelKey | undefined {
    return [...this.keys.values()].find((key) => key.hash === hash);
  }

  outcome(tenantId: TenantId, callId: ModelCallId): OutcomeRow | undefined {
    return this.outcomes.get(keyOf(tenantId, callId));
  }

  oldCalls({ tenantId, endedBefore, limit }: Omit<DropCalls, 'command'>): readonly CallKey[] {
    return [...this.calls.values()]
      .filter((call) => call.tenantId === tenantId && call.endedAt < endedBefore)
      .toSorted((a, b) => a.endedAt - b.endedAt)
      .slice(0, limit);
  }

  write(changes: SpendChanges): void {
    for (const { tenantId, budgetId } of changes.budgetsGone) this.budgets.delete(keyOf(tenantId, budgetId));
    for (const { row } of changes.budgets) this.budgets.set(keyOf(row.tenantId, row.budgetId), row);
    for (const { row } of changes.reservations) this.reservations.set(keyOf(row.tenantId, row.reservationId), row);
    for (const { tenantId, reservationId } of changes.reservationsGone)
      this.reservations.delete(keyOf(tenantId, reservationId));
    for (const { tenantId, callId } of changes.callsGone) {
      this.calls.delete(keyOf(tenantId, callId));
      this.outcomes.delete(keyOf(tenantId, callId));
    }
    this.#writeCalls(changes);
    this.#writeAnswers(changes);
    for (const row of changes.learned)
      if (row.version > (this.learned.get(row.tenantId)?.version ?? 0)) this.learned.set(row.tenantId, row);
    for (const { row } of changes.keys) this.keys.set(keyOf(row.tenantId, row.keyId), row);
    for (const fact of changes.facts) this.facts.set(keyOf(fact.deploymentId, fact.fact), fact);
    for (const { row } of changes.outcomes) this.outcomes.set(keyOf(row.tenantId, row.callId), row);
    for (const { tenantId, taskClass, model, good, bad } of changes.counts) {
      const key = keyOf(tenantId, taskClass, model);
      const count = this.counts.get(key) ?? { good: 0, bad: 0 };
      const sum = { good: count.good + good, bad: count.bad + bad };
      this.counts.set(key, { tenantId, taskClass: taskClass as OutcomeCount['taskClass'], model, ...sum });
    }
  }

  #writeAnswers({ answersGone, answers }: SpendChanges): void {
    const keep = (isKept: (answer: KeptAnswer) => boolean): void => {
      for (const [key, answer] of this.answers) if (!isKept(answer)) this.answers.delete(key);
    };
    for (const { tenantId, keptBefore = Infinity } of answersGone)
      keep((one) => one.tenantId !== tenantId || one.keptAt >= keptBefore);
    for (const { tenantId, answer, answersMax } of answers) {
      this.answers.set(keyOf(tenantId, answer.answerId), { ...answer, tenantId });
      const own = [...this.answers.values()].filter((one) => one.tenantId === tenantId);
      const oldest = own.toSorted((a, b) => b.keptAt - a.keptAt)[answersMax]?.keptAt ?? -Infinity;
      keep((one) => one.tenantId !== tenantId || (one.expiresAt > answer.keptAt && one.keptAt > oldest));
    }
  }

  #writeCalls({ calls, assumedCalls, assumedCallsGone }: SpendChanges): void {
    for (const { tenantId, callId } of assumedCallsGone)
      if (this.calls.get(keyOf(tenantId, callId))?.assumed === true) this.calls.delete(keyOf(tenantId, callId));
    for (const call of assumedCalls) {
      const key = keyOf(call.tenantId, call.callId);
      if (!this.calls.has(key)) this.calls.set(key, call);
    }
    for (const call of calls) this.calls.set(keyOf(call.tenantId, call.callId), call);
  }
}

export function openMemorySpendStore(now: () => number): SpendStore {
  const rows = new MemoryRows();
  const ofTenant = <Row extends { readonly tenantId: TenantId }>(map: ReadonlyMap<string, Row>, tenantId: TenantId) =>
    [...map.values()].filter((row) => row.tenantId === tenantId);
  return {
    async execute<C extends SpendCommand>(command: C): Promise<SpendReplies[C['command']]> {
      const set = new SpendSet(rows, now());
      const reply = executeSpend(set, command);
      rows.write(set.changes());
      return reply as SpendReplies[C['command']];
    },
    findKey: async (hash) => rows.keyByHash(hash),
    listKeys: async (tenantId) => ofTenant(rows.keys, tenantId),
    listBudgets: async (tenantId) => ofTenant(rows.budgets, tenantId).map((budget) => budgetAt(budget, now())),
    findCall: async (tenantId, callId) => rows.calls.get(keyOf(tenantId, callId)),
    async listCalls(tenantId, { before, limit, goalId, keyId }) {
      const isBefore = (a: ModelCallRecord): boolean =>
        before === undefined ||
        a.endedAt < before.endedAt ||
        (a.endedAt === before.endedAt && a.callId < before.callId);
      return ofTenant(rows.calls, tenantId)
        .filter((call) => isBefore(call) && (goalId ?? call.goalId) === call.goalId)
        .filter((call) => (keyId ?? call.keyId) === call.keyId)
        .toSorted((a, b) => b.endedAt - a.endedAt || (a.callId < b.callId ? 1 : -1))
        .slice(0, limit);
    },
    listFacts: async () => [...rows.facts.values()],
    listOutcomes: async (tenantId, limit) =>
      ofTenant(rows.outcomes, tenantId)
        .toSorted((a, b) => b.at - a.at)
        .flatMap(({ model, good, features }) => (features === undefined ? [] : [{ model, good, features }]))
        .slice(0, limit),
    findLearned: async (tenantId, laterThan) => {
      const found = rows.learned.get(tenantId);
      return found !== undefined && found.version > laterThan ? found : undefined;
    },
    listAnswers: async (tenantId, { setting, now: at, limit }) =>
      ofTenant(rows.answers, tenantId)
        .filter((one) => one.setting === setting && one.expiresAt > at)
        .toSorted((a, b) => b.keptAt - a.keptAt)
        .slice(0, limit),
    findAnswer: async (tenantId, answerId) => rows.answers.get(keyOf(tenantId, answerId)),
    countOutcomes: async (tenantId) =>
      ofTenant(rows.counts, tenantId).map(({ taskClass, model, good, bad }) => ({ taskClass, model, good, bad })),
  };
}
