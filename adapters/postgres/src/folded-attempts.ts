// A task that succeeds keeps the try that did it in its own row, and the journal of that try when it is a single call:
// two rows less to write for the common task, which is most of what the engine writes.
//
// Owns:       which tries are folded into the row of their task, reading them back, and giving them rows of their own
//             when the task is tried again.
// Invariants: FA1 every ended try is either a row of `attempts` or in its task's row, never both; the same for its call.
//             FA2 a task that is succeeded and has a worker_id holds its try; `call` holds the try's call, if it is there.
import {
  taskTable,
  type Attempt,
  type Changes,
  type Json,
  type Step,
  type Task,
  type Written,
} from '@chorale/module-goals';
import type { Connection, Rows } from './connection.ts';
import { attemptShape, stepShape } from './row-shapes.ts';

/** What a task changes when it succeeds; with anything else, its try gets a row of its own. */
const fieldsOfSuccess: ReadonlySet<string> = new Set(['state', 'reason', 'workerId', 'finishedAt', 'output']);

const lastingFields = taskTable.columns
  .map(({ field }) => field as keyof Task)
  .filter((field) => !fieldsOfSuccess.has(field));

/** The call of a try: its output is left out when it is the task's. */
type PackedCall = readonly [
  name: string,
  idempotent: boolean,
  input: Json,
  startedAt: number,
  finishedAt: number,
  output?: Json,
];

export interface Folded {
  /** Rows to be written as succeeded, with the call that is to stand in them. */
  readonly successes: readonly { readonly task: Task; readonly call: PackedCall | undefined }[];
  /** The tasks that are written in the other ways. */
  readonly tasks: readonly Written<Task>[];
  readonly attempts: readonly Attempt[];
  readonly steps: Changes['steps'];
}

/** Takes out of the changes what is written with the tasks that succeed. */
export function foldAttempts({ tasks, attempts, steps }: Pick<Changes, 'tasks' | 'attempts' | 'steps'>): Folded {
  const tries = new Map(attempts.map((attempt) => [keyOf(attempt), attempt]));
  const stepsOf = new Map<string, Changes['steps'][number][]>();
  for (const step of steps) {
    const key = keyOf(step.row);
    const found = stepsOf.get(key);
    if (found === undefined) stepsOf.set(key, [step]);
    else found.push(step);
  }
  const successes: { task: Task; call: PackedCall | undefined }[] = [];
  const others: Written<Task>[] = [];
  for (const written of tasks) {
    const { row } = written;
    const key = `${row.goalId} ${row.no} ${row.attempt}`;
    if (!isPlainSuccess(written) || tries.get(key)?.outcome !== 'succeeded') {
      others.push(written);
      continue;
    }
    tries.delete(key);
    const call = packCall(row, stepsOf.get(key));
    if (call !== undefined) stepsOf.delete(key);
    successes.push({ task: row, call });
  }
  return { successes, tasks: others, attempts: [...tries.values()], steps: [...stepsOf.values()].flat() };
}

function keyOf({ goalId, taskNo, attempt }: Attempt | Step): string {
  return `${goalId} ${taskNo} ${attempt}`;
}

function isPlainSuccess({ row, before }: Written<Task>): boolean {
  if (row.state !== 'succeeded' || before?.state !== 'running') return false;
  if (row.reason !== undefined || row.output === undefined) return false;
  return lastingFields.every((field) => row[field] === before[field]);
}

function packCall(task: Task, steps: Changes['steps'] | undefined): PackedCall | undefined {
  if (steps?.length !== 1 || steps[0]?.isNew !== true) return undefined;
  const { kind, state, stepNo, run, name, idempotent, input, startedAt, finishedAt, output } = steps[0].row;
  if (kind !== 'tool-call' || state !== 'finished' || stepNo !== 1 || run !== task.run) return undefined;
  if (finishedAt === undefined || output === undefined) return undefined;
  const call = [name, idempotent, input, startedAt, finishedAt] as const;
  return output === task.output ? call : [...call, output];
}

