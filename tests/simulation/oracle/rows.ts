// The rows as the checker reads them: by its own statements, over its own connection, in the columns' own names. It
// shares no code with what it checks.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { PlanDefinition } from '@chorale/module-goals';

export interface GoalRow {
  readonly tenant_id: string;
  readonly goal_id: string;
  readonly state: string;
  readonly version: number;
  readonly plan_version: number;
  readonly plan_hash: string;
  readonly inputs: string;
  readonly outputs: string | null;
  readonly event_seq: number;
  readonly tasks_open: number;
  readonly tasks_running: number;
  readonly tasks_total: number;
  readonly tasks_failed: number;
  readonly start_at: number | null;
  readonly deadline_at: number | null;
  readonly finished_at: number | null;
  readonly parent_goal_id: string | null;
  readonly parent_task_no: number | null;
  readonly failure: string | null;
}

export interface TaskRow {
  readonly tenant_id: string;
  readonly goal_id: string;
  readonly no: number;
  readonly key: string;
  readonly definition_no: number;
  readonly parent_no: number | null;
  readonly item_index: number | null;
  readonly item: string | null;
  readonly state: string;
  readonly reason: string | null;
  readonly waits_for: string | null;
  readonly needs_left: number;
  readonly attempt: number;
  readonly run: number;
  readonly failures: number;
  readonly losses: number;
  readonly worker_id: string | null;
  readonly priority: number;
  readonly lane: string;
  readonly wake_at: number | null;
  readonly ready_at: number | null;
  readonly output: string | null;
  readonly failure: string | null;
  readonly cancel_requested: number;
}

export interface EventRow {
  readonly seq: number;
  readonly type: string;
  readonly at: number;
  readonly task_no: number | null;
  readonly data: { readonly [key: string]: unknown };
}

export interface ApprovalRow {
  readonly tenant_id: string;
  readonly approval_id: string;
  readonly goal_id: string;
  readonly task_no: number;
  readonly kind: string;
  readonly question: string;
  readonly state: string;
  readonly answer: string | null;
}

export interface AttemptRow {
  readonly task_no: number;
  readonly attempt: number;
  readonly run: number;
  readonly outcome: string;
  readonly failure: string | null;
}

export interface StepRow {
  readonly state: string;
  readonly attempt: number;
}

export interface WorkerRow {
  readonly worker_id: string;
  readonly labels: string;
  readonly lease_until: number;
}

export class Rows {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #definitions = new Map<string, PlanDefinition>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  all<Row>(sql: string, ...values: readonly (string | number)[]): Row[] {
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, (statement = this.#database.prepare(sql)));
    return statement.all(...values) as unknown as Row[];
  }

  goal(goalId: string): GoalRow | undefined {
    return this.all<GoalRow>('SELECT * FROM goals WHERE goal_id = ?', goalId)[0];
  }

  goals(): GoalRow[] {
    return this.all('SELECT * FROM goals ORDER BY goal_id');
  }

  tasks(goalId: string): TaskRow[] {
    return this.all('SELECT * FROM tasks WHERE goal_id = ? ORDER BY no', goalId);
  }

  /** Events stand in pages, each under the number of its last one. */
  events(goalId: string, after: number): EventRow[] {
    const sql = 'SELECT seq, events FROM event_pages WHERE goal_id = ? AND seq > ? ORDER BY seq';
    return this.all<{ seq: number; events: string }>(sql, goalId, after).flatMap(({ seq: last, events }) => {
      const packed = JSON.parse(events) as [string, number, number | null, { readonly [key: string]: unknown }][];
      return packed.flatMap(([type, at, taskNo, data], index) => {
        const seq = last - packed.length + 1 + index;
        return seq > after ? [{ seq, type, at, task_no: taskNo, data }] : [];
      });
    });
  }

  approvals(goalId: string): ApprovalRow[] {
    return this.all('SELECT * FROM approvals WHERE goal_id = ?', goalId);
  }

  attempts(goalId: string): AttemptRow[] {
    return this.all('SELECT * FROM attempts WHERE goal_id = ?', goalId);
  }

  step(goalId: string, taskNo: number, run: number): StepRow | undefined {
    return this.all<StepRow>(
      'SELECT state, attempt FROM steps WHERE goal_id = ? AND task_no = ? AND run = ?',
      goalId,
      taskNo,
      run,
    )[0];
  }

  workers(): WorkerRow[] {
    return this.all('SELECT * FROM workers');
  }

  definition(goal: GoalRow): PlanDefinition {
    const key = `${goal.tenant_id} ${goal.plan_hash}`;
    const known = this.#definitions.get(key);
    if (known !== undefined) return known;
    const sql = 'SELECT definition FROM definitions WHERE tenant_id = ? AND plan_hash = ?';
    const [row] = this.all<{ definition: string }>(sql, goal.tenant_id, goal.plan_hash);
    if (row === undefined) throw new Error(`goal ${goal.goal_id} has no definition ${goal.plan_hash}`);
    const definition = JSON.parse(row.definition) as PlanDefinition;
    this.#definitions.set(key, definition);
    return definition;
  }
}

export const isEnded = (state: string): boolean => ['succeeded', 'failed', 'skipped', 'cancelled'].includes(state);
export const isGoalOver = (state: string): boolean => ['succeeded', 'failed', 'cancelled'].includes(state);
