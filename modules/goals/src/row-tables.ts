// Which columns each kind of row has in a database. One list for every store, so that their schemas cannot drift
// apart unseen; the SQL itself is the store's.
import type { EventPage } from './event-page.ts';
import type { Goal } from './goal.ts';
import type { Approval, Artifact, Attempt, PlanVersion, Schedule, Step, Worker } from './records.ts';
import type { Task } from './task.ts';

/** `int`: 32 bits. `long`: a time in milliseconds. `flag`: true or false. `json`: any JSON, null included. */
export type ColumnType = 'text' | 'int' | 'long' | 'real' | 'flag' | 'json';

export interface Column {
  readonly column: string;
  readonly field: string;
  readonly type: ColumnType;
}

export interface RowTable<Row extends object> {
  readonly table: string;
  readonly columns: readonly Column[];
  /** How many of the columns, from the first, are the primary key. */
  readonly keys: number;
  /** Only for the type. */
  readonly row?: Row;
}

type Columns = { readonly [Type in ColumnType]?: string };

/** `layout` gives the fields in order, as `type: names` groups. */
export function defineTable<Row extends object>(
  name: string,
  keys: number,
  ...layout: readonly Columns[]
): RowTable<Row> {
  const columns = layout.flatMap((group) =>
    Object.entries(group).flatMap(([type, fields]) =>
      fields.split(' ').map((field) => ({ column: columnOf(field), field, type: type as ColumnType })),
    ),
  );
  return { table: name, columns, keys };
}

function columnOf(field: string): string {
  return field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export const goalTable = defineTable<Goal>(
  'goals',
  2,
  {
    text: 'tenantId goalId projectId title workflow state planHash requestedBy idempotencyKey requestHash parentGoalId',
  },
  {
    int: 'version planVersion priority eventSeq tasksOpen tasksRunning tasksTotal nextItemNo tasksFailed parentTaskNo depth restoredIn',
  },
  { long: 'createdAt startAt deadlineAt finishedAt archivedAt', json: 'inputs outputs failure' },
);

export const taskTable = defineTable<Task>(
  'tasks',
  3,
  { text: 'tenantId goalId', int: 'no' },
  { text: 'key state reason waitsFor workerId lane', flag: 'needSkipped cancelRequested' },
  { int: 'definitionNo parentNo itemIndex needsLeft attempt run failures losses priority' },
  { long: 'wakeAt readyAt startedAt finishedAt', json: 'item output failure inputOverride messages' },
);

export const planVersionTable = defineTable<PlanVersion>(
  'plan_versions',
  3,
  { text: 'tenantId goalId', int: 'version' },
  { text: 'planHash author reason', json: 'changes', long: 'at' },
);

export const attemptTable = defineTable<Attempt>(
  'attempts',
  4,
  { text: 'tenantId goalId', int: 'taskNo attempt' },
  { int: 'run', text: 'workerId outcome', long: 'startedAt finishedAt', json: 'failure' },
);

export const stepTable = defineTable<Step>(
  'steps',
  5,
  { text: 'tenantId goalId', int: 'taskNo run stepNo' },
  {
    int: 'attempt',
    text: 'kind name state',
    flag: 'idempotent',
    json: 'input output failure',
    long: 'startedAt finishedAt',
  },
);

export const eventPageTable = defineTable<EventPage>('event_pages', 3, {
  text: 'tenantId goalId',
  int: 'seq',
  json: 'events',
});

export const approvalTable = defineTable<Approval>(
  'approvals',
  2,
  { text: 'tenantId approvalId goalId projectId', int: 'taskNo' },
  { text: 'kind question state decidedBy comment', json: 'context answer', long: 'requestedAt expiresAt decidedAt' },
);

export const artifactTable = defineTable<Artifact>(
  'artifacts',
  5,
  { text: 'tenantId goalId', int: 'taskNo attempt' },
  { text: 'name hash mediaType', long: 'sizeBytes at' },
);

export const scheduleTable = defineTable<Schedule>(
  'schedules',
  2,
  { text: 'tenantId scheduleId projectId name cron timeZone catchUp planHash workflow createdBy' },
  { flag: 'paused', json: 'inputs', int: 'priority', long: 'nextAt' },
);

export const workerTable = defineTable<Worker>('workers', 1, {
  text: 'workerId name version',
  json: 'labels process',
  long: 'startedAt leaseUntil',
  int: 'running',
});
