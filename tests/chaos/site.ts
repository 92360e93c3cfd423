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
  const folder = await mkdtemp(join(tmpdir(), 'chorale-chaos-'));
  const services = await openServices(options);
  const ledger = new Ledger(options.takesMs);
  const common = {
    database: services.relays.database.url,
    broker: services.relays.broker.url,
    ledger: await ledger.open(),
    leaseMs: options.leaseMs,
    slots: options.slots,
    ...(options.fault === undefined ? {} : { fault: options.fault }),
  };
  // First of all: the others find the tables that it makes.
  const api = await ApiProcess.open(folder, services, options.onEnd);
  const store = await openPostgresGoalStore({ url: services.database });
  const start = (role: ChaosSetting['role'], no: number, clockMs: number): KeptProcess =>
    new KeptProcess({
      setting: { ...common, role, name: `${role}-${no}` },
      clockMs,
      tell: options.tell,
      onEnd: options.onEnd,
    });
  const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, no) => no);
  const workers = numbers(options.workers).map((no) => start('worker', no, no === 0 ? clockShiftMs : 0));
  const schedulers = numbers(schedulersCount).map((no) => start('scheduler', no, no === 0 ? 0 : -clockShiftMs));
  await Promise.all([...workers, ...schedulers].map(({ ready }) => ready));
  return {
    services,
    ledger,
    workers,
    schedulers,
    api,
    client: api.connect(),
    store,
    async close() {
      await Promise.all([...workers, ...schedulers, api].map((each) => each.end()));
      await store.close();
      await ledger.close();
      await services.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
