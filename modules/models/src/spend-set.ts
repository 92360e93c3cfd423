// The rows a batch of spend commands works on, held in memory between reading and writing.
//
// Owns:       which rows were read, changed, added and dropped. Does not own locks and transactions (the store's).
// Invariants: SS1 operations check everything before they put anything, so one that is refused leaves no trace.
//             SS2 budgets come out as they are now: one whose window has ended has begun anew.
import type { TenantId } from '@chorale/lib-ids';
import type { BudgetId, ModelCallId, ModelCallRecord, ModelKeyId } from './model-call.ts';
import type {
  BudgetScope,
  BudgetState,
  DeploymentFact,
  DropAnswers,
  DropCalls,
  KeepAnswer,
  LearnedRow,
  ModelKey,
  ReservationId,
} from './spend.ts';
import type { OutcomeRow, Reservation } from './spend-tables.ts';
import { budgetAt } from './spend-window.ts';

export interface Subject {
  readonly tenantId: TenantId;
  readonly scope: BudgetScope;
  readonly subject: string;
}

export interface ReservationKey {
  readonly tenantId: TenantId;
  readonly reservationId: ReservationId;
}

/** Where a set reads rows it has not seen. Answers at once: an asynchronous store hands in what it has loaded. */
export interface SpendRows {
  reservation(key: ReservationKey): Reservation | undefined;
  /** Held past their time, the longest first. */
  dueReservations(now: number, limit: number): readonly Reservation[];
  /** Ended, and kept for as long as a repeated command could come. */
  oldReservations(now: number, limit: number): readonly ReservationKey[];
  /** In every window. */
  budgetsOf(subject: Subject): readonly BudgetState[];
  budget(tenantId: TenantId, budgetId: BudgetId): BudgetState | undefined;
  key(tenantId: TenantId, keyId: ModelKeyId): ModelKey | undefined;
  keyByHash(hash: string): ModelKey | undefined;
  outcome(tenantId: TenantId, callId: ModelCallId): OutcomeRow | undefined;
  /** Calls that ended before a time, the oldest first. */
  oldCalls(old: Omit<DropCalls, 'command'>): readonly CallKey[];
}

export interface CallKey {
  readonly tenantId: TenantId;
  readonly callId: ModelCallId;
}

export interface SpendWrite<Row> {
  readonly row: Row;
  /** The store has no such row. */
  readonly isNew: boolean;
}

export interface CountChange {
  readonly tenantId: TenantId;
  readonly taskClass: string;
  readonly model: string;
  readonly good: number;
  readonly bad: number;
}

export interface SpendChanges {
  readonly budgets: readonly SpendWrite<BudgetState>[];
  readonly budgetsGone: readonly { readonly tenantId: TenantId; readonly budgetId: BudgetId }[];
  readonly reservations: readonly SpendWrite<Reservation>[];
  readonly reservationsGone: readonly ReservationKey[];
  /** Replace what is there. */
  readonly calls: readonly ModelCallRecord[];
  /** Give way to what is there. */
  readonly assumedCalls: readonly ModelCallRecord[];
  /** Taken back if what is there was assumed. */
  readonly assumedCallsGone: readonly CallKey[];
  /** With their outcomes; before any is written. */
  readonly callsGone: readonly CallKey[];
  readonly keys: readonly SpendWrite<ModelKey>[];
  readonly facts: readonly DeploymentFact[];
  readonly outcomes: readonly SpendWrite<OutcomeRow>[];
  /** To be added to the counts that are there. */
  readonly counts: readonly CountChange[];
  /** Give way to a later version. */
  readonly learned: readonly LearnedRow[];
  /** Before any is written. */
  readonly answersGone: readonly DropAnswers[];
  /** Then its tenant has as many as it may. */
  readonly answers: readonly KeepAnswer[];
}

/** Undefined: there is no such row, or no longer. */
interface Entry<Row> {
  row: Row | undefined;
  readonly inStore: boolean;
  isChanged: boolean;
}

/** Rows of one kind by their key, as read and as changed. */
class RowMap<Row> {
  readonly #entries = new Map<string, Entry<Row>>();