const names = (columns: string): string => columns.replaceAll(/\s+/g, ' ');

/** The columns of `attempts` and `steps` as they are told by a task's row. */
const attemptOfTask = names(`tenant_id, goal_id, no AS task_no, attempt, run, worker_id, 'succeeded' AS outcome,
  started_at, finished_at, NULL::json AS failure`);
const stepOfTask = names(`tenant_id, goal_id, no AS task_no, run, 1 AS step_no, attempt, 'tool-call' AS kind,
  call->>0 AS name, 'finished' AS state, (call->>1)::boolean AS idempotent, call->2 AS input,
  CASE json_array_length(call) WHEN 6 THEN call->5 ELSE output END AS output, NULL::json AS failure,
  (call->>3)::bigint AS started_at, (call->>4)::bigint AS finished_at`);
const holdsTry = "state = 'succeeded' AND worker_id IS NOT NULL";

/** For `SELECT ... FROM`: all tries, and all calls, wherever they are kept. */
export const allAttempts = `(SELECT ${columnsOf(attemptOfTask)} FROM attempts
  UNION ALL SELECT ${attemptOfTask} FROM tasks WHERE ${holdsTry}) AS attempts`;
export const allSteps = `(SELECT ${columnsOf(stepOfTask)} FROM steps
  UNION ALL SELECT ${stepOfTask} FROM tasks WHERE ${holdsTry} AND call IS NOT NULL) AS steps`;

/** The names that a list of expressions gives its columns. */
function columnsOf(list: string): string {
  return list
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim().split(' ').at(-1))
    .join(', ');
}

/** To be sent before tasks that had succeeded are written: what their rows hold besides gets rows of its own. */
export function unfoldAttempts(connection: Connection, tasks: readonly Written<Task>[]): readonly Promise<Rows>[] {
  const again = tasks.filter(({ row, before }) => before?.state === 'succeeded' && row.state !== 'succeeded');
  if (again.length === 0) return [];
  const keys = JSON.stringify(again.map(({ row }) => ({ t: row.tenantId, g: row.goalId, n: row.no })));
  const among = `json_to_recordset($1::text::json) AS r(t text COLLATE "C", g text COLLATE "C", n integer)`;
  const same = 'tenant_id = r.t AND goal_id = r.g AND no = r.n';
  // Each key looks for its row: left the choice, the planner read the whole table.
  const from = `FROM ${among} CROSS JOIN LATERAL (SELECT * FROM tasks WHERE ${same} LIMIT 1) AS tasks WHERE ${holdsTry}`;
  return [
    `INSERT INTO ${attemptShape.table} (${columnsOf(attemptOfTask)}) SELECT ${attemptOfTask} ${from}`,
    `INSERT INTO ${stepShape.table} (${columnsOf(stepOfTask)}) SELECT ${stepOfTask} ${from} AND call IS NOT NULL`,
    `UPDATE tasks SET worker_id = NULL, call = NULL FROM ${among} WHERE ${same}`,
  ].map((sql) => connection.values(sql, keys));
}

/** Worker and numbers of the try are in the row since it began. */
const succeed = `UPDATE tasks SET state = 'succeeded', reason = NULL, finished_at = r.f,
  output = coalesce(r.o, 'null'::json), call = r.c
  FROM json_to_recordset($1::text::json) AS r(t text COLLATE "C", g text COLLATE "C", n integer, f bigint, o json, c json)
  WHERE tenant_id = r.t AND goal_id = r.g AND no = r.n`;

export function writeSuccesses(connection: Connection, successes: Folded['successes']): readonly Promise<Rows>[] {
  if (successes.length === 0) return [];
  const rows = successes.map(({ task: { tenantId: t, goalId: g, no: n, finishedAt: f, output: o }, call: c }) => {
    return { t, g, n, f, o, c };
  });
  return [connection.values(succeed, JSON.stringify(rows))];
}
