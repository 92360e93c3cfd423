// What a client or a person sees when they look: the committed rows, read at once.

import type { ApprovalId, GoalId, TenantId } from '@chorale/lib-ids';
import type { PlanDefinition } from '@chorale/module-goals';
import type { SeededRandom } from '../kernel/seeded-random.ts';
import { isGoalOver, type Rows } from '../oracle/rows.ts';

interface OfGoal {
  readonly tenantId: TenantId;
  readonly goalId: GoalId;
}

export class Watch {
  readonly #rows: Rows;

  constructor(rows: Rows) {
    this.#rows = rows;
  }

  randomGoal(random: SeededRandom): (OfGoal & { readonly scheduled: boolean }) | undefined {
    const all = this.#rows.goals();
    const kind = random.pick(['scheduled', 'open', 'open', 'any'] as const);
    const some = all.filter(({ state }) => (kind === 'scheduled' ? state === kind : !isGoalOver(state)));
    const goals = kind === 'any' || some.length === 0 ? all : some;
    if (goals.length === 0) return undefined;
    const { tenant_id: tenantId, goal_id: goalId, state } = random.pick(goals);
    return { tenantId: tenantId as TenantId, goalId: goalId as GoalId, scheduled: state === 'scheduled' };
  }

  randomTask(random: SeededRandom, goalId: GoalId, states?: readonly string[]): string | undefined {
    const tasks = this.#rows.tasks(goalId).filter(({ state }) => states?.includes(state) ?? true);
    return tasks.length === 0 ? undefined : random.pick(tasks).key;
  }

  plan(goalId: GoalId): { readonly version: number; readonly definition: PlanDefinition } | undefined {
    const goal = this.#rows.goal(goalId);
    return goal === undefined ? undefined : { version: goal.plan_version, definition: this.#rows.definition(goal) };
  }

  pendingApprovals(): readonly (OfGoal & {
    readonly approvalId: ApprovalId;
    readonly kind: string;
    readonly question: string;
  })[] {
    const sql = `SELECT tenant_id AS tenantId, goal_id AS goalId, approval_id AS approvalId, kind, question FROM approvals
      WHERE state = 'pending' ORDER BY approval_id`;
    return this.#rows.all(sql);
  }

  awaitedSignals(): readonly (OfGoal & { readonly key: string })[] {
    const sql = `SELECT tenant_id AS tenantId, goal_id AS goalId, key FROM tasks
      WHERE state = 'blocked' AND reason = 'signal' ORDER BY goal_id, no`;
    return this.#rows.all(sql);
  }

  pausedGoals(): readonly OfGoal[] {
    return this.#rows.all(
      "SELECT tenant_id AS tenantId, goal_id AS goalId FROM goals WHERE state = 'paused' ORDER BY goal_id",
    );
  }
}
