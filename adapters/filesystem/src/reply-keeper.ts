// Replies of models to calls that may be made again under the same id: one file each, durable before the reply is used.
//
// Invariants: RK1 what was kept is found, whole, or not at all: it is written beside its place and moved there.
//             RK2 a tenant finds only its own.
//             RK3 what is older than `keepMs` goes; by then the journal of its task holds the reply.

import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChatReply, ReplyKeeper } from '@chorale/module-models';

/** The folder with all replies of a tenant. */
export function replyFolderOf(tenantId: string): string {
  return createHash('sha256').update(tenantId).digest('hex').slice(0, 16);
}

export interface FilesystemReplyKeeperOptions {
  readonly directory: string;
  readonly now: () => number;
  readonly keepMs?: number;
}

const keepMsDefault = 7 * 24 * 3_600_000;
/** Files looked at in one sweep; the rest waits for the next. */
const sweepMax = 10_000;

export interface FilesystemReplyKeeper extends ReplyKeeper {
  /** Removes what is no longer needed; how many. */
  sweep(): Promise<number>;
}

export function openFilesystemReplyKeeper({
  directory,
  now,
  keepMs = keepMsDefault,
}: FilesystemReplyKeeperOptions): FilesystemReplyKeeper {
  // Ids come from outside and may hold anything.
  const placeOf = (tenantId: string, callId: string): string => {
    const name = createHash('sha256')
      .update(JSON.stringify([tenantId, callId]))
      .digest('hex');
    return join(directory, replyFolderOf(tenantId), name.slice(0, 2), `${name}.json`);
  };
  let unique = 0;
  return {
    async find(tenantId, callId) {
      try {
        return JSON.parse(await readFile(placeOf(tenantId, callId), 'utf8')) as ChatReply;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async keep(tenantId, callId, reply) {
      const place = placeOf(tenantId, callId);
      const folder = join(place, '..');
      await mkdir(folder, { recursive: true, mode: 0o700 });
      unique += 1;
      const beside = `${place}.${process.pid}.${unique}.part`;
      const file = await open(beside, 'w', 0o600);
      try {
        await file.writeFile(JSON.stringify(reply));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(beside, place);
      await syncFolder(folder);
    },
    async sweep() {
      let removed = 0;
      let seen = 0;
      for (const part of await partsIn(directory)) {
        for (const name of await readdir(part).catch(() => [])) {
          if (++seen > sweepMax) return removed;
          const path = join(part, name);
          const found = await stat(path).catch(() => undefined);
          if (found === undefined || found.mtimeMs + keepMs > now()) continue;
          await rm(path, { force: true });
          removed += 1;
        }
      }
      return removed;
    },
  };
}

async function partsIn(directory: string): Promise<readonly string[]> {
  const parts: string[] = [];
  for (const tenant of await readdir(directory).catch(() => []))
    for (const part of await readdir(join(directory, tenant)).catch(() => []))
      parts.push(join(directory, tenant, part));
  return parts;
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
