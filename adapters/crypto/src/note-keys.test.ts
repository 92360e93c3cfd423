import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findUnsigned, formatNoteKey, parseNote, parseNoteKey, signNote } from '@chorale/module-access';
import { afterAll, expect, test } from 'vitest';
import { makeNoteSigner, openNoteSigner, verifySignature } from './note-keys.ts';
import { sha256 } from './sha256.ts';

const directory = mkdtempSync(join(tmpdir(), 'chorale-keys-'));
const algorithms = ['ed25519', 'ml-dsa-65'] as const;

afterAll(() => rmSync(directory, { recursive: true }));

test('[AU14] both kinds of keys sign a note, and each is asked for', async () => {
  const signers = algorithms.map((algorithm) => ({ ...makeNoteSigner(algorithm), name: 'logs.example/north' }));
  const note = parseNote(await signNote(sha256, 'text\n', signers))!;
  expect(note.signatures.map(({ signature }) => signature.length)).toEqual([64, 3_309]);
  const trust = { sha256, verify: verifySignature };
  expect(findUnsigned(note, { ...trust, keys: signers })).toBeUndefined();
  for (const [index, key] of signers.entries()) {
    const without = { ...note, signatures: note.signatures.toSpliced(index, 1) };
    expect(findUnsigned(without, { ...trust, keys: signers })).toBe(key);
    const other = { ...makeNoteSigner(key.algorithm), name: key.name };
    expect(findUnsigned(note, { ...trust, keys: [other] })).toBe(other);
    expect(findUnsigned({ ...note, text: 'Text\n' }, { ...trust, keys: [key] })).toBe(key);
    const line = formatNoteKey(sha256, key);
    expect(parseNoteKey(sha256, line)).toMatchObject({ name: key.name, algorithm: key.algorithm });
    expect(formatNoteKey(sha256, parseNoteKey(sha256, line))).toBe(line);
  }
});

test('[AU14] bytes that are no key or no signature are a wrong signature', () => {
  const { algorithm, publicKey } = makeNoteSigner('ml-dsa-65');
  const text = Buffer.from('text');
  expect(verifySignature({ name: 'a', algorithm, publicKey }, text, new Uint8Array(3))).toBe(false);
  expect(verifySignature({ name: 'a', algorithm, publicKey: new Uint8Array(3) }, text, new Uint8Array(3_309))).toBe(
    false,
  );
  expect(verifySignature({ name: 'a', algorithm: 'ed25519', publicKey }, text, new Uint8Array(64))).toBe(false);
});

test.each(algorithms)(
  '[AU14] a key of %s is made once, in a file of mode 600, and is the same the next time',
  async (algorithm) => {
    const path = join(directory, 'keys', `${algorithm}.pem`);
    const made = openNoteSigner(path, algorithm);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, 'keys')).mode & 0o777).toBe(0o700);
    const again = openNoteSigner(path, algorithm);
    expect(again.publicKey).toEqual(made.publicKey);
    const text = Buffer.from('text');
    const key = { name: 'a', algorithm, publicKey: made.publicKey };
    expect(verifySignature(key, text, await again.sign(text))).toBe(true);
    expect(readFileSync(path, 'utf8')).toContain('PRIVATE KEY');
  },
);

test('[AU14] a file that others may read, or that has no such key, is refused with what to do', () => {
  const path = join(directory, 'exposed.pem');
  openNoteSigner(path, 'ed25519');
  for (const mode of [0o640, 0o604, 0o620]) {
    chmodSync(path, mode);
    expect(() => openNoteSigner(path, 'ed25519')).toThrow(expect.objectContaining({ code: 'key-file-exposed' }));
  }
  chmodSync(path, 0o600);
  expect(() => openNoteSigner(path, 'ml-dsa-65')).toThrow(expect.objectContaining({ code: 'key-file-invalid' }));
  writeFileSync(path, 'nothing');
  expect(() => openNoteSigner(path, 'ed25519')).toThrow(expect.objectContaining({ code: 'key-file-invalid' }));
});
