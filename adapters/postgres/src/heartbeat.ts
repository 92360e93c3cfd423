// A worker's sign of life: its lease goes on, and it is told what is to be cancelled.
import {
  extendLease,
  type Heartbeat,
  type Hold,
  type Outcome,
  type Replies,
  type WorkingSet,
} from '@chorale/module-goals';
import type { Connection } from './connection.ts';
import { storeError } from './postgres-errors.ts';

export async function heartbeat(connection: Connection, set: WorkingSet, command: Heartbeat): Promise<Outcome> {
  try {
    const { leaseUntil } = extendLease(set, command);
    const sql = 'SELECT tenant_id, goal_id, no, attempt FROM tasks WHERE cancel_requested AND worker_id = $1';
    const found = await connection.asScheduler(() => connection.values(sql, command.workerId));
    const cancelRequested = found.map(
      ([tenantId, goalId, taskNo, attempt]) => ({ tenantId, goalId, taskNo, attempt }) as Hold,
    );
    return { reply: { leaseUntil, cancelRequested } satisfies Replies['heartbeat'] };
  } catch (error) {
    return { error: storeError(error) };
  }
}
