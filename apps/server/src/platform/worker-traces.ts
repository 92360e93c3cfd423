// Which workers processes on this data directory have been. A worker whose process was killed holds its lease for up to
// half a minute; the next start sees from here that nobody is left, and its tasks go on at once.
//
// Owns:       <data directory>/workers. Losing it costs latency only: the lease runs out by itself.

import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { WorkerId } from '@chorale/lib-ids';
import { identifyProcess, isRunning, type ProcessIdentity } from './process-identity.ts';

interface Trace extends ProcessIdentity {
  readonly host: string;
}

export class WorkerTraces {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Before the worker registers. */
  async leave(workerId: WorkerId): Promise<void> {
    const identity = identifyProcess(process.pid);
    if (identity === undefined) return;
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const trace: Trace = { ...identity, host: hostname() };
    const incoming = join(this.#directory, `.${workerId}`);
    await writeFile(incoming, JSON.stringify(trace));
    await rename(incoming, join(this.#directory, workerId));
  }

  async remove(workerId: WorkerId): Promise<void> {
    await rm(join(this.#directory, workerId), { force: true });
  }

  /** Workers whose process ran on this host and is gone. */
  async findGone(): Promise<readonly WorkerId[]> {
    const names = await readdir(this.#directory).catch(() => []);
    const gone: WorkerId[] = [];
    for (const name of names.filter((name) => name.startsWith('worker_'))) {
      const trace = await this.#read(name);
      if (trace !== undefined && trace.host === hostname() && !isRunning(trace)) gone.push(name as WorkerId);
    }
    return gone;
  }

  async #read(name: string): Promise<Trace | undefined> {
    try {
      return JSON.parse(await readFile(join(this.#directory, name), 'utf8')) as Trace;
    } catch {
      // Cut off while it was written: the lease runs out by itself.
      return undefined;
    }
  }
}
