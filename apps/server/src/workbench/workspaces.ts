// The folders tasks work in: <directory>/<tenant>/<goal>/<task>-<attempt>-<process>, beside what the goal's tasks share.
//
// Owns:       the directory. Does not own the goals: whether one has ended is asked of the store.
// Invariants: WS1 an attempt's folder is new, and gone when the attempt has ended; what a killed process left goes at
//                 the next start.
//             WS3 a run's folder stays over its attempts: a session that waited or was broken off finds its files again,
//                 on the machine where it made them.
//             WS2 what a goal's tasks share stays until the goal has been ended for `keepMs`: a retry still finds it.

import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join, dirname } from 'node:path';
import type { GoalId, TenantId } from '@chorale/lib-ids';
import type { Task } from '@chorale/module-goals';
import { identifyProcess } from '../platform/process-identity.ts';

export interface WorkspacesOptions {
  readonly directory: string;
  readonly keepMs: number;
  readonly now: () => number;
  readonly hasEnded: (tenantId: TenantId, goalId: GoalId) => Promise<boolean>;
}

const attemptPattern = /^\d+-\d+-(\d+)$/;

export class Workspaces {
  readonly #options: WorkspacesOptions;

  constructor(options: WorkspacesOptions) {
    this.#options = options;
  }

  get directory(): string {
    return this.#options.directory;
  }

  /** What the tasks of the goal whose attempt works in `workspace` share. */
  static goalDirectory(workspace: string): string {
    return dirname(workspace);
  }

  async openAttempt({
    tenantId,
    goalId,
    no,
    attempt,
  }: Pick<Task, 'tenantId' | 'goalId' | 'no' | 'attempt'>): Promise<string> {
    const workspace = join(this.#options.directory, tenantId, goalId, `${no}-${attempt}-${process.pid}`);
    await rm(workspace, { recursive: true, force: true });
    await mkdir(workspace, { recursive: true, mode: 0o700 });
    return workspace;
  }

  /** For all attempts of one run; there may be files of an earlier attempt in it. */
  async openRun({ tenantId, goalId, no, run }: Pick<Task, 'tenantId' | 'goalId' | 'no' | 'run'>): Promise<string> {
    const workspace = join(this.#options.directory, tenantId, goalId, `run-${no}-${run}`);
    await mkdir(workspace, { recursive: true, mode: 0o700 });
    return workspace;
  }

  async closeAttempt(workspace: string): Promise<void> {
    await rm(workspace, { recursive: true, force: true, maxRetries: 3 });
    // The age of a goal's folder is when it was last worked in.
    const now = this.#options.now() / 1_000;
    await utimes(dirname(workspace), now, now).catch(() => {});
  }

  /** Removes what nobody will come back to; returns how many folders went. */
  async sweep(): Promise<number> {
    const { directory, hasEnded } = this.#options;
    let removed = 0;
    for (const tenantId of await foldersIn(directory)) {
      for (const goalId of await foldersIn(join(directory, tenantId))) {
        const folder = join(directory, tenantId, goalId);
        if ((await this.#isOld(folder)) && (await hasEnded(tenantId as TenantId, goalId as GoalId))) {
          await rm(folder, { recursive: true, force: true });
          removed += 1;
        } else removed += await removeAbandoned(folder);
      }
    }
    return removed;
  }

  async #isOld(folder: string): Promise<boolean> {
    const found = await stat(folder).catch(() => undefined);
    return found !== undefined && found.mtimeMs + this.#options.keepMs <= this.#options.now();
  }
}

/** Folders of attempts whose process is gone. */
async function removeAbandoned(folder: string): Promise<number> {
  let removed = 0;
  for (const name of await foldersIn(folder)) {
    const pid = attemptPattern.exec(name)?.[1];
    if (pid === undefined || identifyProcess(Number(pid)) !== undefined) continue;
    await rm(join(folder, name), { recursive: true, force: true });
    removed += 1;
  }
  return removed;
}

async function foldersIn(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}
