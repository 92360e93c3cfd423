// Proofs of RFC 6962, sections 2.1.1 and 2.1.2, made from the hashes in tiles.
//
// A proof is first a list of ranges of leaves, which needs no I/O, and then the hash of each.
import { refused } from '@chorale/lib-errors';
import { hashNode, type Sha256, type TileHash } from './merkle-tree.ts';

/** Leaves from `begin` up to, and without, `end`. */
interface Range {
  readonly begin: number;
  readonly end: number;
}

/** Hashes of a level from an index on, as far as they are there. Level and index are those of tiles. */
export type ReadHashes = (
  from: Pick<TileHash, 'level' | 'index'> & { readonly count: number },
) => Promise<readonly Uint8Array[]>;

export interface TreeReader {
  readonly sha256: Sha256;
  readonly readHashes: ReadHashes;
}

/** That the leaf is in the tree of that size: siblings from the leaf up. */
export async function proveInclusion(reader: TreeReader, leaf: number, size: number): Promise<readonly Uint8Array[]> {
  if (!isCount(leaf) || !isCount(size) || leaf >= size)
    throw refused('proof-impossible', `A tree of ${size} entries has no entry ${leaf}.`, {
      action: 'Ask for an entry below the size of the tree; the first is 0.',
    });
  return hashRanges(reader, inclusionRanges(leaf, { begin: 0, end: size }));
}

/** That the tree of `size` begins with the tree of `before`. */
export async function proveConsistency(
  reader: TreeReader,
  before: number,
  size: number,
): Promise<readonly Uint8Array[]> {
  if (!isCount(before) || !isCount(size) || before > size)
    throw refused('proof-impossible', `A tree of ${size} entries cannot go back to one of ${before}.`, {
      action: 'Give the smaller size first.',
    });
  if (before === 0 || before === size) return [];
  return hashRanges(reader, consistencyRanges(before, { begin: 0, end: size }, true));
}

/** The root of the tree as it was at a size. */
export async function rootAt(reader: TreeReader, size: number): Promise<Uint8Array> {
  return size === 0 ? reader.sha256('') : hashRange(reader, { begin: 0, end: size });
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function inclusionRanges(leaf: number, { begin, end }: Range): readonly Range[] {
  if (end - begin === 1) return [];
  const middle = begin + splitOf(end - begin);
  return leaf < middle
    ? [...inclusionRanges(leaf, { begin, end: middle }), { begin: middle, end }]
    : [...inclusionRanges(leaf, { begin: middle, end }), { begin, end: middle }];
}

function consistencyRanges(before: number, { begin, end }: Range, isWhole: boolean): readonly Range[] {
  // The old root is known to who verifies, as long as it is that of the whole old tree.
  if (before === end) return isWhole ? [] : [{ begin, end }];
  const middle = begin + splitOf(end - begin);
  return before <= middle
    ? [...consistencyRanges(before, { begin, end: middle }, isWhole), { begin: middle, end }]
    : [...consistencyRanges(before, { begin: middle, end }, false), { begin, end: middle }];
}

/** The largest power of two below `count`. */
function splitOf(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

async function hashRanges(reader: TreeReader, ranges: readonly Range[]): Promise<readonly Uint8Array[]> {
  return Promise.all(ranges.map((range) => hashRange(reader, range)));
}

async function hashRange(reader: TreeReader, { begin, end }: Range): Promise<Uint8Array> {
  const count = end - begin;
  const split = splitOf(count);
  if (count !== 1 && split * 2 !== count) {
    const middle = begin + split;
    const [left, right] = await Promise.all([
      hashRange(reader, { begin, end: middle }),
      hashRange(reader, { begin: middle, end }),
    ]);
    return hashNode(reader.sha256, left, right);
  }
  return hashPerfect(reader, begin, count);
}

/** From the tile that has its hash, or the hashes it is made of. */
async function hashPerfect({ sha256, readHashes }: TreeReader, begin: number, count: number): Promise<Uint8Array> {
  let [level, width] = [0, 1];
  while (width * 256 <= count) [level, width] = [level + 1, width * 256];
  const wanted = count / width;
  let hashes = await readHashes({ level, index: begin / width, count: wanted });
  if (hashes.length !== wanted)
    throw refused('audit-hashes-missing', `Of entries ${begin} to ${begin + count - 1}, hashes are missing.`, {
      action: 'Verify the whole log: it says where it is damaged.',
    });
  while (hashes.length > 1) {
    const pairs = hashes;
    hashes = Array.from({ length: pairs.length / 2 }, (_, index) =>
      hashNode(sha256, pairs[index * 2]!, pairs[index * 2 + 1]!),
    );
  }
  return hashes[0]!;
}
