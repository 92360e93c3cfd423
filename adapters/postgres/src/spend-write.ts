// Writes everything a batch of spend commands changed: one statement for each kind of row, sent together, and rows in the
// order of their keys, so that two batches never wait for each other in a circle.
import {
  budgetTable,
  keyTable,
  outcomeTable,
  toBudgetRow,
  toCallRow,
  type SpendChanges,
  type SpendWrite,
} from '@chorale/module-models';
import type { RowTable } from '@chorale/module-goals';
import type { Connection, Rows } from './connection.ts';
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
import type { RowShape } from './row-shape.ts';

/** What changes in a reservation that ends. */
const endColumns = new Set(['state', 'charged', 'budgets', 'known', 'due_at']);

const pairs = 'json_to_recordset($1::text::json) AS k(t text COLLATE "C", i text COLLATE "C")';
const dropBudgets = `DELETE FROM budgets USING ${pairs} WHERE tenant_id = k.t AND budget_id = k.i`;
const dropAssumed = `DELETE FROM model_calls USING ${pairs} WHERE tenant_id = k.t AND call_id = k.i AND assumed`;
const dropCalls = `DELETE FROM model_calls USING ${pairs} WHERE tenant_id = k.t AND call_id = k.i`;
const dropOutcomes = `DELETE FROM model_outcomes USING ${pairs} WHERE tenant_id = k.t AND call_id = k.i`;
const putLearned = `${learnedShape.put} WHERE excluded.version > learned_quality.version`;
const dropAnswers = 'DELETE FROM model_answers WHERE tenant_id = $1 AND kept_at < $2';
const trimAnswers = `DELETE FROM model_answers WHERE tenant_id = $1 AND (expires_at <= $2
  OR kept_at <= (SELECT kept_at FROM model_answers WHERE tenant_id = $1 ORDER BY kept_at DESC LIMIT 1 OFFSET $3))`;
/** Those that another process drops, or settles late, at the same time are left to it. */
const dropReservations = `DELETE FROM reservations USING (
    SELECT r.* FROM ${pairs} CROSS JOIN LATERAL (SELECT tenant_id, reservation_id FROM reservations
      WHERE tenant_id = k.t AND reservation_id = k.i AND state <> 'held' AND due_at <= $2 LIMIT 1 FOR UPDATE SKIP LOCKED) AS r
  ) AS old WHERE reservations.tenant_id = old.tenant_id AND reservations.reservation_id = old.reservation_id`;
const addCalls = `${callShape.insert} ON CONFLICT DO NOTHING`;
const addCounts = `INSERT INTO outcome_counts (tenant_id, task_class, model, good, bad)
  SELECT t, c, m, g, b FROM json_to_recordset($1::text::json)
    AS k(t text COLLATE "C", c text COLLATE "C", m text COLLATE "C", g integer, b integer)
  ON CONFLICT (tenant_id, task_class, model) DO UPDATE
    SET good = outcome_counts.good + excluded.good, bad = outcome_counts.bad + excluded.bad`;

const allColumns = <Row extends object>({ columns, keys }: RowTable<Row>): ReadonlySet<string> =>
  new Set(columns.slice(keys).map(({ column }) => column));

export function writeSpend(connection: Connection, changes: SpendChanges, now: number): readonly Promise<Rows>[] {
  const writes: Promise<Rows>[] = [];
  const send = (sql: string, rows: readonly unknown[], ...more: readonly number[]): void => {
    if (rows.length > 0) writes.push(connection.values(sql, JSON.stringify(rows), ...more));
  };
  const put = <Row extends object>(
    shape: RowShape<Row>,
    written: readonly SpendWrite<Row>[],
    columns: ReadonlySet<string>,
  ): void => {
    const [added, changed] = [rowsOf(written, true), rowsOf(written, false)];
    if (added.length > 0) writes.push(connection.values(shape.insert, shape.toParameter(added)));
    if (changed.length > 0)
      writes.push(connection.values(shape.update([...columns]), shape.toParameter(changed, columns)));
  };
  send(
    dropBudgets,
    changes.budgetsGone.map(({ tenantId: t, budgetId: i }) => ({ t, i })),
  );
  const budgets = changes.budgets.map(({ row, isNew }) => ({ row: toBudgetRow(row), isNew }));
  put(budgetShape, budgets, allColumns(budgetTable));
  put(
    reservationShape,
    inOrder(changes.reservations, ({ row }) => row.tenantId + row.reservationId),
    endColumns,
  );
  send(
    dropReservations,
    changes.reservationsGone.map(({ tenantId: t, reservationId: i }) => ({ t, i })),
    now,
  );
  const gone = changes.callsGone.map(({ tenantId: t, callId: i }) => ({ t, i }));
  send(dropCalls, gone);
  send(dropOutcomes, gone);
  writeCalls(connection, changes, writes);
  put(keyShape, changes.keys, allColumns(keyTable));
  put(
    outcomeShape,
    inOrder(changes.outcomes, ({ row }) => row.tenantId + row.callId),
    allColumns(outcomeTable),
  );
  const counts = inOrder(changes.counts, ({ tenantId, taskClass, model }) => tenantId + taskClass + model);
  send(
    addCounts,
    counts.map(({ tenantId: t, taskClass: c, model: m, good: g, bad: b }) => ({ t, c, m, g, b })),
  );
  if (changes.learned.length > 0)
    writes.push(
      connection.values(putLearned, learnedShape.toParameter(inOrder(changes.learned, (row) => row.tenantId))),
    );
  writeAnswers(connection, changes, writes);
  return writes;
}

function writeAnswers(connection: Connection, { answersGone, answers }: SpendChanges, writes: Promise<Rows>[]): void {
  for (const { tenantId, keptBefore = Number.MAX_SAFE_INTEGER } of answersGone)
    writes.push(connection.values(dropAnswers, tenantId, keptBefore));
  if (answers.length === 0) return;
  const rows = inOrder(
    answers.map(({ tenantId, answer }) => ({ ...answer, tenantId })),
    ({ tenantId, answerId }) => tenantId + answerId,
  );
  writes.push(connection.values(answerShape.put, answerShape.toParameter(rows)));
  const ofTenants = new Map(answers.map((kept) => [kept.tenantId, kept]));
  for (const { tenantId, answer, answersMax } of ofTenants.values())
    writes.push(connection.values(trimAnswers, tenantId, answer.keptAt, answersMax));
}

function writeCalls(connection: Connection, changes: SpendChanges, writes: Promise<Rows>[]): void {
  const gone = changes.assumedCallsGone.map(({ tenantId: t, callId: i }) => ({ t, i }));
  if (gone.length > 0) writes.push(connection.values(dropAssumed, JSON.stringify(gone)));
  for (const [sql, records] of [
    [addCalls, changes.assumedCalls],
    [callShape.put, changes.calls],
  ] as const) {
    const rows = inOrder(records, ({ tenantId, callId }) => tenantId + callId).map(toCallRow);
    if (rows.length > 0) writes.push(connection.values(sql, callShape.toParameter(rows)));
  }
  const facts = inOrder(changes.facts, ({ deploymentId, fact }) => deploymentId + fact);
  if (facts.length > 0) writes.push(connection.values(factShape.put, factShape.toParameter(facts)));
}

function rowsOf<Row>(written: readonly SpendWrite<Row>[], isNew: boolean): readonly Row[] {
  return written.filter((one) => one.isNew === isNew).map(({ row }) => row);
}

function inOrder<Row>(rows: readonly Row[], keyOf: (row: Row) => string): readonly Row[] {
  return rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}
