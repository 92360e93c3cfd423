// Writes everything a batch changed: one statement for each kind of row, sent together.
import {
  goalTable,
  packEvents,
  taskTable,
  type Changes,
  type Goal,
  type Task,
  type Written,
} from '@chorale/module-goals';
import type { Connection, Rows } from './connection.ts';
import type { TaskWrites } from './left-out-tasks.ts';
import { foldAttempts, unfoldAttempts, writeSuccesses } from './folded-attempts.ts';
import {
  approvalShape,
  artifactShape,
  attemptShape,
  eventPageShape,
  goalShape,
  planVersionShape,
  scheduleShape,
  stepShape,
  taskShape,
  workerShape,
} from './row-shapes.ts';
import type { RowShape } from './row-shape.ts';

/** What a task changes in its common life; a row with other changes is written whole. */
const commonTaskColumns = new Set([
  'state',
  'reason',
  'needs_left',
  'attempt',
  'worker_id',
  'lane',
  'priority',
  'ready_at',
  'started_at',
  'finished_at',
  'output',
]);
const rareTaskFields = taskTable.columns
  .filter(({ column }, index) => index >= taskTable.keys && !commonTaskColumns.has(column))
  .map(({ field }) => field as keyof Task);
const allTaskColumns = new Set(taskTable.columns.slice(taskTable.keys).map(({ column }) => column));
const fixedGoalColumns = new Set([
  'project_id',
  'title',
  'workflow',
  'inputs',
  'requested_by',
  'idempotency_key',
  'request_hash',
  'parent_goal_id',
  'parent_task_no',
  'depth',
  'created_at',
  'start_at',
  'archived_at',
]);
const goalColumns = new Set(
  goalTable.columns.slice(goalTable.keys).flatMap(({ column }) => (fixedGoalColumns.has(column) ? [] : [column])),
);

const updateTasks = { sql: taskShape.update([...commonTaskColumns]), columns: commonTaskColumns };
const replaceTasks = { sql: taskShape.update([...allTaskColumns]), columns: allTaskColumns };
const updateGoals = { sql: goalShape.update([...goalColumns]), columns: goalColumns };

const readyColumns = new Set(['lane', 'priority', 'ready_at']);
const readyNames = ['tenant_id', 'goal_id', 'no', ...readyColumns];
const insertReady = `INSERT INTO ready_tasks (${readyNames.join(', ')}) SELECT ${readyNames.join(', ')} FROM ${taskShape.recordset(readyNames)}`;

/** Not as the other rows: lists are never null, and need not be quoted to tell one that is from one that is missing. */
const insertPages = `INSERT INTO ${eventPageShape.table} (tenant_id, goal_id, seq, events) SELECT t, g, s, e
  FROM json_to_recordset($1::text::json) AS r(t text, g text, s integer, e json)`;

/** `columns`: those beside the key that the rows are sent with; all when it is missing. */
interface Statement {
  readonly sql: string;
  readonly columns?: ReadonlySet<string>;
}

