import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concatBytes, toHex } from '../bytes.ts';
import { appendLeaves, emptyEdge, hashLeaf, rootOf, type MerkleEdge, type Sha256 } from './merkle-tree.ts';
import { proveConsistency, proveInclusion, rootAt, type TreeReader } from './prove.ts';
import { verifyConsistency, verifyInclusion } from './verify-proof.ts';

const sha256: Sha256 = (data) => createHash('sha256').update(data).digest();

/** RFC 6962, section 2.1, word for word: nothing of it is shared with what it is compared with. */
function rootByDefinition(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256(new Uint8Array());
  if (leaves.length === 1) return sha256(concatBytes(Uint8Array.of(0), leaves[0]!));
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  const [left, right] = [rootByDefinition(leaves.slice(0, half)), rootByDefinition(leaves.slice(half))];
  return sha256(concatBytes(Uint8Array.of(1), left, right));
}

interface GrownTree {
  readonly edge: MerkleEdge;
  readonly roots: readonly Uint8Array[];
  readonly leafHashes: readonly Uint8Array[];
  readonly reader: TreeReader;
}

function grow(count: number): GrownTree {
  let edge = emptyEdge;
  const roots = [rootOf(sha256, edge)];
  const levels: Uint8Array[][] = [];
  for (let no = 0; no < count; no++) {
    const grown = appendLeaves(sha256, edge, [hashLeaf(sha256, `entry ${no}`)]);
    edge = grown.edge;
    for (const { level, index, hash } of grown.completed) (levels[level] ??= [])[index] = hash;
    roots.push(rootOf(sha256, edge));
  }
  const reader: TreeReader = {
    sha256,
    readHashes: async ({ level, index, count: wanted }) => (levels[level] ?? []).slice(index, index + wanted),
  };
  return { edge, roots, leafHashes: levels[0] ?? [], reader };
}

describe('the tree', () => {
  // Of the test data of Certificate Transparency, which RFC 6962 describes.
  const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
  const roots = [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ];

  test('[AU2] roots are those that Certificate Transparency publishes', () => {
    const hashes = leaves.map((leaf) => hashLeaf(sha256, Buffer.from(leaf, 'hex')));
    for (const [size, root] of roots.entries()) {
      const { edge } = appendLeaves(sha256, emptyEdge, hashes.slice(0, size));
      expect(toHex(rootOf(sha256, edge))).toBe(root);
    }
  });

  test('[AU2] in whatever batches leaves come, the root is that of the definition', () => {
    const batches = fc.array(fc.array(fc.uint8Array({ maxLength: 8 }), { maxLength: 40 }), { maxLength: 8 });
    fc.assert(
      fc.property(batches, (all) => {
        let edge = emptyEdge;
        for (const batch of all)
          ({ edge } = appendLeaves(
            sha256,
            edge,
            batch.map((leaf) => hashLeaf(sha256, leaf)),
          ));
        expect(rootOf(sha256, edge)).toEqual(rootByDefinition(all.flat()));
        expect(edge.hashes.length).toBe(all.flat().length.toString(2).replaceAll('0', '').length);
      }),
    );
  });

  test('[AU2] a text and its bytes are the same leaf', () => {
    const text = 'na\u00efve \u{1f600}';
    expect(hashLeaf(sha256, text)).toEqual(hashLeaf(sha256, Buffer.from(text)));
  });
});

