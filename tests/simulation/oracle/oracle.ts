// The checker: looks at the rows after every transaction, and at the outside world whenever a tool acts.
//
// Owns:       how every goal stood last. Does not own the rules: check-goal.ts and check-moves.ts have those.
// Invariants: O1 it reads only what was committed, over its own connection, with its own statements.
//             O2 it costs as much as what changed: goals that a batch left alone are not read again.

import type { Command, EngineLimits, Hold } from '@chorale/module-goals';
import type { BatchOutcome } from '../cluster/sim-store.ts';
import type { Effect } from '../cluster/tool-world.ts';
import { checkGoal } from './check-goal.ts';
import { checkMoves } from './check-moves.ts';
import { isGoalOver, type Rows, type TaskRow, type WorkerRow } from './rows.ts';
import type { Before, Report, Snapshot } from './snapshot.ts';

export interface OracleOptions {
  readonly rows: Rows;
  readonly limits: EngineLimits;
  readonly now: () => number;
  readonly report: Report;
}

export class Oracle {
  readonly #options: OracleOptions;
  readonly #seen = new Map<string, Before>();
  readonly #open = new Set<string>();
  /** What the last batch that touched a goal started in it. */
  readonly #started = new Map<string, readonly TaskRow[]>();
  #leases: ReadonlyMap<string, WorkerRow> = new Map();
  readonly #acknowledged = new Set<string>();
  readonly #effects: Effect[] = [];
  readonly #limited: boolean;
  /** Since when a task has been ready for longer than a class may keep it (C4). */
  #lateSince: number | undefined;

  constructor(options: OracleOptions) {
    this.#options = options;
    this.#limited = options.limits.lanes.length > 0;
  }

  /** Whether every goal has ended. */
  get allOver(): boolean {
    return this.#open.size === 0;
  }

  afterBatch(commands: readonly Command[], { outcomes, hint, diskFailed }: BatchOutcome): void {
    for (const [index, outcome] of outcomes.entries()) {
      const command = commands[index];
      if (command !== undefined && !diskFailed) this.#checkOutcome(command, outcome);
    }
    if (hint === undefined) return this.#checkNothingHappened();
    // A claim that found nothing has changed nothing: half of all batches are of that kind.
    if (hint.goals.length === 0 && commands.every(({ command }) => command === 'claim-tasks')) return;
    const workers = this.#checkLeases(commands);
    const touched = new Set(hint.goals.map(({ goalId }) => goalId as string));
    for (const goalId of touched) this.#checkGoal(goalId, workers);
    for (const goalId of touched) this.#checkFamily(goalId);
    if (this.#limited) this.#checkLimits();
    this.#checkQueue(touched);
  }

  /** C2 and C4, for what is left in the queue: claims come last in a batch. */
  #checkQueue(touched: ReadonlySet<string>): void {
    const { rows, now, limits, report } = this.#options;
    const sql = `SELECT lane, min(priority) AS highest, min(CASE WHEN priority > 0 THEN ready_at END) AS oldest
      FROM tasks WHERE state = 'ready' GROUP BY lane`;
    const waiting = rows.all<{ lane: string; highest: number; oldest: number | null }>(sql);
    const late = waiting.find(({ oldest }) => oldest !== null && now() - oldest > limits.agingMs * 1.25);
    // A look whose transaction failed is made up for by the next one, a tenth of the time later.
    this.#lateSince = late === undefined ? undefined : (this.#lateSince ?? now());
    if (late !== undefined && now() - (this.#lateSince ?? now()) > limits.agingMs / 4) {
      report('C4', `a task of ${late.lane} is ready for ${now() - (late.oldest ?? 0)} ms in its class`);
    }
    for (const goalId of touched) {
      for (const task of this.#started.get(goalId) ?? []) {
        const left = waiting.find(({ lane }) => lane === task.lane)?.highest ?? task.priority;
        if (left < task.priority)
          report(
            'C2',
            `${task.key} of class ${task.priority} started while one of class ${left} waits in ${task.lane}`,
          );
      }
    }
  }

  /** GS2: nothing but a disk that failed keeps a command from an answer of its own. */
  #checkOutcome(command: Command, outcome: BatchOutcome['outcomes'][number]): void {
    const { report } = this.#options;
    if ('error' in outcome) {
      const { family, code, message } = outcome.error;
      if (family !== 'refused' || code === 'row-exists')
        report('GS2', `${command.command} ended with ${code}: ${message}`);
      const refusedEdit = command.command === 'edit-plan' && (code === 'task-started' || code === 'plan-invalid');
      if (refusedEdit && this.#options.rows.goal(command.goalId)?.plan_hash === command.planHash) {
        report('P3', `an edit was refused (${code}) and changed the plan of ${command.goalId.slice(-4)} all the same`);
      }
    } else if (command.command === 'finish-attempt' || command.command === 'record-step') {
      this.#checkHold(command);
    } else if (command.command === 'edit-plan' && 'goal' in outcome.reply) {
      const { planVersion } = outcome.reply.goal;
      if (planVersion !== command.expectedPlanVersion + 1)
        report('P3', `an edit of version ${command.expectedPlanVersion} was taken at ${planVersion}`);
    }
  }

