// Reads the rows that commands need, under the locks of their goals.
import type { GoalId, TenantId, WorkerId } from '@chorale/lib-ids';
import type { Command, MissingRows, PlanDefinition } from '@chorale/module-goals';
import { archivedGoals } from './archived-rows.ts';
import { together, type Connection } from './connection.ts';
import type { KeptGoals } from './kept-goals.ts';
import { leftOutPlanMax } from './left-out-tasks.ts';
import { keyOf, type LoadedRows } from './loaded-rows.ts';
import { approvalShape, goalShape, scheduleShape, stepShape, taskShape, workerShape } from './row-shapes.ts';

export interface GoalKey {
  readonly tenantId: TenantId;
  readonly goalId: GoalId;
}

/** The batch needs goals it has not locked: it must begin again, to lock all of them in order. */
export class MoreGoals extends Error {
  readonly goals: readonly GoalKey[];
  constructor(goals: readonly GoalKey[]) {
    super('more goals must be locked');
    this.goals = goals;
  }
}

/** Plans up to this size are read whole: finding out which tasks a command touches costs a second round trip. */
const wholePlanMax = leftOutPlanMax;

const keyList = 'json_to_recordset($1::text::json) AS k(t text COLLATE "C", g text COLLATE "C")';

function keyParameter(keys: Iterable<GoalKey>): string {
  return JSON.stringify([...keys].map(({ tenantId, goalId }) => ({ t: tenantId, g: goalId })));
}

/** The goals a batch will lock, each once. */
export function goalsOf(commands: readonly Command[]): Map<GoalId, GoalKey> {
  const keys = new Map<GoalId, GoalKey>();
  for (const command of commands) {
    if ('goalId' in command && command.command !== 'submit-goal')
      keys.set(command.goalId, { tenantId: command.tenantId, goalId: command.goalId });
  }
  return keys;
}

/** None: a command of a worker, which serves all. */
export function tenantsOf(commands: readonly Command[]): readonly (TenantId | undefined)[] {
  return commands.map((command) => ('tenantId' in command ? command.tenantId : undefined));
}

export type LockedGoal = GoalKey & { readonly version: number };

/** Locks goals in the order of their ids, so that two batches never wait for each other in a circle. */
export async function lockGoals(connection: Connection, keys: Iterable<GoalKey>): Promise<readonly LockedGoal[]> {
  const sql = `SELECT goals.tenant_id, goals.goal_id, goals.version FROM goals JOIN ${keyList}
    ON goals.tenant_id = k.t AND goals.goal_id = k.g ORDER BY goals.goal_id FOR UPDATE OF goals`;
  const rows = await connection.values(sql, keyParameter(keys));
  return rows.map(([tenantId, goalId, version]) => ({
    tenantId: tenantId as TenantId,
    goalId: goalId as GoalId,
    version: version as number,
  }));
}

/** The archived ones among goals that were not there to be locked. */
export async function loadArchived(connection: Connection, rows: LoadedRows, keys: readonly GoalKey[]): Promise<void> {
  if (keys.length === 0) return;
  const source = `${archivedGoals} JOIN ${keyList} ON goals.tenant_id = k.t AND goals.goal_id = k.g`;
  for (const goal of await connection.allFrom(goalShape, source, [keyParameter(keys)]))
    rows.goals.set(goal.goalId, goal);
}

/** Fills in the rows of locked goals: kept ones where they are current, read ones otherwise. */
export async function loadGoals(
  connection: Connection,
  { rows, kept }: { readonly rows: LoadedRows; readonly kept: KeptGoals },
  locked: readonly LockedGoal[],
): Promise<void> {
  const toRead: LockedGoal[] = [];
  for (const goal of locked) {
    if (kept.versionOf(goal.goalId) === goal.version) kept.copyInto(rows, goal.goalId);
    else toRead.push(goal);
  }
  if (toRead.length === 0) return;
  const parameter = keyParameter(toRead);
  const ofKeys = (table: string): string => `JOIN ${keyList} ON ${table}.tenant_id = k.t AND ${table}.goal_id = k.g`;
  const small = `${ofKeys('tasks')} JOIN goals ON goals.tenant_id = k.t AND goals.goal_id = k.g WHERE goals.tasks_total <= ${wholePlanMax}`;
  const [goals, tasks] = await together([
    connection.all(goalShape, ofKeys('goals'), parameter),
    connection.all(taskShape, small, parameter),
  ]);
  for (const goal of goals) {
    rows.goals.set(goal.goalId, goal);
    if (goal.tasksTotal <= wholePlanMax) rows.whole.add(goal.goalId);
  }
  for (const task of tasks) rows.putTask(task);
}