describe('proofs', () => {
  const size = 600;
  const { roots, leafHashes, reader } = grow(size);
  const sizes = [1, 2, 3, 7, 8, 255, 256, 257, 511, 512, 513, 599, 600];

  test('[AU3] every entry is proved to be in every tree that has it, and in no other', async () => {
    for (const of of sizes)
      for (const leaf of [0, 1, 2, 127, 128, 254, 255, 256, 510, 512, of - 1].filter((no) => no < of)) {
        const proof = await proveInclusion(reader, leaf, of);
        const claim = { leaf, leafHash: leafHashes[leaf]!, head: { size: of, root: roots[of]! }, proof };
        expect(verifyInclusion(sha256, claim), `${leaf} in ${of}`).toBe(true);
        expect(verifyInclusion(sha256, { ...claim, leafHash: leafHashes[(leaf + 1) % size]! })).toBe(false);
        expect(verifyInclusion(sha256, { ...claim, head: { size: of, root: roots[of - 1]! } })).toBe(false);
        expect(verifyInclusion(sha256, { ...claim, proof: [...proof, proof[0] ?? roots[0]!] })).toBe(false);
        const cut = { ...claim, proof: proof.slice(1) };
        expect(verifyInclusion(sha256, cut)).toBe(proof.length === 0);
      }
  });

  test('[AU3] every tree is proved to continue every earlier one, and no other', async () => {
    for (const before of sizes)
      for (const after of sizes.filter((later) => later >= before)) {
        const proof = await proveConsistency(reader, before, after);
        const [older, newer] = [
          { size: before, root: roots[before]! },
          { size: after, root: roots[after]! },
        ];
        const claim = { before: older, after: newer, proof };
        expect(verifyConsistency(sha256, claim), `${before} to ${after}`).toBe(true);
        expect(verifyConsistency(sha256, { ...claim, before: { ...older, root: roots[before - 1]! } })).toBe(false);
        expect(verifyConsistency(sha256, { ...claim, after: { ...newer, root: roots[after - 1]! } })).toBe(false);
        expect(verifyConsistency(sha256, { ...claim, proof: [...proof, roots[0]!] })).toBe(false);
        const cut = { ...claim, proof: proof.slice(0, -1) };
        expect(verifyConsistency(sha256, cut)).toBe(proof.length === 0);
      }
  });

  test('[AU3] random pairs of sizes, with any bit of the proof flipped', async () => {
    const cases = fc.record({
      a: fc.integer({ min: 1, max: size }),
      b: fc.integer({ min: 1, max: size }),
      bit: fc.nat({ max: 255 }),
      at: fc.nat({ max: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ a, b, bit, at }) => {
        const [before, after] = [Math.min(a, b), Math.max(a, b)];
        const proof = await proveConsistency(reader, before, after);
        const claim = { before: { size: before, root: roots[before]! }, after: { size: after, root: roots[after]! } };
        expect(verifyConsistency(sha256, { ...claim, proof })).toBe(true);
        if (proof.length === 0) return;
        const flipped = proof.map((hash, index) => {
          if (index !== at % proof.length) return hash;
          return hash.map((byte, place) => (place === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
        });
        expect(verifyConsistency(sha256, { ...claim, proof: flipped })).toBe(false);
      }),
    );
  });

  test('[AU3] the empty tree begins every tree, and the root of any earlier size is found again', async () => {
    const claim = { before: { size: 0, root: roots[0]! }, after: { size: 9, root: roots[9]! }, proof: [] };
    expect(verifyConsistency(sha256, claim)).toBe(true);
    expect(verifyConsistency(sha256, { ...claim, before: { size: 0, root: roots[1]! } })).toBe(false);
    for (const of of [0, ...sizes]) expect(await rootAt(reader, of)).toEqual(roots[of]);
  });

  test('[AU3] what is not in the tree is refused', async () => {
    for (const [leaf, of] of [
      [5, 5],
      [-1, 5],
      [0.5, 5],
      [0, 0],
    ] as const)
      await expect(proveInclusion(reader, leaf, of)).rejects.toMatchObject({ code: 'proof-impossible' });
    await expect(proveConsistency(reader, 6, 5)).rejects.toMatchObject({ code: 'proof-impossible' });
    await expect(proveInclusion(reader, 0, size + 50)).rejects.toMatchObject({ code: 'audit-hashes-missing' });
  });
});
