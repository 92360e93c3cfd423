import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { parseCheckpoint, formatCheckpoint } from './checkpoint.ts';
import type { Sha256 } from './merkle-tree.ts';
import { findUnsigned, formatNoteKey, parseNote, parseNoteKey, signNote, type VerifySignature } from './signed-note.ts';
import { bundlePath, decodeBundle, encodeBundle, tilePath, tilesOf, levelsOf } from './tile-paths.ts';

const sha256: Sha256 = (data) => createHash('sha256').update(data).digest();
const spki = Buffer.from('302a300506032b6570032100', 'hex');
const verifyEd25519: VerifySignature = ({ publicKey }, text, signature) =>
  verify(
    null,
    text,
    createPublicKey({ key: Buffer.concat([spki, publicKey]), format: 'der', type: 'spki' }),
    signature,
  );

function makeKey(name: string) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(spki.length));
  return {
    name,
    algorithm: 'ed25519' as const,
    publicKey: raw,
    sign: async (text: Uint8Array) => sign(null, text, privateKey),
  };
}

// A key and a note of the format's first implementation, golang.org/x/mod/sumdb/note.
const peter = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const petersNote =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n" +
  '\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';

test('[AU4] a note that another program signed is verified, and one changed letter is found', () => {
  const key = parseNoteKey(sha256, peter);
  expect(formatNoteKey(sha256, key)).toBe(peter);
  const trust = { sha256, verify: verifyEd25519, keys: [key] };
  expect(findUnsigned(parseNote(petersNote)!, trust)).toBeUndefined();
  expect(findUnsigned(parseNote(petersNote.replace('answer', 'Answer'))!, trust)).toEqual(key);
});

test('[AU4] every key asked for must have signed; signatures of others are passed over', async () => {
  const [ours, witness] = [makeKey('logs.example/a'), makeKey('witness.example')];
  const note = parseNote(await signNote(sha256, 'text\n', [ours, witness]))!;
  const trust = { sha256, verify: verifyEd25519 };
  expect(findUnsigned(note, { ...trust, keys: [ours] })).toBeUndefined();
  expect(findUnsigned(note, { ...trust, keys: [ours, witness] })).toBeUndefined();
  const other = makeKey('logs.example/a');
  expect(findUnsigned(note, { ...trust, keys: [ours, other] })).toBe(other);
  const twice = {
    ...note,
    signatures: [...note.signatures, { ...note.signatures[0]!, signature: new Uint8Array(64) }],
  };
  expect(findUnsigned(twice, { ...trust, keys: [ours] })).toBe(ours);
});

test('[AU4] what is not written as a note is none', async () => {
  const note = await signNote(sha256, 'text\n', [makeKey('a')]);
  expect(parseNote(note)).toBeDefined();
  const [text, line] = note.split('\n\n') as [string, string];
  for (const wrong of [
    text,
    note.slice(0, -1),
    `${text}\n\n`,
    note.replace('\u2014', '-'),
    note.replace('\u2014 a', '\u2014  a'),
    note.replace('\u2014 a', '\u2014 a+b'),
    `${text}\t\n\n${line}`,
    `${text}\n\n${line.trimEnd()} x\n`,
    `${text}\n\n\u2014 a AAAA\n`,
    `${text}\n\n${line.repeat(65)}`,
  ])
    expect(parseNote(wrong), JSON.stringify(wrong)).toBeUndefined();
  await expect(signNote(sha256, 'no end', [makeKey('a')])).rejects.toMatchObject({ code: 'note-invalid' });
  for (const wrong of ['', 'a+00000000+AAAA', peter.replace('c74f', 'c74e'), peter.replace('Peter', 'Paul')])
    expect(() => parseNoteKey(sha256, wrong)).toThrow('no key of a signed note');
});

test('[AU4] a checkpoint is origin, size and root, and nothing else', async () => {
  const key = makeKey('logs.example/a');
  const checkpoint = { origin: 'logs.example/a', size: 70_000, root: new Uint8Array(sha256('root')) };
  const note = await signNote(sha256, formatCheckpoint(checkpoint), [key]);
  expect(parseCheckpoint(note)?.checkpoint).toEqual(checkpoint);
  for (const [from, to] of [
    ['70000', '070000'],
    ['70000', '7e4'],
    ['70000', '-1'],
    ['70000', '99999999999999999999'],
    ['70000\n', '70000\nmore\n'],
    ['logs.example/a\n70000', '\n70000'],
  ] as const)
    expect(parseCheckpoint(note.replace(from, to)), to).toBeUndefined();
});

test('[AU5] tiles and bundles have the paths and widths that the specification gives', () => {
  expect(tilePath({ level: 0, tile: 1_234_067, width: 256 })).toBe('tile/0/x001/x234/067');
  expect(tilePath({ level: 3, tile: 7, width: 17 })).toBe('tile/3/007.p/17');
  expect(bundlePath({ tile: 1_000, width: 1 })).toBe('tile/entries/x001/000.p/1');
  // Its example: a tree of 70,000.
  const widths = [...levelsOf(70_000)].map((level) => {
    const tiles = [...tilesOf(70_000, level)];
    return [tiles.filter(({ width }) => width === 256).length, tiles.find(({ width }) => width < 256)?.width];
  });
  expect(widths).toEqual([
    [273, 112],
    [1, 17],
    [0, 1],
  ]);
  expect([...levelsOf(256)].map((level) => [...tilesOf(256, level)].map(({ width }) => width))).toEqual([[256], [1]]);
  expect([...levelsOf(0)]).toEqual([]);
});

test('[AU5] a bundle gives its entries back, and one that is cut off none', () => {
  const entries = [new Uint8Array(), Uint8Array.of(1, 2, 3), new Uint8Array(300).fill(7)];
  const bundle = encodeBundle(entries);
  expect(bundle.slice(0, 7)).toEqual(Uint8Array.of(0, 0, 0, 3, 1, 2, 3));
  expect(decodeBundle(bundle)).toEqual(entries);
  expect(decodeBundle(bundle.slice(0, -1))).toBeUndefined();
  expect(decodeBundle(bundle.slice(0, 3))).toBeUndefined();
});
