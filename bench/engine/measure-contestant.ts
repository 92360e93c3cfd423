// One contestant, from an empty store to the end: started, warmed up, measured, checked, closed, its files removed.
//
// Invariants: M1 nothing is reported before the engine's own store has confirmed that every task was finished.
//             M2 all clocks outside the contestant (CPU, memory, disk) are read in the same way for everyone.

import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { processTreeCpuMs } from '../harness/index.ts';
import { tasksPerGoal, type GoalOrder, type GoalRun, type PickUp } from './contestant.ts';
import { contestants, type ContestantName } from './contestants.ts';
import { folderBytes, machineCpuMs, peakMemoryBytes } from './machine-load.ts';
import { findPostgresProcess, makeDatabase, type OwnDatabase } from './own-database.ts';
import { startContestant, type StartedContestant } from './start-contestant.ts';

const settleWithinMs = 10_000;

export interface MeasuredRun extends GoalRun {
  readonly appCpuMs: number;
  /** CPU time of the servers it uses; undefined when they run on another machine. */
  readonly serverCpuMs: number | undefined;
  /** CPU time that was used by nobody in this comparison, as a share of one core. */
  readonly othersShare: number;
  readonly storedBytes: number;
  /** Written to PostgreSQL's log meanwhile, by all databases; undefined for those that keep files. */
  readonly logBytes: number | undefined;
}

export interface OpenContestant {
  readonly versions: Readonly<Record<string, string>>;
  runGoals(order: GoalOrder): Promise<MeasuredRun>;
  pickUp(samples: number): Promise<PickUp>;
  peakMemoryBytes(): Promise<number>;
}

export interface Opening {
  readonly name: ContestantName;
  /** A folder for its files. */
  readonly scratch: string;
  /** Run before on a store that is thrown away, by the same process: what is measured then begins warm and empty. */
  readonly warmUp?: GoalOrder;
}

/** Opens a contestant on an empty store, lends it to `use`, checks that all of its work was done, and closes it. */
export async function withContestant<Result>(
  { name, scratch, warmUp }: Opening,
  use: (contestant: OpenContestant) => Promise<Result>,
): Promise<Result> {
  const started = startContestant(fileURLToPath(contestants[name].program));
  try {
    if (warmUp !== undefined)
      await withStore(name, scratch, (place) => lend(name, { started, ...place }, (it) => it.runGoals(warmUp)));
    return await withStore(name, scratch, (place) => lend(name, { started, ...place }, use));
  } finally {
    await started.end();
  }
}

/** Where a contestant keeps its data. */
interface Place {
  readonly folder: string;
  readonly database: OwnDatabase | undefined;
}

async function withStore<Result>(
  name: ContestantName,
  scratch: string,
  use: (place: Place) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(scratch, `${name}-`));
  const database = contestants[name].store === 'postgres' ? await makeDatabase() : undefined;
  try {
    return await use({ folder, database });
  } finally {
    await database?.drop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function lend<Result>(
  name: ContestantName,
  { started, folder, database }: Place & { readonly started: StartedContestant },
  use: (contestant: OpenContestant) => Promise<Result>,
): Promise<Result> {
  const opened = await started.call('open', { folder, postgresUrl: database?.url });
  const probe: Probe = { started, database, folder, servers: opened.serverProcesses };
  let tasksOrdered = 0;
  const result = await use({
    versions: opened.versions,
    runGoals: async (order) => {
      tasksOrdered += order.goals * tasksPerGoal;
      return await measureRun(probe, order);
    },
    pickUp: async (samples) => {
      tasksOrdered += samples;
      return await started.call('pickUp', samples);
    },
    peakMemoryBytes: () => peakMemoryBytes(started.processId),
  });
  await refuseLostWork(name, started, tasksOrdered);
  await started.call('close', undefined);
  return result;
}

interface Probe extends Place {
  readonly started: StartedContestant;
  readonly servers: readonly number[];
}

async function measureRun(probe: Probe, order: GoalOrder): Promise<MeasuredRun> {
  const before = await readClocks(probe);
  const run = await probe.started.call('runGoals', order);
  const after = await readClocks(probe);
  const serverCpuMs =
    before.serverCpuMs === undefined || after.serverCpuMs === undefined
      ? undefined
      : after.serverCpuMs - before.serverCpuMs;
  const appCpuMs = after.appCpuMs - before.appCpuMs;
  const ours = appCpuMs + (serverCpuMs ?? 0);
  return {
    ...run,
    appCpuMs,
    serverCpuMs,
    othersShare: Math.max(0, after.machineCpuMs - before.machineCpuMs - ours) / (after.atMs - before.atMs),
    storedBytes: after.storedBytes - before.storedBytes,
    logBytes: probe.database === undefined ? undefined : after.logBytes - before.logBytes,
  };
}

interface Clocks {
  readonly atMs: number;
  readonly machineCpuMs: number;
  readonly appCpuMs: number;
  readonly serverCpuMs: number | undefined;
  readonly storedBytes: number;
  readonly logBytes: number;
}

async function readClocks({ started, database, folder, servers }: Probe): Promise<Clocks> {
  const sumCpu = async (processes: readonly number[]): Promise<number> =>
    (await Promise.all(processes.map(processTreeCpuMs))).reduce((sum, cpuMs) => sum + cpuMs, 0);
  const ownServersMs = await sumCpu(servers);
  // The program's descendants are its servers; they are in its tree and are taken out again.
  const appCpuMs = (await processTreeCpuMs(started.processId)) - ownServersMs;
  const postgres = database === undefined ? undefined : await findPostgresProcess();
  return {
    atMs: performance.now(),
    machineCpuMs: await machineCpuMs(),
    appCpuMs,
    serverCpuMs: database === undefined ? ownServersMs : postgres && (await processTreeCpuMs(postgres)),
    storedBytes: database === undefined ? await folderBytes(folder) : await database.sizeBytes(),
    logBytes: (await database?.logBytes()) ?? 0,
  };
}

async function refuseLostWork(name: ContestantName, started: StartedContestant, tasks: number): Promise<void> {
  const giveUp = performance.now() + settleWithinMs;
  let found = await started.call('countFinished', undefined);
  while (found.open > 0 && performance.now() < giveUp) {
    await wait(100);
    found = await started.call('countFinished', undefined);
  }
  if (found.tasks === tasks && found.open === 0) return;
  throw new Error(`${name} was given ${tasks} tasks; its store shows ${found.tasks} finished and ${found.open} open.`);
}
