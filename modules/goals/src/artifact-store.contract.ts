// What every ArtifactStore must do. An adapter calls this from its own test file; `open` called twice in one test gives
// two views of the same data.

import type { TenantId } from '@chorale/lib-ids';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ArtifactStore } from './artifact-store.ts';

export interface ArtifactStoreFixture {
  /** Called before each test: forget everything. */
  reset(): Promise<void>;
  open(): Promise<ArtifactStore>;
  /** Changes one byte of what is kept under the name, behind the store's back. */
  damage(tenantId: TenantId, hash: string): Promise<void>;
  /** How many byte sequences are kept for the tenant, whole or in part. */
  countKept(tenantId: TenantId): Promise<number>;
}

const north = 'north' as TenantId;
const south = 'south' as TenantId;
const limits = { sizeBytesMax: 1_000_000 };
/** SHA-256 of the three bytes "abc" (FIPS 180-4, appendix B.1). */
const abcHash = 'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

export function describeArtifactStore(name: string, fixture: ArtifactStoreFixture): void {
  describe(`${name} keeps the artifact contract`, () => {
    beforeEach(() => fixture.reset());
    describeKeeping(fixture);
    describeRefusing(fixture);
  });
}

function describeKeeping(fixture: ArtifactStoreFixture): void {
  test('[AS1] bytes are named by their SHA-256 and come back as they were, through another handle too', async () => {
    const stored = await (await fixture.open()).put(north, chunks('a', 'bc'), limits);
    expect(stored).toEqual({ hash: abcHash, sizeBytes: 3 });
    expect(await readAll(await fixture.open(), north, abcHash)).toBe('abc');
  });

  test('[AS1] the same bytes are kept once', async () => {
    const store = await fixture.open();
    await store.put(north, chunks('abc'), limits);
    await store.put(north, chunks('ab', 'c'), limits);
    expect(await fixture.countKept(north)).toBe(1);
  });

  test('[AS1] puts of the same bytes at the same time all succeed and keep one copy', async () => {
    const store = await fixture.open();
    const all = await Promise.all(Array.from({ length: 8 }, () => store.put(north, chunks('abc'), limits)));
    expect(new Set(all.map((stored) => stored.hash))).toEqual(new Set([abcHash]));
    expect(await fixture.countKept(north)).toBe(1);
  });

  test('[AS1] no bytes at all are an artifact like any other', async () => {
    const store = await fixture.open();
    const stored = await store.put(north, chunks(), limits);
    expect(stored.sizeBytes).toBe(0);
    expect(await readAll(store, north, stored.hash)).toBe('');
  });

  test('[AS2] bytes of many chunks come back whole', async () => {
    const store = await fixture.open();
    const parts = Array.from({ length: 300 }, (_, index) => `${index},`.repeat(500));
    const stored = await store.put(north, chunks(...parts), limits);
    expect(await readAll(store, north, stored.hash)).toBe(parts.join(''));
  });
}

function describeRefusing(fixture: ArtifactStoreFixture): void {
  test('[AS2] a put whose source fails passes the failure on and keeps nothing', async () => {
    const store = await fixture.open();
    await expect(store.put(north, failingSource(), limits)).rejects.toThrow('the source broke off');
    expect(await fixture.countKept(north)).toBe(0);
  });

  test('[AS2] more bytes than allowed are refused and nothing is kept', async () => {
    const store = await fixture.open();
    const put = store.put(north, chunks('ab', 'cd'), { sizeBytesMax: 3 });
    await expect(put).rejects.toMatchObject({ family: 'refused', code: 'artifact-too-large' });
    expect(await fixture.countKept(north)).toBe(0);
  });

  test('[AS3] damaged bytes are never given out', async () => {
    const store = await fixture.open();
    await store.put(north, chunks('abc'), limits);
    await fixture.damage(north, abcHash);
    await expect(readAll(store, north, abcHash)).rejects.toMatchObject({ family: 'broken', code: 'artifact-damaged' });
  });

  test('[AS3] putting the bytes again mends damage', async () => {
    const store = await fixture.open();
    await store.put(north, chunks('abc'), limits);
    await fixture.damage(north, abcHash);
    await store.put(north, chunks('abc'), limits);
    expect(await readAll(store, north, abcHash)).toBe('abc');
  });

  test('[AS4] a tenant does not see what another has put', async () => {
    const store = await fixture.open();
    await store.put(north, chunks('abc'), limits);
    expect(await store.open(south, abcHash)).toBeUndefined();
  });

  test('[AS4] a name that is no hash, or a tenant that is no plain name, opens nothing', async () => {
    const store = await fixture.open();
    await store.put(north, chunks('abc'), limits);
    for (const hash of ['', 'sha256:', `${abcHash}0`, 'sha256:../../etc/passwd', abcHash.toUpperCase()])
      expect(await store.open(north, hash)).toBeUndefined();
    await expect(store.open('../north' as TenantId, abcHash)).rejects.toMatchObject({ code: 'tenant-invalid' });
  });
}

/** ASCII only: pure packages have no text encoder. */
async function* chunks(...texts: readonly string[]): AsyncIterable<Uint8Array> {
  for (const text of texts) yield Uint8Array.from(text, (character) => character.charCodeAt(0));
}

async function* failingSource(): AsyncIterable<Uint8Array> {
  yield Uint8Array.of(1, 2, 3);
  throw new Error('the source broke off');
}

async function readAll(store: ArtifactStore, tenantId: TenantId, hash: string): Promise<string> {
  const bytes = await store.open(tenantId, hash);
  if (bytes === undefined) throw new Error(`nothing is kept under ${hash}`);
  let text = '';
  for await (const chunk of bytes) for (const byte of chunk) text += String.fromCharCode(byte);
  return text;
}
