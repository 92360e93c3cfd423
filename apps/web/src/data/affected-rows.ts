// Which rows of a goal an event makes out of date. Events say what to read again; the rows themselves have one source,
// the server, so the page cannot disagree with it for longer than one read.
import type { EventType, GoalEvent } from '@chorale/lib-client';

export type RowKind = 'tasks' | 'plan' | 'artifacts' | 'approvals';

export interface AffectedRows {
  readonly kinds: ReadonlySet<RowKind>;
  /** Tasks whose journal or attempts have changed. */
  readonly taskNos: ReadonlySet<number>;
}

const kindsByType: Readonly<Record<EventType, readonly RowKind[]>> = {
  'goal-submitted': ['tasks', 'plan'],
  'goal-started': ['tasks'],
  'goal-paused': ['tasks'],
  'goal-resumed': ['tasks'],
  'goal-cancelling': ['tasks', 'approvals'],
  'goal-failing': ['tasks', 'approvals'],
  'goal-reopened': ['tasks'],
  'goal-reconciled': ['tasks'],
  'goal-finished': ['tasks', 'artifacts', 'approvals'],
  'plan-changed': ['tasks', 'plan', 'approvals'],
  'task-added': ['tasks'],
  'task-started': ['tasks'],
  'task-waiting': ['tasks', 'approvals'],
  'task-finished': ['tasks', 'artifacts'],
  'task-lost': ['tasks'],
  'task-retried': ['tasks', 'approvals'],
  'step-started': [],
  'step-finished': [],
  'approval-requested': ['tasks', 'approvals'],
  'approval-decided': ['tasks', 'approvals'],
  'signal-received': ['tasks'],
  'message-received': ['tasks'],
  'artifact-stored': ['artifacts'],
};

export function affectedRows(events: readonly GoalEvent[]): AffectedRows {
  const kinds = new Set<RowKind>();
  const taskNos = new Set<number>();
  for (const event of events) {
    // A server newer than this page may send types it does not know: then everything may have changed.
    for (const kind of kindsByType[event.type] ?? ['tasks', 'plan', 'artifacts', 'approvals']) kinds.add(kind);
    if (event.taskNo !== undefined) taskNos.add(event.taskNo);
  }
  return { kinds, taskNos };
}
