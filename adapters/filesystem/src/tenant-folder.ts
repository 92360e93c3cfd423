// What a tenant has in a directory whose first level is tenants: artifacts, workspaces.
import { createReadStream } from 'node:fs';
import { opendir, rm } from 'node:fs/promises';
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
  open(): Promise<AsyncIterable<Uint8Array>>;
}

/** The artifacts of a tenant, as `openFilesystemArtifactStore` keeps them. Whoever reads them checks the hash. */
export async function* listTenantArtifacts(directory: string, tenantId: TenantId): AsyncGenerator<ArtifactFile> {
  const folder = join(directory, plainName(tenantId));
  for await (const path of filesIn(folder)) {
    const digest = path.slice(folder.length).replaceAll(/[/\\]/g, '');
    if (/^[0-9a-f]{64}$/.test(digest))
      yield { hash: `sha256:${digest}`, open: async () => createReadStream(path) as AsyncIterable<Uint8Array> };
  }
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
