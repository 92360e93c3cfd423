// All processes of the trial, and what they speak to.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPostgresGoalStore } from '@chorale/adapter-postgres';
import type { ChoraleClient } from '@chorale/lib-client';
import type { GoalStore } from '@chorale/module-goals';
import { ApiProcess } from './api-process.ts';
import type { ChaosSetting } from './chaos-process.ts';
import { KeptProcess } from './kept-process.ts';
import { Ledger } from './ledger.ts';
import { openServices, type ChaosServices } from './services.ts';

export interface SiteOptions {
  readonly leaseMs: number;
  readonly workers: number;
  readonly slots: number;
  readonly fault?: NonNullable<ChaosSetting['fault']>;
  readonly ownsBroker: boolean;
  readonly takesMs: () => number;
  readonly tell: (line: string) => void;
  /** Told of each process that ended although nobody had killed it. */
  readonly onEnd: (what: string) => void;
}

export interface Site {
  readonly services: ChaosServices;
  readonly ledger: Ledger;
  readonly workers: readonly KeptProcess[];
  readonly schedulers: readonly KeptProcess[];
  readonly api: ApiProcess;
  readonly client: ChoraleClient;
  /** The rows, read past all trouble but the restarts of the database. */
  readonly store: GoalStore;
  close(): Promise<void>;
}

/** The first worker's clock is ahead, the last scheduler's behind. */
const clockShiftMs = 2_000;
const schedulersCount = 2;

export async function openSite(options: SiteOptions): Promise<Site> {
  // In the order in which they are opened; closed in the other one, also when one does not open.
  const opened: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const each of opened.toReversed()) await each();
  };
  try {
    return { ...(await open(options, opened)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(options: SiteOptions, opened: (() => Promise<unknown>)[]): Promise<Omit<Site, 'close'>> {
  const folder = await mkdtemp(join(tmpdir(), 'chorale-chaos-'));
  opened.push(() => rm(folder, { recursive: true, force: true }));
  const services = await openServices(options);
  opened.push(() => services.close());
  const ledger = new Ledger(options.takesMs);
  const ledgerUrl = await ledger.open();
  opened.push(() => ledger.close());
  // First of all: the others find the tables that it makes.
  const api = await ApiProcess.open(folder, services, options.onEnd);
  opened.push(() => api.end());
  const store = await openPostgresGoalStore({ url: services.database });
  opened.push(() => store.close());
  const { leaseMs, slots, fault, tell, onEnd } = options;
  const start = (role: ChaosSetting['role'], no: number, clockMs: number): KeptProcess => {
    const { database, broker } = services.relays;
    const setting = { role, name: `${role}-${no}`, database: database.url, broker: broker.url, ledger: ledgerUrl };
    const all = { ...setting, leaseMs, slots, ...(fault === undefined ? {} : { fault }) };
    return new KeptProcess({ setting: all, clockMs, tell, onEnd });
  };
  const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, no) => no);
  const workers = numbers(options.workers).map((no) => start('worker', no, no === 0 ? clockShiftMs : 0));
  const schedulers = numbers(schedulersCount).map((no) => start('scheduler', no, no === 0 ? 0 : -clockShiftMs));
  const kept = [...workers, ...schedulers];
  opened.push(() => Promise.all(kept.map((each) => each.end())));
  await Promise.all(kept.map(({ ready }) => ready));
  return { services, ledger, workers, schedulers, api, client: api.connect(), store };
}
