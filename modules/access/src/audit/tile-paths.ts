// The files of a log as C2SP lays them out (c2sp.org/tlog-tiles): tiles of 256 hashes, bundles of 256 entries, partial ones
// at the right edge. Beside them stand ours: `values/`, what entries keep by reference.
import { concatBytes } from '../bytes.ts';
import { hashBytes } from './merkle-tree.ts';

export const tileWidth = 256;
export const checkpointPath = 'checkpoint';

export interface TilePlace {
  readonly level: number;
  /** Its place among the tiles of its level. */
  readonly tile: number;
  /** 1 to 256. */
  readonly width: number;
}

export function tilePath({ level, tile, width }: TilePlace): string {
  return `tile/${level}/${placePath(tile, width)}`;
}

export function bundlePath({ tile, width }: Omit<TilePlace, 'level'>): string {
  return `tile/entries/${placePath(tile, width)}`;
}

export function valuesPath({ tile, width }: Omit<TilePlace, 'level'>): string {
  return `values/${placePath(tile, width)}`;
}

/** 1234067 is `x001/x234/067`. */
function placePath(tile: number, width: number): string {
  const digits = String(tile);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? [];
  const place = groups.map((group, index) => (index === groups.length - 1 ? group : `x${group}`)).join('/');
  return width === tileWidth ? place : `${place}.p/${width}`;
}

/** The tiles of a level that a tree of this size has: full ones, then at most one partial one. */
export function* tilesOf(size: number, level: number): Generator<TilePlace> {
  const hashes = Math.floor(size / tileWidth ** level);
  for (let tile = 0; tile * tileWidth < hashes; tile++)
    yield { level, tile, width: Math.min(tileWidth, hashes - tile * tileWidth) };
}

export function* levelsOf(size: number): Generator<number> {
  for (let level = 0; size >= tileWidth ** level; level++) yield level;
}

export function encodeHashes(hashes: readonly Uint8Array[]): Uint8Array {
  return concatBytes(...hashes);
}

/** Undefined where they are not that many. */
export function decodeHashes(bytes: Uint8Array, count: number): readonly Uint8Array[] | undefined {
  if (bytes.length !== count * hashBytes) return undefined;
  return Array.from({ length: count }, (_, index) => bytes.slice(index * hashBytes, (index + 1) * hashBytes));
}

/** Each entry after its length in two bytes. */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  return concatBytes(...entries.flatMap((entry) => [Uint8Array.of(entry.length >> 8, entry.length & 0xff), entry]));
}

/** Undefined where the bytes do not end with an entry. */
export function decodeBundle(bytes: Uint8Array): readonly Uint8Array[] | undefined {
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    if (at + 2 > bytes.length) return undefined;
    const length = (bytes[at]! << 8) | bytes[at + 1]!;
    if (at + 2 + length > bytes.length) return undefined;
    entries.push(bytes.slice(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return entries;
}
