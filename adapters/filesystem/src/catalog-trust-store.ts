// Trusted projects as one JSON file in the data directory.
//
// Invariants: P1 the file under its final name is whole: written beside it, synced, renamed.
//             P2 changes of one process happen one after the other; each reads the file anew first.

import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { refused } from '@chorale/lib-errors';
import type { ProjectContent, TrustStore } from '@chorale/module-catalog';

const fileName = 'trusted-projects.json';

/** Reads throw `trust-store-unreadable` when the file is damaged: guessing would trust or forget what a person decided. */
export function openFilesystemTrustStore(options: { readonly directory: string }): TrustStore {
  return new FilesystemTrustStore(join(options.directory, fileName));
}

class FilesystemTrustStore implements TrustStore {
  readonly #path: string;
  #last: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  async isTrusted(project: ProjectContent): Promise<boolean> {
    return (await this.#read()).get(project.path) === project.contentHash;
  }

  trust(project: ProjectContent): Promise<void> {
    return this.#change((projects) => projects.set(project.path, project.contentHash));
  }

  revoke(path: string): Promise<void> {
    return this.#change((projects) => projects.delete(path));
  }

  async list(): Promise<readonly ProjectContent[]> {
    return [...(await this.#read())].map(([path, contentHash]) => ({ path, contentHash }));
  }

  /** Sorted by path. */
  async #read(): Promise<Map<string, string>> {
    const text = await readFile(this.#path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '{}';
      throw this.#unreadable(error);
    });
    try {
      const entries = Object.entries(JSON.parse(text) as Record<string, unknown>);
      if (!entries.every((entry): entry is [string, string] => typeof entry[1] === 'string'))
        throw new TypeError('a hash is not text');
      return new Map(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
    } catch (error) {
      throw this.#unreadable(error);
    }
  }

  #unreadable(cause: unknown) {
    return refused('trust-store-unreadable', `${this.#path} is damaged or cannot be read`, {
      action: 'move the file away; projects will ask to be trusted again',
      cause,
    });
  }

  #change(apply: (projects: Map<string, string>) => void): Promise<void> {
    const done = this.#last.then(async () => {
      const projects = await this.#read();
      apply(projects);
      await this.#write(projects);
    });
    // The chain goes on after a failure; the caller still gets it.
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #write(projects: ReadonlyMap<string, string>): Promise<void> {
    const directory = dirname(this.#path);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const incoming = `${this.#path}.${randomUUID()}`;
    try {
      const handle = await open(incoming, 'wx', 0o600);
      try {
        await handle.writeFile(`${JSON.stringify(Object.fromEntries(projects), null, 2)}\n`);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(incoming, this.#path);
    } catch (error) {
      await rm(incoming, { force: true });
      throw error;
    }
    const folder = await open(directory, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}