  /** The row as this batch has it; read when it was not seen before. */
  find(key: string, read: () => Row | undefined): Row | undefined {
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      const row = read();
      this.#entries.set(key, (entry = { row, inStore: row !== undefined, isChanged: false }));
    }
    return entry.row;
  }

  /** Notes a row that was read by other means than its key. */
  note(key: string, row: Row): Row | undefined {
    return this.find(key, () => row);
  }

  /** Only for a row that was looked for before. */
  put(key: string, row: Row | undefined): void {
    const inStore = this.#entries.get(key)?.inStore ?? false;
    this.#entries.set(key, { row, inStore, isChanged: true });
  }

  written(): readonly SpendWrite<Row>[] {
    return [...this.#entries.values()].flatMap(({ row, inStore, isChanged }) =>
      isChanged && row !== undefined ? [{ row, isNew: !inStore }] : [],
    );
  }

  values(): readonly Row[] {
    return [...this.#entries.values()].flatMap(({ row }) => row ?? []);
  }
}

export class SpendSet {
  readonly now: number;
  readonly #rows: SpendRows;
  readonly #budgets = new RowMap<BudgetState>();
  /** The keys of the budgets of each subject that was looked at. */
  readonly #bySubject = new Map<string, Set<string>>();
  readonly #reservations = new RowMap<Reservation>();
  readonly #keys = new RowMap<ModelKey>();
  readonly #outcomes = new RowMap<OutcomeRow>();
  readonly #calls = new Map<string, ModelCallRecord>();
  readonly #assumedCalls = new Map<string, ModelCallRecord>();
  readonly #assumedCallsGone = new Map<string, CallKey>();
  readonly #callsGone = new Map<string, CallKey>();
  readonly #learned = new Map<string, LearnedRow>();
  readonly #answers = new Map<string, KeepAnswer>();
  readonly #answersGone: DropAnswers[] = [];
  readonly #facts = new Map<string, DeploymentFact>();
  readonly #counts = new Map<string, CountChange>();
  readonly #budgetsGone = new Map<string, { tenantId: TenantId; budgetId: BudgetId }>();
  readonly #reservationsGone = new Map<string, ReservationKey>();

  constructor(rows: SpendRows, now: number) {
    this.#rows = rows;
    this.now = now;
  }

  budgetsOf(subject: Subject): readonly BudgetState[] {
    const of = subjectKey(subject);
    let keys = this.#bySubject.get(of);
    if (keys === undefined) {
      this.#bySubject.set(of, (keys = new Set()));
      for (const budget of this.#rows.budgetsOf(subject)) {
        keys.add(budgetKey(budget));
        this.#budgets.note(budgetKey(budget), budget);
      }
    }
    return [...keys].flatMap((key) => {
      const row = this.#budgets.find(key, () => undefined);
      return row === undefined ? [] : [budgetAt(row, this.now)];
    });
  }

  findBudget(tenantId: TenantId, budgetId: BudgetId): BudgetState | undefined {
    const row = this.#budgets.find(keyOf(tenantId, budgetId), () => this.#rows.budget(tenantId, budgetId));
    return row === undefined ? undefined : budgetAt(row, this.now);
  }

  putBudget(budget: BudgetState): void {
    this.#budgetsGone.delete(budgetKey(budget));
    this.#budgets.put(budgetKey(budget), budget);
    this.#bySubject.get(subjectKey(budget))?.add(budgetKey(budget));
  }

  dropBudget({ tenantId, budgetId }: BudgetState): void {
    this.#budgets.put(keyOf(tenantId, budgetId), undefined);
    this.#budgetsGone.set(keyOf(tenantId, budgetId), { tenantId, budgetId });
  }

  findReservation(key: ReservationKey): Reservation | undefined {
    return this.#reservations.find(reservationKey(key), () => this.#rows.reservation(key));
  }

