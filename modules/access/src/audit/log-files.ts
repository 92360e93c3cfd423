// Where the files of a log are read from: a folder, an archive, or the rows of a store that are shown as such files.
import type { TenantId } from '@chorale/lib-ids';
import { fromBase64, toBase64, utf8Bytes, utf8Text } from '../bytes.ts';
import type { AuditReads, LoggedValue } from './audit-store.ts';
import type { TreeReader, ReadHashes } from './prove.ts';
import type { Sha256 } from './merkle-tree.ts';
import {
  bundlePath,
  checkpointPath,
  encodeBundle,
  encodeHashes,
  levelsOf,
  tilePath,
  tilesOf,
  tileWidth,
  valuesPath,
  type TilePlace,
} from './tile-paths.ts';
import type { TreeHead } from './verify-proof.ts';

export interface LogFiles {
  /** Undefined where there is no such file. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** All paths. Absent where the files are rows, which have no others. */
  list?(): Promise<readonly string[]>;
  /** How far the log goes past its checkpoint, for files that may. */
  head?(): Promise<TreeHead | undefined>;
}

export function filesOf(files: ReadonlyMap<string, Uint8Array>): LogFiles {
  return { read: async (path) => files.get(path), list: async () => [...files.keys()] };
}

/** All files of a log of that size, the checkpoint first. Of `values/` those that may be there. */
export function* pathsOf(size: number): Generator<string> {
  yield checkpointPath;
  for (const level of levelsOf(size)) for (const place of tilesOf(size, level)) yield tilePath(place);
  for (const place of tilesOf(size, 0)) yield bundlePath(place);
  for (const place of tilesOf(size, 0)) yield valuesPath(place);
}

/** One line of JSON for each value; nothing at all where there are none. */
export function encodeValues(values: readonly LoggedValue[]): Uint8Array {
  const lines = values.map(({ no, field, subject, salt, value }) =>
    JSON.stringify({ no, field, subject, salt, value }),
  );
  return utf8Bytes(lines.map((line) => `${line}\n`).join(''));
}

/** Undefined where they are not what `encodeValues` writes. */
export function decodeValues(bytes: Uint8Array): readonly LoggedValue[] | undefined {
  const text = utf8Text(bytes);
  if (text === undefined || !text.endsWith('\n')) return undefined;
  try {
    const values = text
      .slice(0, -1)
      .split('\n')
      .map((line) => JSON.parse(line) as LoggedValue);
    return utf8Text(encodeValues(values)) === text ? values : undefined;
  } catch {
    return undefined;
  }
}

/** The rows of a tenant's log as its files. There is no tile or bundle that is wider than the log. */
export function storedFiles(store: AuditReads, tenantId: TenantId): LogFiles {
  const readers: readonly (readonly [RegExp, (place: TilePlace) => Promise<Uint8Array | undefined>])[] = [
    [
      /^tile\/entries\/(.+)$/,
      async (place) => {
        const entries = await store.readEntries(tenantId, rangeOf(place));
        return entries.length < place.width ? undefined : encodeBundle(entries.map(({ entry }) => utf8Bytes(entry)));
      },
    ],
    [
      /^tile\/\d+\/(.+)$/,
      async (place) => {
        const hashes = await store.readHashes(tenantId, place.level, rangeOf(place));
        return hashes.length < place.width
          ? undefined
          : encodeHashes(hashes.map((hash) => fromBase64(hash) ?? new Uint8Array()));
      },
    ],
    [
      /^values\/(.+)$/,
      async (place) => {
        const values = await store.readValues(tenantId, rangeOf(place));
        return values.length === 0 ? undefined : encodeValues(values);
      },
    ],
  ];
  return {
    async read(path) {
      if (path === checkpointPath) {
        const checkpoint = await store.findCheckpoint(tenantId);
        return checkpoint === undefined ? undefined : utf8Bytes(checkpoint.note);
      }
      for (const [pattern, readPlace] of readers) {
        const place = parsePlace(pattern.exec(path)?.[1], path);
        if (place !== undefined) return readPlace(place);
      }
      return undefined;
    },
    async head() {
      const log = await store.findLog(tenantId);
      return log === undefined ? undefined : { size: log.size, root: fromBase64(log.root) ?? new Uint8Array() };
    },
  };
}

function rangeOf({ tile, width }: TilePlace): { readonly from: number; readonly count: number } {
  return { from: tile * tileWidth, count: width };
}

/** The place that a path names; undefined where it is not written as `tilePath` and its like write it. */
function parsePlace(rest: string | undefined, path: string): TilePlace | undefined {
  const found = /^((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(rest ?? '');
  if (found === null) return undefined;
  const tile = Number(found[1]!.replaceAll(/[x/]/g, ''));
  const place = { level: Number(/^tile\/(\d+)\//.exec(path)?.[1] ?? 0), tile, width: Number(found[2] ?? tileWidth) };
  return [tilePath(place), bundlePath(place), valuesPath(place)].includes(path) ? place : undefined;
}

/** For proofs from rows. */
export function storedTree(store: AuditReads, tenantId: TenantId, sha256: Sha256): TreeReader {
  const readHashes: ReadHashes = async ({ level, index, count }) => {
    const hashes = await store.readHashes(tenantId, level, { from: index, count });
    return hashes.map((hash) => fromBase64(hash) ?? new Uint8Array());
  };
  return { sha256, readHashes };
}

export function encodeProof(proof: readonly Uint8Array[]): readonly string[] {
  return proof.map(toBase64);
}
