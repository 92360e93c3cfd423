// The rows of spend as its engine reads and writes them inside one transaction.
import type { TenantId } from '@chorale/lib-ids';
import {
  fromBudgetRow,
  toBudgetRow,
  toCallRow,
  type BudgetId,
  type BudgetState,
  type CallKey,
  type DropCalls,
  type ModelCallId,
  type ModelKey,
  type ModelKeyId,
  type OutcomeRow,
  type Reservation,
  type ReservationKey,
  type SpendChanges,
  type SpendRows,
  type SpendWrite,
  type Subject,
} from '@chorale/module-models';
import type { RowShape } from './row-shape.ts';
import {
  answerShape,
  budgetShape,
  callShape,
  factShape,
  keyShape,
  learnedShape,
  outcomeShape,
  reservationShape,
} from './row-shapes.ts';
import type { Statements } from './statements.ts';

const addCall = `${callShape.insert} ON CONFLICT DO NOTHING`;
const dropAssumedCall = 'DELETE FROM model_calls WHERE tenant_id = ? AND call_id = ? AND assumed = 1';
const addCount = `INSERT INTO outcome_counts (tenant_id, task_class, model, good, bad) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET good = good + excluded.good, bad = bad + excluded.bad`;
const dropAnswers = 'DELETE FROM model_answers WHERE tenant_id = ? AND kept_at < ?';
const trimAnswers = `DELETE FROM model_answers WHERE tenant_id = ?1 AND (expires_at <= ?2
  OR kept_at <= (SELECT kept_at FROM model_answers WHERE tenant_id = ?1 ORDER BY kept_at DESC LIMIT 1 OFFSET ?3))`;
const putLearned = `${learnedShape.put} WHERE excluded.version > learned_quality.version`;

export class SqliteSpendRows implements SpendRows {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  reservation({ tenantId, reservationId }: ReservationKey): Reservation | undefined {
    const rest = 'WHERE tenant_id = ? AND reservation_id = ?';
    return this.#statements.get(reservationShape, rest, tenantId, reservationId);
  }

  dueReservations(now: number, limit: number): readonly Reservation[] {
    const rest = "WHERE state = 'held' AND due_at <= ? ORDER BY due_at LIMIT ?";
    return this.#statements.all(reservationShape, rest, now, limit);
  }

  oldReservations(now: number, limit: number): readonly ReservationKey[] {
    const sql =
      "SELECT tenant_id, reservation_id FROM reservations WHERE state <> 'held' AND due_at <= ? ORDER BY due_at LIMIT ?";
    const rows = this.#statements.values(sql, now, limit);
    return rows.map(([tenantId, reservationId]) => ({ tenantId, reservationId }) as ReservationKey);
  }

  budgetsOf({ tenantId, scope, subject }: Subject): readonly BudgetState[] {
    const rest = 'WHERE tenant_id = ? AND scope = ? AND subject = ?';
    return this.#statements.all(budgetShape, rest, tenantId, scope, subject).map(fromBudgetRow);
  }

  budget(tenantId: TenantId, budgetId: BudgetId): BudgetState | undefined {
    const row = this.#statements.get(budgetShape, 'WHERE tenant_id = ? AND budget_id = ?', tenantId, budgetId);
    return row === undefined ? undefined : fromBudgetRow(row);
  }

  key(tenantId: TenantId, keyId: ModelKeyId): ModelKey | undefined {
    return this.#statements.get(keyShape, 'WHERE tenant_id = ? AND key_id = ?', tenantId, keyId);
  }

  keyByHash(hash: string): ModelKey | undefined {
    return this.#statements.get(keyShape, 'WHERE hash = ?', hash);
  }

  outcome(tenantId: TenantId, callId: ModelCallId): OutcomeRow | undefined {
    return this.#statements.get(outcomeShape, 'WHERE tenant_id = ? AND call_id = ?', tenantId, callId);
  }

  oldCalls({ tenantId, endedBefore, limit }: Omit<DropCalls, 'command'>): readonly CallKey[] {
    const sql = `SELECT call_id FROM model_calls WHERE tenant_id = ? AND ended_at < ? ORDER BY ended_at, call_id LIMIT ?`;
    const rows = this.#statements.values(sql, tenantId, endedBefore, limit);
    return rows.map(([callId]) => ({ tenantId, callId }) as CallKey);
  }

  write(changes: SpendChanges): void {
    const statements = this.#statements;
    for (const { tenantId, budgetId } of changes.budgetsGone)
      statements.run('DELETE FROM budgets WHERE tenant_id = ? AND budget_id = ?', tenantId, budgetId);
    this.#writeAll(
      budgetShape,
      changes.budgets.map(({ row, isNew }) => ({ row: toBudgetRow(row), isNew })),
    );
    this.#writeAll(reservationShape, changes.reservations);
    for (const { tenantId, reservationId } of changes.reservationsGone)
      statements.run('DELETE FROM reservations WHERE tenant_id = ? AND reservation_id = ?', tenantId, reservationId);
    for (const { tenantId, callId } of changes.callsGone) {
      statements.run('DELETE FROM model_calls WHERE tenant_id = ? AND call_id = ?', tenantId, callId);
      statements.run('DELETE FROM model_outcomes WHERE tenant_id = ? AND call_id = ?', tenantId, callId);
    }
    for (const { tenantId, callId } of changes.assumedCallsGone) statements.run(dropAssumedCall, tenantId, callId);
    for (const call of changes.assumedCalls) statements.run(addCall, ...callShape.toValues(toCallRow(call)));
    for (const call of changes.calls) statements.run(callShape.put, ...callShape.toValues(toCallRow(call)));
    this.#writeAll(keyShape, changes.keys);
    for (const fact of changes.facts) statements.run(factShape.put, ...factShape.toValues(fact));
    this.#writeAll(outcomeShape, changes.outcomes);
    for (const { tenantId, taskClass, model, good, bad } of changes.counts)
      statements.run(addCount, tenantId, taskClass, model, good, bad);
    for (const row of changes.learned) statements.run(putLearned, ...learnedShape.toValues(row));
    this.#writeAnswers(changes);
  }

  #writeAnswers({ answersGone, answers }: SpendChanges): void {
    for (const { tenantId, keptBefore = Number.MAX_SAFE_INTEGER } of answersGone)
      this.#statements.run(dropAnswers, tenantId, keptBefore);
    for (const { tenantId, answer, answersMax } of answers) {
      this.#statements.run(answerShape.put, ...answerShape.toValues({ ...answer, tenantId }));
      this.#statements.run(trimAnswers, tenantId, answer.keptAt, answersMax);
    }
  }

  #writeAll<Row extends object>(shape: RowShape<Row>, written: readonly SpendWrite<Row>[]): void {
    for (const { row, isNew } of written)
      this.#statements.run(isNew ? shape.insert : shape.put, ...shape.toValues(row));
  }
}
