// Whether a proof proves it, by RFC 9162, sections 2.1.3.2 and 2.1.4.2. Needs the proof and the roots, no log.
import { sameBytes } from '../bytes.ts';
import { hashBytes, hashNode, type Sha256 } from './merkle-tree.ts';

export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

export interface InclusionClaim {
  readonly leaf: number;
  readonly leafHash: Uint8Array;
  readonly head: TreeHead;
  readonly proof: readonly Uint8Array[];
}

export interface ConsistencyClaim {
  readonly before: TreeHead;
  readonly after: TreeHead;
  readonly proof: readonly Uint8Array[];
}

export function verifyInclusion(sha256: Sha256, { leaf, leafHash, head, proof }: InclusionClaim): boolean {
  if (!isCount(leaf) || !isCount(head.size) || leaf >= head.size || !proof.every(isHash)) return false;
  let [node, last] = [leaf, head.size - 1];
  let root = leafHash;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      root = hashNode(sha256, sibling, root);
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else root = hashNode(sha256, root, sibling);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && sameBytes(root, head.root);
}

export function verifyConsistency(sha256: Sha256, { before, after, proof }: ConsistencyClaim): boolean {
  if (!isCount(before.size) || !isCount(after.size) || before.size > after.size || !proof.every(isHash)) return false;
  if (before.size === after.size) return proof.length === 0 && sameBytes(before.root, after.root);
  // Every tree begins with the empty one.
  if (before.size === 0) return proof.length === 0 && sameBytes(before.root, sha256(''));
  const path = isPowerOfTwo(before.size) ? [before.root, ...proof] : proof;
  const [first, ...rest] = path;
  if (first === undefined) return false;
  let [node, last] = [before.size - 1, after.size - 1];
  while (isOdd(node)) [node, last] = [half(node), half(last)];
  let [oldRoot, newRoot] = [first, first];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      oldRoot = hashNode(sha256, sibling, oldRoot);
      newRoot = hashNode(sha256, sibling, newRoot);
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else newRoot = hashNode(sha256, newRoot, sibling);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && sameBytes(oldRoot, before.root) && sameBytes(newRoot, after.root);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isHash({ length }: Uint8Array): boolean {
  return length === hashBytes;
}

function isOdd(value: number): boolean {
  return value % 2 === 1;
}

function half(value: number): number {
  return Math.floor(value / 2);
}

function isPowerOfTwo(value: number): boolean {
  let rest = value;
  while (rest > 1 && !isOdd(rest)) rest /= 2;
  return rest === 1;
}