/** Reads what a run of the batch turned out to need. Goals are not read here: they need locks. */
export async function loadMissing(
  connection: Connection,
  rows: LoadedRows,
  missing: readonly MissingRows[],
): Promise<void> {
  const single = [...new Map(missing.map((one) => [keyOf(one), one])).values()];
  await together(single.map((one) => loadOne(connection, rows, one)));
}

async function loadOne(connection: Connection, rows: LoadedRows, missing: MissingRows): Promise<void> {
  const put = (value: unknown): void => void rows.others.set(keyOf(missing), value);
  const tenantOf = (goalId: GoalId): string => rows.goals.get(goalId)?.tenantId ?? '';
  switch (missing.rows) {
    case 'goal':
      return;
    case 'goal-by-key': {
      const { tenantId, projectId, idempotencyKey } = missing;
      const where = 'WHERE tenant_id = $1 AND project_id = $2 AND idempotency_key = $3';
      const sql = `SELECT goal_id FROM goals ${where} UNION ALL SELECT goal_id FROM archived_goals ${where}`;
      return put((await connection.values(sql, tenantId, projectId, idempotencyKey))[0]?.[0]);
    }
    case 'task': {
      const { goalId, no } = missing;
      const found = await connection.all(
        taskShape,
        'WHERE tenant_id = $1 AND goal_id = $2 AND no = $3',
        tenantOf(goalId),
        goalId,
        no,
      );
      rows.noteTask(goalId, no);
      for (const task of found) rows.putTask(task);
      return;
    }
    case 'all-tasks': {
      const { goalId } = missing;
      const found = await connection.all(
        taskShape,
        'WHERE tenant_id = $1 AND goal_id = $2 ORDER BY no',
        tenantOf(goalId),
        goalId,
      );
      rows.whole.add(goalId);
      for (const task of found) rows.putTask(task);
      return;
    }
    case 'definition':
      return put(await readDefinition(connection, missing.tenantId, missing.planHash));
    case 'approval': {
      const rest = 'WHERE tenant_id = $1 AND approval_id = $2';
      return put((await connection.all(approvalShape, rest, tenantOf(missing.goalId), missing.approvalId))[0]);
    }
    case 'pending-approvals': {
      const rest = "WHERE tenant_id = $1 AND goal_id = $2 AND state = 'pending'";
      return put(await connection.all(approvalShape, rest, tenantOf(missing.goalId), missing.goalId));
    }
    case 'started-steps': {
      const { goalId, taskNo, run } = missing;
      const rest =
        "WHERE tenant_id = $1 AND goal_id = $2 AND task_no = $3 AND run = $4 AND state = 'started' ORDER BY step_no";
      return put(await connection.all(stepShape, rest, tenantOf(goalId), goalId, taskNo, run));
    }
    case 'worker':
      return loadWorkers(connection, rows, [missing.workerId]);
    case 'schedule': {
      const rest = 'WHERE tenant_id = $1 AND schedule_id = $2 FOR UPDATE';
      return put((await connection.all(scheduleShape, rest, missing.tenantId, missing.scheduleId))[0]);
    }
  }
}

export async function readDefinition(
  connection: Connection,
  tenantId: TenantId,
  planHash: string,
): Promise<PlanDefinition | undefined> {
  const sql = 'SELECT definition::text FROM definitions WHERE tenant_id = $1 AND plan_hash = $2';
  const text = (await connection.values(sql, tenantId, planHash))[0]?.[0];
  return typeof text === 'string' ? (JSON.parse(text) as PlanDefinition) : undefined;
}

/** Unlocked: a task claimed in the moment in which its worker's row goes is found abandoned like any other. */
export async function loadWorkers(
  connection: Connection,
  rows: LoadedRows,
  workerIds: readonly WorkerId[],
): Promise<void> {
  const rest = 'WHERE worker_id IN (SELECT json_array_elements_text($1::text::json))';
  for (const workerId of workerIds) rows.others.set(keyOf({ rows: 'worker', workerId }), undefined);
  for (const worker of await connection.all(workerShape, rest, JSON.stringify(workerIds))) {
    rows.others.set(keyOf({ rows: 'worker', workerId: worker.workerId }), worker);
  }
}