export function writeChanges(
  connection: Connection,
  changes: Changes,
  taskWrites: TaskWrites,
): readonly Promise<Rows>[] {
  const writes: Promise<Rows>[] = [];
  const write = <Row extends object>(shape: RowShape<Row>, { sql, columns }: Statement, rows: readonly Row[]): void => {
    if (rows.length > 0) writes.push(connection.values(sql, shape.toParameter(rows, columns)));
  };
  const definitions = changes.definitions.map(({ tenantId, planHash, definition }) => ({
    t: tenantId,
    h: planHash,
    d: JSON.stringify(definition),
  }));
  if (definitions.length > 0) {
    const sql = `INSERT INTO definitions (tenant_id, plan_hash, definition) SELECT t, h, d::json
      FROM json_to_recordset($1::text::json) AS r(t text COLLATE "C", h text COLLATE "C", d text) ORDER BY t, h ON CONFLICT DO NOTHING`;
    writes.push(connection.values(sql, JSON.stringify(definitions)));
  }
  write(goalShape, { sql: goalShape.insert }, newOnes<Goal>(changes.goals));
  write(
    goalShape,
    updateGoals,
    changed<Goal>(changes.goals).map(({ row }) => row),
  );
  write(taskShape, { sql: taskShape.insert }, taskWrites.inserts);
  const { successes, tasks: otherTasks, attempts, steps } = foldAttempts({ ...changes, tasks: taskWrites.changed });
  const tasks = otherTasks;
  writes.push(...unfoldAttempts(connection, tasks), ...writeSuccesses(connection, successes));
  write(
    taskShape,
    updateTasks,
    tasks.filter(isCommon).map(({ row }) => row),
  );
  write(
    taskShape,
    replaceTasks,
    tasks.filter((written) => !isCommon(written)).map(({ row }) => row),
  );
  write(taskShape, { sql: `${taskShape.insert} ON CONFLICT DO NOTHING` }, taskWrites.makeUp);
  write(planVersionShape, { sql: planVersionShape.insert }, changes.planVersions);
  write(attemptShape, { sql: attemptShape.insert }, attempts);
  write(stepShape, { sql: stepShape.insert }, newOnes(steps));
  write(
    stepShape,
    { sql: stepShape.put },
    steps.filter(({ isNew }) => !isNew).map(({ row }) => row),
  );
  const pages = packEvents(changes.events).map(({ tenantId: t, goalId: g, seq: s, events: e }) => ({ t, g, s, e }));
  if (pages.length > 0) writes.push(connection.values(insertPages, JSON.stringify(pages)));
  writes.push(...writeReady(connection, changes.tasks));
  write(approvalShape, { sql: approvalShape.put }, changes.approvals);
  write(artifactShape, { sql: artifactShape.put }, changes.artifacts);
  write(workerShape, { sql: workerShape.put }, changes.workers);
  write(scheduleShape, { sql: scheduleShape.put }, changes.schedules);
  for (const workerId of changes.workersGone)
    writes.push(connection.values('DELETE FROM workers WHERE worker_id = $1', workerId));
  for (const { tenantId, scheduleId } of changes.schedulesGone) {
    writes.push(
      connection.values('DELETE FROM schedules WHERE tenant_id = $1 AND schedule_id = $2', tenantId, scheduleId),
    );
  }
  return writes;
}

function newOnes<Row extends object>(written: readonly Pick<Written<Row>, 'row' | 'isNew'>[]): readonly Row[] {
  return written.filter(({ isNew }) => isNew).map(({ row }) => row);
}

function changed<Row extends object>(written: readonly Written<Row>[]): readonly Written<Row>[] {
  return written.filter(({ isNew }) => !isNew);
}

function isCommon({ row, before }: Written<Task>): boolean {
  return before !== undefined && rareTaskFields.every((field) => row[field] === before[field]);
}

/** Keeps `ready_tasks` what it is: the tasks whose state is ready. */
function writeReady(connection: Connection, tasks: readonly Written<Task>[]): readonly Promise<Rows>[] {
  const gone = tasks.filter(({ row, before }) => before?.state === 'ready' && row.state !== 'ready');
  const come = tasks.filter(({ row, before }) => before?.state !== 'ready' && row.state === 'ready');
  const writes: Promise<Rows>[] = [];
  if (gone.length > 0) {
    const sql = `DELETE FROM ready_tasks USING json_to_recordset($1::text::json) AS r(t text COLLATE "C", g text COLLATE "C", n integer)
      WHERE tenant_id = r.t AND goal_id = r.g AND no = r.n`;
    writes.push(
      connection.values(sql, JSON.stringify(gone.map(({ row }) => ({ t: row.tenantId, g: row.goalId, n: row.no })))),
    );
  }
  if (come.length > 0)
    writes.push(
      connection.values(
        insertReady,
        taskShape.toParameter(
          come.map(({ row }) => row),
          readyColumns,
        ),
      ),
    );
  return writes;
}