  /** T2: only the attempt that holds a task writes for it. Claims come last, so the batch found it as it stood before. */
  #checkHold({ goalId, taskNo, attempt }: Hold): void {
    const task = this.#seen.get(goalId)?.tasks.get(taskNo);
    if (task?.state === 'running' && task.attempt === attempt) return;
    this.#report(goalId)(
      'T2',
      `attempt ${attempt} wrote for ${task?.key}, which was ${task?.state} at attempt ${task?.attempt}`,
    );
  }

  #checkNothingHappened(): void {
    for (const [goalId, { goal }] of this.#seen) {
      const version = this.#options.rows.goal(goalId)?.version;
      if (version !== goal.version)
        this.#report(goalId)('SE2', `a failed batch moved it from version ${goal.version} to ${version}`);
    }
  }

  #report(goalId: string): Report {
    return (rule, what) => this.#options.report(rule, `goal ${goalId.slice(-4)}: ${what}`);
  }

  #checkGoal(goalId: string, workers: ReadonlyMap<string, WorkerRow>): void {
    const { rows, now } = this.#options;
    const goal = rows.goal(goalId);
    const before = this.#seen.get(goalId);
    const report = this.#report(goalId);
    if (goal === undefined) return report('G1', 'is gone');
    const snapshot: Snapshot = {
      now: now(),
      goal,
      tasks: new Map(rows.tasks(goalId).map((task) => [task.no, task])),
      definition: rows.definition(goal),
      newEvents: rows.events(goalId, before?.goal.event_seq ?? 0),
      approvals: rows.approvals(goalId),
      workers,
      before,
      rows,
    };
    checkGoal(snapshot, report);
    checkMoves(snapshot, report);
    this.#checkLosses(snapshot, report);
    const started = snapshot.newEvents.filter(({ type }) => type === 'task-started').map(({ task_no: no }) => no);
    this.#started.set(
      goalId,
      [...snapshot.tasks.values()].filter(({ no, state }) => state === 'running' && started.includes(no)),
    );
    this.#seen.set(goalId, { goal, tasks: snapshot.tasks });
    if (isGoalOver(goal.state)) this.#open.delete(goalId);
    else this.#open.add(goalId);
  }

  /** L3: a task is taken only from a worker whose lease is over. */
  #checkLosses({ newEvents, workers, now }: Snapshot, report: Report): void {
    for (const { type, data } of newEvents) {
      if (type !== 'task-lost') continue;
      const { worker, key } = data as { worker: string; key: string };
      const lease = workers.get(worker);
      if (lease !== undefined && lease.lease_until > now)
        report('L3', `${key} was taken from ${worker}, whose lease holds`);
    }
  }

  /** G10: a sub-goal is open exactly while the task that started it waits for it. */
  #checkFamily(goalId: string): void {
    const child = this.#seen.get(goalId)?.goal;
    const { parent_goal_id: parentId, parent_task_no: taskNo, state } = child ?? {};
    if (child === undefined || parentId === null || parentId === undefined || taskNo === null || taskNo === undefined)
      return;
    const task = this.#seen.get(parentId)?.tasks.get(taskNo);
    const waits = task?.state === 'blocked' && task.waits_for === goalId;
    if (waits || state === 'cancelling' || state === 'cancelled' || child.finished_at !== null) return;
    const reopened = this.#options.rows.events(goalId, 0).some(({ type }) => type === 'goal-reopened');
    if (!reopened) this.#report(goalId)('G10', `is ${state} and its parent's task ${task?.key} no longer waits for it`);
  }

  /** L2: a lease that is over is never extended. A worker that the same batch retired may register anew in it. */
  #checkLeases(commands: readonly Command[]): ReadonlyMap<string, WorkerRow> {
    const { rows, now, report } = this.#options;
    const workers = new Map(rows.workers().map((worker) => [worker.worker_id, worker]));
    const retired = new Set<string>();
    for (const command of commands) if (command.command === 'retire-worker') retired.add(command.workerId);
    for (const [id, { lease_until: until }] of this.#leases) {
      if (retired.has(id)) continue;
      const after = workers.get(id)?.lease_until ?? 0;
      if (after > until && until <= now())
        report('L2', `the lease of ${id} ended at ${until} and was extended to ${after} at ${now()}`);
    }
    this.#leases = workers;
    return workers;
  }

  #checkLimits(): void {
    const { rows, limits, report } = this.#options;
    const running = rows.all<{ lane: string; count: number }>(
      "SELECT lane, count(*) AS count FROM tasks WHERE state = 'running' GROUP BY lane",
    );
    for (const { scope, maxRunning } of limits.lanes) {
      if (maxRunning === undefined) continue;
      const [kind, name] = scope.split(':');
      const count = running
        .filter(({ lane }) => lane.split('/')[kind === 'queue' ? 0 : 1] === name)
        .reduce((sum, { count }) => sum + count, 0);
      if (count > maxRunning) report('C1', `${count} tasks run in ${scope}; at most ${maxRunning}`);
    }
  }

  onAcknowledged(goalId: string): void {
    this.#acknowledged.add(goalId);
  }

  /** J1, J2: what is written down when a tool acts. */
  onEffect(effect: Effect): void {
    const { rows } = this.#options;
    const { goalId, taskNo, run, attempt } = effect;
    const report = this.#report(goalId);
    this.#effects.push(effect);
    const [task] = rows.all<{ key: string; attempt: number; kind: string }>(
      'SELECT key, attempt FROM tasks WHERE goal_id = ? AND no = ?',
      goalId,
      taskNo,
    );
    if (task === undefined || task.attempt < attempt)
      return report('J1', `attempt ${attempt} of task ${taskNo} acts and no row tells of it`);
    const step = rows.step(goalId, taskNo, run);
    if (step?.state === 'finished' && step.attempt < attempt)
      report('J2', `attempt ${attempt} of ${task.key} repeats what attempt ${step.attempt} finished`);
    if (!effect.once) return;
    const made = this.#effects.filter(
      (one) => one.goalId === goalId && one.taskNo === taskNo && one.run === run,
    ).length;
    const sql =
      "SELECT count(*) AS count FROM approvals WHERE goal_id = ? AND task_no = ? AND kind = 'uncertain-step' AND state = 'approved' AND answer IS NULL";
    const allowed = 1 + (rows.all<{ count: number }>(sql, goalId, taskNo)[0]?.count ?? 0);
    if (made > allowed) report('J2', `${task.key} acted ${made} times in run ${run}; a person allowed ${allowed}`);
  }

  /** What must hold for everything when the history is over. */
  finish(): void {
    const { rows } = this.#options;
    for (const goalId of this.#acknowledged)
      if (rows.goal(goalId) === undefined) this.#report(goalId)('G1', 'was acknowledged and is not there');
    for (const goal of rows.goals()) {
      const seen = this.#seen.get(goal.goal_id)?.goal;
      if (seen?.version !== goal.version) this.#report(goal.goal_id)('GS6', 'changed and no commit told of it');
      const seqs = rows.events(goal.goal_id, 0).map(({ seq }) => seq);
      if (seqs.some((seq, index) => seq !== index + 1)) this.#report(goal.goal_id)('E1', 'its events have a gap');
    }
  }
}
