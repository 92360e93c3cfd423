// The Merkle tree of RFC 6962, section 2.1: hashes of leaves and nodes, and the right edge that is all one needs to go on.
//
// Owns:       the state of a tree as hashes of its perfect subtrees, the largest first: one for each bit that is set in its
//             size, so at most 53.
// Invariants: MT1 the same leaves give the same edge and the same root, in whatever batches they came.
//             MT2 a leaf never hashes like a node: they begin with different bytes.
import { concatBytes, utf8Bytes } from '../bytes.ts';

/** SHA-256; a text is taken as its UTF-8. Handed in, because pure code has no cryptography of its own. */
export type Sha256 = (data: Uint8Array | string) => Uint8Array;

export const hashBytes = 32;

export interface MerkleEdge {
  readonly size: number;
  readonly hashes: readonly Uint8Array[];
}

export const emptyEdge: MerkleEdge = { size: 0, hashes: [] };

/** A node that was completed by an appended leaf: that of a perfect subtree of 256^level leaves. */
export interface TileHash {
  readonly level: number;
  /** Its place among the hashes of its level. */
  readonly index: number;
  readonly hash: Uint8Array;
}

/** The bytes of a leaf are the text's UTF-8. */
export function hashLeaf(sha256: Sha256, leaf: Uint8Array | string): Uint8Array {
  if (typeof leaf === 'string') return sha256(`\u0000${leaf}`);
  return sha256(concatBytes(Uint8Array.of(0), leaf));
}

export function hashNode(sha256: Sha256, left: Uint8Array, right: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + 2 * hashBytes);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 1 + hashBytes);
  return sha256(bytes);
}

/** Appends leaves by their hashes. `completed` has what tiles consist of, leaves included, in the order of completion. */
export function appendLeaves(
  sha256: Sha256,
  edge: MerkleEdge,
  leaves: readonly Uint8Array[],
): { readonly edge: MerkleEdge; readonly completed: readonly TileHash[] } {
  const hashes = [...edge.hashes];
  const completed: TileHash[] = [];
  let { size } = edge;
  for (const leaf of leaves) {
    let hash = leaf;
    completed.push({ level: 0, index: size, hash });
    let height = 0;
    // Numbers past 2^31 are no integers to bit operators.
    for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) {
      hash = hashNode(sha256, hashes.pop()!, hash);
      height += 1;
      if (height % 8 === 0) completed.push({ level: height / 8, index: (rest - 1) / 2, hash });
    }
    hashes.push(hash);
    size += 1;
  }
  return { edge: { size, hashes }, completed };
}

export function rootOf(sha256: Sha256, { hashes }: MerkleEdge): Uint8Array {
  if (hashes.length === 0) return sha256(utf8Bytes(''));
  return hashes.reduceRight((right, left) => hashNode(sha256, left, right));
}
