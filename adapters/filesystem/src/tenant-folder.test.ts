import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TenantId } from '@chorale/lib-ids';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openFilesystemArtifactStore } from './artifact-store.ts';
import { listTenantArtifacts, openTenantFolder, removeArtifact } from './tenant-folder.ts';

const [north, south] = ['north', 'south'] as TenantId[] as [TenantId, TenantId];

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chorale-folder-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function* bytes(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}

test('[TD1, TD2] artifacts of a tenant are listed with their bytes, counted and erased, and no others', async () => {
  const store = await openFilesystemArtifactStore({ directory });
  const texts = ['one', 'two', 'three'];
  for (const text of texts) await store.put(north, bytes(text), { sizeBytesMax: 100 });
  const other = await store.put(south, bytes('one'), { sizeBytesMax: 100 });
  await symlink('/etc', join(directory, 'north', 'ff'));
  const seen: string[] = [];
  for await (const { open } of listTenantArtifacts(directory, north)) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of await open()) chunks.push(chunk);
    seen.push(Buffer.concat(chunks).toString());
  }
  expect(seen.toSorted()).toEqual(texts.toSorted());
  const folder = openTenantFolder(directory);
  expect([await folder.count(north), await folder.count(south)]).toEqual([4, 1]);
  await folder.erase(north);
  expect([await folder.count(north), await folder.count(south)]).toEqual([0, 1]);
  expect(await store.open(south, other.hash)).toBeDefined();
});

test('[TD2] what is no id of a tenant names no folder', async () => {
  const store = await openFilesystemArtifactStore({ directory });
  await store.put(south, bytes('one'), { sizeBytesMax: 100 });
  const folder = openTenantFolder(join(directory, 'south'));
  for (const id of ['..', '.', '', '../south', 'south/../..']) {
    expect(await folder.count(id as TenantId)).toBe(0);
    await folder.erase(id as TenantId);
  }
  expect(await openTenantFolder(directory).count(south)).toBe(1);
});

test('bytes that were not put since a moment go, those of one tenant alone; put again, they stay', async () => {
  const store = await openFilesystemArtifactStore({ directory });
  const { hash } = await store.put(north, bytes('shared'), { sizeBytesMax: 100 });
  await store.put(south, bytes('shared'), { sizeBytesMax: 100 });
  const remove = (storedBefore: number) => removeArtifact(directory, { tenantId: north, hash, storedBefore });
  let storedAt = 0;
  for await (const listed of listTenantArtifacts(directory, north)) if (listed.hash === hash) ({ storedAt } = listed);
  expect(await remove(storedAt)).toBe(0);
  expect(await store.open(north, hash)).toBeDefined();
  expect(await remove(storedAt + 1)).toBe(6);
  expect(await remove(storedAt + 1)).toBe(0);
  expect(await store.open(north, hash)).toBeUndefined();
  expect(await store.open(south, hash)).toBeDefined();
  for (const wrong of ['sha256:../../south', 'incoming', ''])
    expect(await removeArtifact(directory, { tenantId: north, hash: wrong, storedBefore: Infinity })).toBe(0);
});
