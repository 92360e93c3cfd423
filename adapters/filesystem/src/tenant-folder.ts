// What a tenant has in a directory whose first level is tenants: artifacts, workspaces.
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { opendir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { TenantId } from '@chorale/lib-ids';

export interface TenantFolder {
  /** Files, however deep. */
  count(tenantId: TenantId): Promise<number>;
  erase(tenantId: TenantId): Promise<void>;
}

export function openTenantFolder(directory: string, nameOf: (tenantId: TenantId) => string = plainName): TenantFolder {
  return {
    async count(tenantId) {
      let files = 0;
      for await (const _path of filesIn(join(directory, nameOf(tenantId)))) files += 1;
      return files;
    },
    erase: (tenantId) => rm(join(directory, nameOf(tenantId)), { recursive: true, force: true }),
  };
}

export interface ArtifactFile {
  /** `sha256:` and 64 hex digits. */
  readonly hash: string;
  /** When these bytes were put last. */
  readonly storedAt: number;
  open(): Promise<AsyncIterable<Uint8Array>>;
}

/** The artifacts of a tenant, as `openFilesystemArtifactStore` keeps them. Whoever reads them checks the hash. */
export async function* listTenantArtifacts(directory: string, tenantId: TenantId): AsyncGenerator<ArtifactFile> {
  const folder = join(directory, plainName(tenantId));
  for await (const path of filesIn(folder)) {
    const digest = path.slice(folder.length).replaceAll(/[/\\]/g, '');
    const found = /^[0-9a-f]{64}$/.test(digest) ? await stat(path).catch(() => undefined) : undefined;
    if (found === undefined) continue;
    const open = async (): Promise<AsyncIterable<Uint8Array>> => createReadStream(path);
    yield { hash: `sha256:${digest}`, storedAt: found.mtimeMs, open };
  }
}

/**
 * Removes bytes that were not put since a moment, and says how many there were: 0 where they were, or are not there. They are
 * taken aside before they are looked at, so that nothing that is put meanwhile goes with them.
 */
export async function removeArtifact(
  directory: string,
  {
    tenantId,
    hash,
    storedBefore,
  }: { readonly tenantId: TenantId; readonly hash: string; readonly storedBefore: number },
): Promise<number> {
  const digest = /^sha256:([0-9a-f]{64})$/.exec(hash)?.[1];
  if (digest === undefined) return 0;
  const path = join(directory, plainName(tenantId), digest.slice(0, 2), digest.slice(2));
  const aside = join(directory, 'incoming', randomUUID());
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
  const { mtimeMs, size } = await stat(aside);
  if (mtimeMs < storedBefore) {
    await rm(aside, { force: true });
    return size;
  }
  await rename(aside, path);
  return 0;
}

/** Ids of tenants have no other characters; anything else names no folder of theirs. */
function plainName(tenantId: TenantId): string {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/.test(tenantId) ? tenantId : 'none';
}

/** Links are not followed. */
async function* filesIn(folder: string): AsyncGenerator<string> {
  const opened = await opendir(folder).catch(() => undefined);
  if (opened === undefined) return;
  for await (const entry of opened) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else yield path;
  }
}
