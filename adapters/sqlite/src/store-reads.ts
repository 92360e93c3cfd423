// The store's reads by name, so that they can be asked of another thread.
import type { GoalStore } from '@chorale/module-goals';
import type { SqliteReads } from './sqlite-reads.ts';

export type ReadMethod = Exclude<
  keyof GoalStore,
  'keepsClaims' | 'lagging' | 'execute' | 'configure' | 'onCommit' | 'close'
>;

export type Reads = Pick<GoalStore, ReadMethod>;

/** A read as it is asked for: by its name, with the arguments its caller gave. */
export interface ReadRequest {
  readonly method: ReadMethod;
  readonly given: readonly unknown[];
}

/** Two reads need the time, which their callers do not give. */
export function runRead(reads: SqliteReads, { method, given }: ReadRequest, now: number): unknown {
  if (method === 'findDue') return reads.findDue(now, given[0] as number);
  if (method === 'queueStats') return reads.queueStats(now, given[0] as Parameters<GoalStore['queueStats']>[0]);
  return (reads[method] as (...args: unknown[]) => unknown).apply(reads, [...given]);
}

export function makeReads(ask: (request: ReadRequest) => Promise<unknown>): Reads {
  const read =
    (method: ReadMethod) =>
    (...given: readonly unknown[]) =>
      ask({ method, given }) as Promise<never>;
  return {
    findDue: read('findDue'),
    findGoal: read('findGoal'),
    listGoals: read('listGoals'),
    listTasks: read('listTasks'),
    findTasks: read('findTasks'),
    listAttempts: read('listAttempts'),
    listSteps: read('listSteps'),
    listEvents: read('listEvents'),
    findDefinition: read('findDefinition'),
    listPlanVersions: read('listPlanVersions'),
    findApproval: read('findApproval'),
    listApprovals: read('listApprovals'),
    listArtifacts: read('listArtifacts'),
    listSchedules: read('listSchedules'),
    listWorkers: read('listWorkers'),
    listHeld: read('listHeld'),
    queueStats: read('queueStats'),
    measureUse: read('measureUse'),
  };
}
