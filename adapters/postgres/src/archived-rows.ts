// Reading what is in the archive: documents, seen by a statement as the rows they were made of.
import type { GoalId, TenantId } from '@chorale/lib-ids';
import type { Approval, Goal } from '@chorale/module-goals';
import type { Connection } from './connection.ts';
import type { RowShape } from './row-shape.ts';
import { approvalShape, goalShape } from './row-shapes.ts';

const goalNames = goalShape.namesBut('tenant_id', 'goal_id', 'archived_at');
/** What is told of a goal changes as it is archived, and so does its version. */
export const packedGoal = goalShape
  .packed(goalNames)
  .replace("'version', goals.version", "'version', goals.version + 1");

/** For `SELECT ... FROM`, as `goals`. */
export const archivedGoals = `(SELECT a.tenant_id, a.goal_id, a.archived_at, r.* FROM archived_goals a
  CROSS JOIN LATERAL json_to_record(a.goal) AS r(${goalShape.typed(goalNames)})) AS goals`;

/** What is not in the documents of a goal's rows, since it is beside them. */
export const besideRows = ['tenant_id', 'goal_id'] as const;

/**
 * For `SELECT ... FROM`, as the shape's table: its rows of the archived goal that is named by $1 and $2. `some` keeps to the
 * documents that hold what is asked for, by their numbers.
 */
export function archivedRows<Row extends object>(shape: RowShape<Row>, some = ''): string {
  return `(SELECT a.tenant_id, a.goal_id, r.* FROM archived_rows a
    CROSS JOIN LATERAL json_to_recordset(a.rows) AS r(${shape.typed(shape.namesBut(...besideRows))})
    WHERE a.tenant_id = $1 AND a.goal_id = $2 AND a.kind = '${shape.table}' ${some}) AS ${shape.table}`;
}

export async function findArchivedGoal(
  connection: Connection,
  tenantId: TenantId,
  goalId: GoalId,
): Promise<Goal | undefined> {
  const source = `${archivedGoals} WHERE tenant_id = $1 AND goal_id = $2`;
  return (await connection.allFrom(goalShape, source, [tenantId, goalId]))[0];
}

/** Through the goal that it is of. */
export async function findArchivedApproval(
  connection: Connection,
  tenantId: TenantId,
  approvalId: string,
): Promise<Approval | undefined> {
  const place = 'SELECT goal_id FROM archived_approvals WHERE tenant_id = $1 AND approval_id = $2';
  const goalId = (await connection.values(place, tenantId, approvalId))[0]?.[0];
  if (typeof goalId !== 'string') return undefined;
  const source = `${archivedRows(approvalShape)} WHERE approval_id = $3`;
  return (await connection.allFrom(approvalShape, source, [tenantId, goalId, approvalId]))[0];
}
