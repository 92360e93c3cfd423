// Artifacts as files: <directory>/<tenant>/<first two hex digits>/<the other 62>.
//
// Owns:       the directory; nothing else writes in it.
// Invariants: F1 a file under its final name is whole: bytes are written to `incoming/`, synced, then renamed.
//             F2 `put` resolves after the file and every directory entry that leads to it are synced.
//             F3 bytes are checked against their name before the first of them is given out.

import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { broken, refused } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import type { ArtifactStore, StoredBytes } from '@chorale/module-goals';

const chunkSizeBytes = 64 * 1024;
/** A put that is older than this was cut off by a crash: no put takes an hour. */
const abandonedAfterMs = 3_600_000;
const hashPattern = /^sha256:[0-9a-f]{64}$/;
const tenantPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;

/** Makes the directory if needed and removes what interrupted puts left behind. */
export async function openFilesystemArtifactStore(options: { readonly directory: string }): Promise<ArtifactStore> {
  const incoming = join(options.directory, 'incoming');
  await mkdir(incoming, { recursive: true, mode: 0o700 });
  await syncDirectory(dirname(options.directory));
  await removeAbandoned(incoming);
  return new FilesystemArtifactStore(options.directory);
}

class FilesystemArtifactStore implements ArtifactStore {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async put(
    tenantId: TenantId,
    bytes: AsyncIterable<Uint8Array>,
    limits: { readonly sizeBytesMax: number },
  ): Promise<StoredBytes> {
    checkTenant(tenantId);
    const incoming = join(this.#directory, 'incoming', randomUUID());
    try {
      const stored = await writeSynced(incoming, bytes, limits.sizeBytesMax);
      const target = this.#pathOf(tenantId, stored.hash);
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      // Renamed even when the name exists: it mends a damaged file, and its directory gets synced either way.
      await rename(incoming, target);
      // Every level each time: a directory that is there may have been made by a put that has not synced it yet.
      for (const level of [dirname(target), join(this.#directory, tenantId), this.#directory]) {
        await syncDirectory(level);
      }
      return stored;
    } catch (error) {
      await rm(incoming, { force: true });
      throw error;
    }
  }

  async open(tenantId: TenantId, hash: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    checkTenant(tenantId);
    if (!hashPattern.test(hash)) return undefined;
    const path = this.#pathOf(tenantId, hash);
    const found = await digestOf(path).catch(undefinedWhenMissing);
    if (found === undefined) return undefined;
    if (found !== hash) throw damaged(hash, found);
    return readVerified(path, hash);
  }

  #pathOf(tenantId: TenantId, hash: string): string {
    const digest = hash.slice('sha256:'.length);
    return join(this.#directory, tenantId, digest.slice(0, 2), digest.slice(2));
  }
}

async function writeSynced(path: string, bytes: AsyncIterable<Uint8Array>, sizeBytesMax: number): Promise<StoredBytes> {
  const file = await open(path, 'wx', 0o600);
  try {
    const digest = createHash('sha256');
    let sizeBytes = 0;
    for await (const chunk of bytes) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > sizeBytesMax) {
        throw refused('artifact-too-large', `an artifact may have ${sizeBytesMax} bytes, this one has more`, {
          action: 'store less, or raise the limit',
          data: { sizeBytesMax },
        });
      }
      digest.update(chunk);
      await file.writeFile(chunk);
    }
    await file.sync();
    return { hash: `sha256:${digest.digest('hex')}`, sizeBytes };
  } finally {
    await file.close();
  }
}

/** Opens the file only when it is read, so that an iterable nobody reads holds nothing. */
async function* readVerified(path: string, hash: string): AsyncIterable<Uint8Array> {
  const file = await open(path);
  try {
    yield* readChunks(file);
  } catch (error) {
    throw broken('artifact-damaged', `the file of ${hash} cannot be read`, { cause: error });
  } finally {
    await file.close();
  }
}

async function digestOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const digest = createHash('sha256');
    for await (const chunk of readChunks(file)) digest.update(chunk);
    return `sha256:${digest.digest('hex')}`;
  } finally {
    await file.close();
  }
}

async function* readChunks(file: FileHandle): AsyncIterable<Uint8Array> {
  for (let position = 0; ;) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(chunkSizeBytes), 0, chunkSizeBytes, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

function checkTenant(tenantId: TenantId): void {
  if (tenantPattern.test(tenantId) && tenantId !== 'incoming') return;
  throw refused('tenant-invalid', `${JSON.stringify(tenantId)} cannot name a tenant's folder`, {
    action: 'use letters, digits, `-` and `_`, at most 128, and not `incoming`',
  });
}

function damaged(hash: string, found: string): Error {
  return broken('artifact-damaged', `the bytes kept as ${hash} have the digest ${found}`, {
    action: 'check the disk; put the same bytes again, or run the task that made them again',
    data: { hash, found },
  });
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function removeAbandoned(incoming: string): Promise<void> {
  for (const name of await readdir(incoming)) {
    const path = join(incoming, name);
    const found = await stat(path).catch(undefinedWhenMissing);
    if (found !== undefined && Date.now() - found.mtimeMs > abandonedAfterMs) await rm(path, { force: true });
  }
}

function undefinedWhenMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
  throw error;
}
