// Who is measured, and what is not equal about it. The page prints these sentences beside the numbers; README.md
// repeats them, and a test holds the two together.

export type ContestantName =
  | 'chorale-postgres'
  | 'chorale-sqlite'
  | 'restate'
  | 'dbos'
  | 'bullmq'
  | 'pg-boss'
  | 'graphile-worker'
  | 'graphile-worker-batched';

export interface ContestantCard {
  readonly title: string;
  readonly program: URL;
  /** Where its data lies: a database of its own, or files in a folder of its own. */
  readonly store: 'postgres' | 'folder';
  /** Goals that are under way at any moment: 64 or 256, whichever made it faster. */
  readonly inFlight: number;
  /** What it does, or does not do, that the others do not, or do. */
  readonly differences: readonly string[];
}

export const contestants: Readonly<Record<ContestantName, ContestantCard>> = {
  'chorale-postgres': {
    title: 'Chorale on PostgreSQL',
    program: new URL('./ours/chorale-postgres.ts', import.meta.url),
    store: 'postgres',
    inFlight: 256,
    differences: [
      'The plan is data: 20 task rows, claimed with a lease and a fence, in fair order; every transition is an event.',
      'Each task is one attempt with one journalled tool call, whose entry is written with the end of the attempt.',
    ],
  },
  'chorale-sqlite': {
    title: 'Chorale on SQLite',
    program: new URL('./ours/chorale-sqlite.ts', import.meta.url),
    store: 'folder',
    inFlight: 256,
    differences: ['As on PostgreSQL, in one process: no server, no network, WAL with synchronous=FULL.'],
  },
  restate: {
    title: 'Restate',
    program: new URL('./peers/restate.ts', import.meta.url),
    store: 'folder',
    inFlight: 256,
    differences: [
      'Replay: a goal is one invocation of code and its journal is the plan; a plan cannot change while it runs.',
      'A task is a journal entry of the goal, not a thing of its own: no lease, fence, state or retry limit per task, all 20 run in one process.',
      'No fair shares between tenants, no priorities; nothing is asked of SQL while it runs.',
      'Server with the defaults of its npm package, 24 partitions, WAL with fsync; one node.',
    ],
  },
  dbos: {
    title: 'DBOS Transact on PostgreSQL',
    program: new URL('./peers/dbos.ts', import.meta.url),
    store: 'postgres',
    inFlight: 64,
    differences: [
      'Replay: a goal is one workflow function, a task is a step whose result is written; the plan is code.',
      'Started directly in the process that submits: no queue, no claim, no lease; a goal of a dead process waits for that process.',
      'No fair shares, no priorities for workflows that are started directly; no events.',
    ],
  },
  bullmq: {
    title: 'BullMQ flows on Redis',
    program: new URL('./peers/bullmq.ts', import.meta.url),
    store: 'folder',
    inFlight: 64,
    differences: [
      'A flow is a tree: of each layer one job waits for the layer before and three wait for nothing, with a 21st job that ends the goal.',
      'No journal, no fence, no events that last, no fair shares; the memory of Redis bounds what it can hold.',
      'Redis flushes its file before each answer (appendfsync always), one instance.',
    ],
  },
  'pg-boss': {
    title: 'pg-boss',
    program: new URL('./peers/pg-boss.ts', import.meta.url),
    store: 'postgres',
    inFlight: 64,
    differences: [
      'No plan: a goal is 20 jobs that do not wait for each other (its own graphs unlock in a background pass, by default every 5 s).',
      'Fetched and completed 100 at a time by four loops; no journal, no events, no fair shares.',
      'The table is analysed before each run; without that a fresh backlog is read many times slower.',
    ],
  },
  'graphile-worker': {
    title: 'graphile-worker, defaults',
    program: new URL('./peers/graphile-worker-default.ts', import.meta.url),
    store: 'postgres',
    inFlight: 64,
    differences: [
      'No plan: a goal is 20 jobs that do not wait for each other, one query to fetch and one to complete each.',
      'Finished jobs are deleted: no record, journal or event is left. A dead worker holds its jobs for four hours.',
    ],
  },
  'graphile-worker-batched': {
    title: 'graphile-worker, batched drain',
    program: new URL('./peers/graphile-worker-batched.ts', import.meta.url),
    store: 'postgres',
    inFlight: 64,
    differences: [
      'No plan: jobs that do not wait for each other, added before the clock of the drain starts.',
      'Fetched 200 at a time, completed in batches; a crash runs up to 200 jobs again, four hours later.',
      'Finished jobs are deleted: no record, journal or event is left.',
    ],
  },
};
