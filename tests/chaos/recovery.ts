// How long it takes until work goes on, measured where nothing else is wrong: after a worker's death, and after the return of
// the database.

import { setTimeout as wait } from 'node:timers/promises';
import { defaultTenant, type GoalId } from '@chorale/lib-ids';
import type { LedgerEntry } from './ledger.ts';
import type { Site } from './site.ts';

export interface Recovery {
  /** From a worker's death until each task that it held was claimed by another, one for each death. */
  readonly takeoversMs: readonly number[];
  /** From the first answer of the database that was away until a task ended, one for each time. */
  readonly returnsMs: readonly number[];
}

export interface RecoveryOptions {
  /** Submits so many goals, and resolves when they are acknowledged. */
  readonly submit: (goals: number) => Promise<void>;
  /** Resolves when nothing is under way. */
  readonly calm: () => Promise<void>;
  readonly deaths: number;
  /** Shorter and longer than a lease; of each as many. */
  readonly awaysMs: readonly number[];
}

/** So few that workers have slots to spare: what is measured is no queue. */
const goalsAtOnce = 3;
const withinMs = 60_000;
const lookMs = 20;

export async function measureRecovery(
  site: Site,
  { submit, calm, deaths, awaysMs }: RecoveryOptions,
): Promise<Recovery> {
  const takeoversMs: number[] = [];
  const returnsMs: number[] = [];
  for (let no = 0; no < deaths; no++) {
    await submit(goalsAtOnce);
    takeoversMs.push(await measureTakeover(site));
    await calm();
  }
  for (const awayMs of awaysMs) {
    await submit(goalsAtOnce);
    returnsMs.push(await measureReturn(site, awayMs));
    await calm();
  }
  return { takeoversMs, returnsMs };
}

async function measureTakeover(site: Site): Promise<number> {
  const worker = await until('a worker has something in hand', () =>
    site.workers.find(({ isReady, name }) => isReady && site.ledger.underWay(name).length > 0),
  );
  // Once more: something may have ended since.
  const cutOff = site.ledger.underWay(worker.name);
  const diedAt = Date.now();
  await worker.kill();
  const claims = await Promise.all(
    cutOff.map((entry) => until('a task is claimed again', () => findNextClaim(site, entry))),
  );
  return Math.max(...claims) - diedAt;
}

/** When the attempt after this one began, by the clock of the database. */
async function findNextClaim({ store }: Site, { goalId, taskNo, attempt }: LedgerEntry): Promise<number | undefined> {
  const tasks = await store.listTasks(defaultTenant, goalId as GoalId);
  const task = tasks.find(({ no }) => no === taskNo);
  if (task !== undefined && task.attempt === attempt + 1 && task.state === 'running') return task.startedAt;
  const attempts = await store.listAttempts(defaultTenant, goalId as GoalId, taskNo);
  return attempts.find((one) => one.attempt === attempt + 1)?.startedAt;
}

async function measureReturn({ services, ledger, workers }: Site, awayMs: number): Promise<number> {
  await until('a worker has something in hand', () => workers.find(({ name }) => ledger.underWay(name).length > 0));
  await services.killDatabase();
  await wait(awayMs);
  await services.startDatabase();
  const returnedAt = performance.now();
  let endedAt: number | undefined;
  const stop = ledger.onEntry(({ said }) => {
    if (said === 'finished') endedAt ??= performance.now();
  });
  try {
    return (await until('a task ends', () => endedAt)) - returnedAt;
  } finally {
    stop();
  }
}

async function until<T>(what: string, find: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const giveUpAt = performance.now() + withinMs;
  while (performance.now() < giveUpAt) {
    const found = await find();
    if (found !== undefined) return found;
    await wait(lookMs);
  }
  throw new Error(`not within ${withinMs} ms: ${what}`);
}