  /** Held past their time, as this batch has them. */
  dueReservations(limit: number): readonly Reservation[] {
    const found = this.#rows
      .dueReservations(this.now, limit)
      .flatMap((row) => this.#reservations.note(reservationKey(row), row) ?? []);
    return found.filter(({ state, dueAt }) => state === 'held' && dueAt <= this.now);
  }

  putReservation(row: Reservation): void {
    this.#reservations.put(reservationKey(row), row);
  }

  /** Drops what was kept long enough; how many. */
  dropOldReservations(limit: number): number {
    const old = this.#rows.oldReservations(this.now, limit);
    for (const key of old) this.#reservationsGone.set(reservationKey(key), key);
    return old.length;
  }

  findKey(tenantId: TenantId, keyId: ModelKeyId): ModelKey | undefined {
    return this.#keys.find(keyOf(tenantId, keyId), () => this.#rows.key(tenantId, keyId));
  }

  findKeyByHash(hash: string): ModelKey | undefined {
    const here = this.#keys.values().find((key) => key.hash === hash);
    if (here !== undefined) return here;
    const read = this.#rows.keyByHash(hash);
    // As this batch has it, it may have another hash by now.
    const key = read === undefined ? undefined : this.#keys.note(keyOf(read.tenantId, read.keyId), read);
    return key?.hash === hash ? key : undefined;
  }

  putKey(key: ModelKey): void {
    this.#keys.put(keyOf(key.tenantId, key.keyId), key);
  }

  putCall(record: ModelCallRecord): void {
    const key = keyOf(record.tenantId, record.callId);
    this.#assumedCalls.delete(key);
    this.#assumedCallsGone.delete(key);
    this.#calls.set(key, record);
  }

  addAssumedCall(record: ModelCallRecord): void {
    const key = keyOf(record.tenantId, record.callId);
    if (!this.#calls.has(key)) this.#assumedCalls.set(key, record);
  }

  dropAssumedCall(tenantId: TenantId, callId: ModelCallId): void {
    const key = keyOf(tenantId, callId);
    this.#assumedCalls.delete(key);
    this.#assumedCallsGone.set(key, { tenantId, callId });
  }

  /** How many. */
  dropCalls(old: DropCalls): number {
    const found = this.#rows.oldCalls(old);
    for (const key of found) this.#callsGone.set(keyOf(key.tenantId, key.callId), key);
    return found.length;
  }

  putLearned(row: LearnedRow): void {
    const before = this.#learned.get(row.tenantId);
    if (before === undefined || before.version < row.version) this.#learned.set(row.tenantId, row);
  }

  keepAnswer(kept: KeepAnswer): void {
    this.#answers.set(keyOf(kept.tenantId, kept.answer.answerId), kept);
  }

  /** With those of the same batch that came before. */
  dropAnswers(drop: DropAnswers): void {
    const { tenantId, keptBefore = Infinity } = drop;
    for (const [key, { answer }] of this.#answers)
      if (answer.tenantId === tenantId && answer.keptAt < keptBefore) this.#answers.delete(key);
    this.#answersGone.push(drop);
  }

  putFact(fact: DeploymentFact): void {
    this.#facts.set(keyOf(fact.deploymentId, fact.fact), fact);
  }

  findOutcome(tenantId: TenantId, callId: ModelCallId): OutcomeRow | undefined {
    return this.#outcomes.find(keyOf(tenantId, callId), () => this.#rows.outcome(tenantId, callId));
  }

  putOutcome(row: OutcomeRow): void {
    this.#outcomes.put(keyOf(row.tenantId, row.callId), row);
  }

  addCount({ tenantId, taskClass, model, good }: OutcomeRow, by: 1 | -1): void {
    const key = keyOf(tenantId, taskClass, model);
    const count = this.#counts.get(key) ?? { tenantId, taskClass, model, good: 0, bad: 0 };
    this.#counts.set(key, {
      ...count,
      good: count.good + (good ? by : 0),
      bad: count.bad + (good ? 0 : by),
    });
  }

  changes(): SpendChanges {
    return {
      budgets: this.#budgets.written(),
      budgetsGone: [...this.#budgetsGone.values()],
      reservations: this.#reservations.written(),
      reservationsGone: [...this.#reservationsGone.values()],
      calls: [...this.#calls.values()],
      assumedCalls: [...this.#assumedCalls.values()],
      assumedCallsGone: [...this.#assumedCallsGone.values()],
      callsGone: [...this.#callsGone.values()],
      keys: this.#keys.written(),
      facts: [...this.#facts.values()],
      outcomes: this.#outcomes.written(),
      counts: [...this.#counts.values()].filter(({ good, bad }) => good !== 0 || bad !== 0),
      learned: [...this.#learned.values()],
      answersGone: this.#answersGone,
      answers: [...this.#answers.values()],
    };
  }
}

function keyOf(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}

function subjectKey({ tenantId, scope, subject }: Subject): string {
  return keyOf(tenantId, scope, subject);
}

function budgetKey({ tenantId, budgetId }: BudgetState): string {
  return keyOf(tenantId, budgetId);
}

function reservationKey({ tenantId, reservationId }: ReservationKey): string {
  return keyOf(tenantId, reservationId);
}
