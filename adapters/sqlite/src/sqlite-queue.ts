// Finding what may be claimed, and the bookkeeping of fairness and limits around it.
import type { GoalId, TenantId } from '@chorale/lib-ids';
import {
  claimTasks,
  freshShares,
  needsOccupancy,
  shareKey,
  spendRates,
  suitableLanes,
  type Claim,
  type ClaimedTask,
  type ClaimTasks,
  type EngineLimits,
  type Flow,
  type FlowRequest,
  type Occupancy,
  type Task,
  type Worker,
  type WorkingSet,
} from '@chorale/module-goals';
import type { RateState } from '@chorale/module-scheduling';
import type { SqliteRows } from './sqlite-rows.ts';
import type { Statements } from './statements.ts';

/** Tenants and classes looked at in one claim; those beyond have their turn when some of these are done. */
const flowsMax = 1_000;

const nextFlow = `SELECT priority, tenant_id FROM tasks WHERE state = 'ready' AND lane = ?1 AND (priority, tenant_id) > (?2, ?3)
  ORDER BY priority, tenant_id LIMIT 1`;
/** Answered from the index alone. */
const readyTasks = `SELECT goal_id, no FROM tasks WHERE state = 'ready' AND lane = ? AND priority = ? AND tenant_id = ?
  ORDER BY goal_id, no LIMIT ?`;
const ageTasks = `UPDATE tasks SET priority = priority - 1, ready_at = ?1 WHERE (tenant_id, goal_id, no) IN (
    SELECT tenant_id, goal_id, no FROM tasks
    WHERE state = 'ready' AND lane = ?2 AND priority = ?3 AND tenant_id = ?4 ORDER BY goal_id, no LIMIT 100)
  AND ready_at < ?5`;

export class SqliteQueue {
  readonly #statements: Statements;
  readonly #rows: SqliteRows;
  readonly #lanes = new Set<string>();

  constructor(statements: Statements, rows: SqliteRows) {
    this.#statements = statements;
    this.#rows = rows;
    this.reload();
  }

  /** Reads the lanes anew: after opening, and after a transaction was rolled back. */
  reload(): void {
    this.#lanes.clear();
    for (const [lane] of this.#statements.values('SELECT lane FROM lanes')) this.#lanes.add(lane as string);
  }

  /** Remembers lanes that this batch was the first to put tasks in. */
  noteLanes(set: WorkingSet): void {
    for (const { lane } of set.readyTasks()) {
      if (this.#lanes.has(lane)) continue;
      this.#statements.run('INSERT INTO lanes (lane, clock) VALUES (?, 0) ON CONFLICT DO NOTHING', lane);
      this.#lanes.add(lane);
    }
  }

  claim(set: WorkingSet, claim: ClaimTasks, worker: Worker): readonly ClaimedTask[] {
    const lanes = suitableLanes(this.#lanes, worker);
    const flows = lanes.flatMap((lane) => this.#flowsOf(lane));
    const occupancy = needsOccupancy(set.context.limits) ? this.#occupancy() : undefined;
    const served = new Map([...flows, ...freshShares(set)].map((share) => [shareKey(share), this.#servedOf(share)]));
    const clocks = new Map(
      lanes.map((lane) => [lane, Number(this.#statements.value('SELECT clock FROM lanes WHERE lane = ?', lane) ?? 0)]),
    );
    const claiming = claimTasks(set, { worker, slots: claim.slots, flows, served, clocks, occupancy });
    let step = claiming.next();
    while (step.done !== true) step = claiming.next(step.value.map((request) => this.#readyTasks(request)));
    this.#record(step.value);
    for (const [scope, state] of spendRates(set, occupancy?.rates ?? new Map(), step.value.tasks)) {
      const sql =
        'INSERT INTO rates (scope, tokens, at) VALUES (?, ?, ?) ON CONFLICT (scope) DO UPDATE SET tokens = excluded.tokens, at = excluded.at';
      this.#statements.run(sql, scope, state.tokens, state.at);
    }
    return step.value.tasks;
  }

  /** Each flow of the lane, found by leaping along the index from one to the next. */
  #flowsOf(lane: string): readonly Flow[] {
    const flows: Flow[] = [];
    let last: readonly [number, string] = [-1, ''];
    for (;;) {
      const [row] = this.#statements.values(nextFlow, lane, ...last);
      if (row === undefined || flows.length >= flowsMax) return flows;
      last = [row[0] as number, row[1] as string];
      flows.push({ lane, priority: last[0], tenantId: last[1] as TenantId });
    }
  }

  #readyTasks({ lane, priority, tenantId, count }: FlowRequest): readonly Task[] {
    const rows = this.#statements.values(readyTasks, lane, priority, tenantId, count);
    return rows.flatMap(([goalId, no]) => this.#rows.task(goalId as GoalId, no as number, tenantId) ?? []);
  }

  #servedOf({ tenantId, lane }: Pick<Flow, 'tenantId' | 'lane'>): number {
    return Number(
      this.#statements.value('SELECT served FROM shares WHERE tenant_id = ? AND lane = ?', tenantId, lane) ?? 0,
    );
  }

  #record({ costs, clocks }: Claim): void {
    for (const { tenantId, lane, floor, cost } of costs) {
      const sql = `INSERT INTO shares (tenant_id, lane, served) VALUES (?1, ?2, ?3 + ?4)
        ON CONFLICT (tenant_id, lane) DO UPDATE SET served = max(served, ?3) + ?4`;
      this.#statements.run(sql, tenantId, lane, floor, cost);
    }
    for (const [lane, clock] of clocks) this.#statements.run('UPDATE lanes SET clock = ? WHERE lane = ?', clock, lane);
  }

  /** Moves tasks that waited too long up one class. */
  age(now: number, limits: EngineLimits): void {
    for (const lane of this.#lanes) {
      for (const { priority, tenantId } of this.#flowsOf(lane)) {
        if (priority > 0) this.#statements.run(ageTasks, now, lane, priority, tenantId, now - limits.agingMs);
      }
    }
  }

  #occupancy(): Occupancy {
    const count = (of: string): Map<string, number> => {
      const counts = this.#statements.values(
        `SELECT ${of}, count(*) FROM tasks WHERE state = 'running' GROUP BY ${of}`,
      );
      return new Map(counts.map(([name, running]) => [name as string, running as number]));
    };
    const rates = new Map<string, RateState>();
    for (const [scope, tokens, at] of this.#statements.values('SELECT scope, tokens, at FROM rates')) {
      rates.set(scope as string, { tokens: tokens as number, at: at as number });
    }
    return { running: count('lane'), runningOfTenants: count('tenant_id'), rates };
  }
}
