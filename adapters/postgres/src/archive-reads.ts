// Reads that look in the archive for what they did not find. A goal only ever goes there, so that who looks in this order
// finds it in one of the two places.
import type { ProjectId, TenantId } from '@chorale/lib-ids';
import { unpackEvents, type Approval, type ApprovalFilter, type GoalStore } from '@chorale/module-goals';
import { archivedRows, findArchivedApproval, findArchivedGoal } from './archived-rows.ts';
import type { Connection } from './connection.ts';
import type { RowShape } from './row-shape.ts';
import {
  approvalShape,
  artifactShape,
  attemptShape,
  eventPageShape,
  planVersionShape,
  stepShape,
  taskShape,
} from './row-shapes.ts';

type Reads = Pick<
  GoalStore,
  | 'findGoal'
  | 'listTasks'
  | 'findTasks'
  | 'listAttempts'
  | 'listSteps'
  | 'listEvents'
  | 'listPlanVersions'
  | 'findApproval'
  | 'listApprovals'
  | 'listArtifacts'
  | 'measureUse'
>;

type Value = string | number | null;

const ofTask = 'AND $3 BETWEEN a.first_no AND a.last_no';

export function withArchive<All extends Reads>(reads: All, connection: Connection): All {
  const archived = <Row extends object>(
    shape: RowShape<Row>,
    { some = '', rest }: { readonly some?: string; readonly rest: string },
    [tenantId, ...given]: readonly [TenantId, ...Value[]],
  ): Promise<readonly Row[]> =>
    connection.of(tenantId).allFrom(shape, `${archivedRows(shape, some)} ${rest}`, [tenantId, ...given]);
  const looking: Reads = {
    findGoal: async (tenantId, goalId) =>
      (await reads.findGoal(tenantId, goalId)) ?? findArchivedGoal(connection.of(tenantId), tenantId, goalId),
    listTasks: async (tenantId, goalId) =>
      orElse(await reads.listTasks(tenantId, goalId), () =>
        archived(taskShape, { rest: 'ORDER BY no' }, [tenantId, goalId]),
      ),
    findTasks: async (tenantId, goalId, keys) =>
      orElse(await reads.findTasks(tenantId, goalId, keys), () => {
        const rest = 'WHERE key IN (SELECT json_array_elements_text($3::text::json)) ORDER BY no';
        return archived(taskShape, { rest }, [tenantId, goalId, JSON.stringify(keys)]);
      }),
    listAttempts: async (tenantId, goalId, taskNo) =>
      orElse(await reads.listAttempts(tenantId, goalId, taskNo), () => {
        const order = 'ORDER BY task_no, attempt';
        return taskNo === undefined
          ? archived(attemptShape, { rest: order }, [tenantId, goalId])
          : archived(attemptShape, { some: ofTask, rest: `WHERE task_no = $3 ${order}` }, [tenantId, goalId, taskNo]);
      }),
    listSteps: async (tenantId, goalId, { taskNo, run }) =>
      orElse(await reads.listSteps(tenantId, goalId, run === undefined ? { taskNo } : { taskNo, run }), () => {
        const rest = 'WHERE task_no = $3 AND ($4::integer IS NULL OR run = $4) ORDER BY run, step_no';
        return archived(stepShape, { some: ofTask, rest }, [tenantId, goalId, taskNo, run ?? null]);
      }),
    listEvents: async (tenantId, goalId, range) =>
      orElse(await reads.listEvents(tenantId, goalId, range), async () => {
        const { afterSeq, limit } = range;
        const rest = 'WHERE seq > $3 ORDER BY seq LIMIT $4';
        const given = [tenantId, goalId, afterSeq, limit] as const;
        return unpackEvents(
          await archived(eventPageShape, { some: 'AND a.last_no > $3', rest }, given),
          afterSeq,
          limit,
        );
      }),
    listPlanVersions: async (tenantId, goalId) =>
      orElse(await reads.listPlanVersions(tenantId, goalId), () =>
        archived(planVersionShape, { rest: 'ORDER BY version' }, [tenantId, goalId]),
      ),
    findApproval: async (tenantId, approvalId) =>
      (await reads.findApproval(tenantId, approvalId)) ??
      findArchivedApproval(connection.of(tenantId), tenantId, approvalId),
    listApprovals: async (tenantId, filter) =>
      orElse(await reads.listApprovals(tenantId, filter), async () =>
        filter.goalId === undefined
          ? []
          : some(await archived(approvalShape, { rest: 'ORDER BY approval_id' }, [tenantId, filter.goalId]), filter),
      ),
    listArtifacts: async (tenantId, goalId) =>
      orElse(await reads.listArtifacts(tenantId, goalId), () =>
        archived(artifactShape, { rest: 'ORDER BY task_no, attempt, name' }, [tenantId, goalId]),
      ),
    measureUse: async (tenantId, projectId) => {
      const [use, bytes] = await Promise.all([
        reads.measureUse(tenantId, projectId),
        measureBytes(connection.of(tenantId), tenantId, projectId),
      ]);
      return { ...use, artifactBytes: use.artifactBytes + bytes };
    },
  };
  return { ...reads, ...looking };
}

async function orElse<Row>(found: readonly Row[], look: () => Promise<readonly Row[]>): Promise<readonly Row[]> {
  return found.length > 0 ? found : look();
}

/** A goal has few. */
function some(approvals: readonly Approval[], filter: ApprovalFilter): readonly Approval[] {
  const { state, projectId, after, limit } = filter;
  const wanted = approvals.filter(
    (one) =>
      (state === undefined || one.state === state) &&
      (projectId === undefined || one.projectId === projectId) &&
      (after === undefined || one.approvalId > after),
  );
  return wanted.slice(0, limit);
}

async function measureBytes(connection: Connection, tenantId: TenantId, projectId?: ProjectId): Promise<number> {
  const sql = `SELECT coalesce(sum(artifact_bytes), 0)::bigint FROM archived_goals
    WHERE tenant_id = $1 AND ($2::text IS NULL OR project_id = $2) AND artifact_bytes > 0`;
  return (await connection.values(sql, tenantId, projectId ?? null))[0]?.[0] as number;
}
