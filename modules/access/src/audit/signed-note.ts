// Signed notes as C2SP specifies them (c2sp.org/signed-note): a text, an empty line, and a line for each signature. Any
// tool that reads them, a witness among others, reads ours.
import { refused } from '@chorale/lib-errors';
import { concatBytes, fromBase64, sameBytes, toBase64, toHex, utf8Bytes } from '../bytes.ts';
import type { Sha256 } from './merkle-tree.ts';

/** `ml-dsa-65` has no number of its own there: its type is 0xff and a name, as the specification asks for. */
export type NoteAlgorithm = 'ed25519' | 'ml-dsa-65';

export interface NoteKey {
  /** Whose key it is: without spaces and `+`; for a log, its origin. */
  readonly name: string;
  readonly algorithm: NoteAlgorithm;
  /** As its standard writes it: 32 bytes of RFC 8032, 1,952 bytes of FIPS 204. */
  readonly publicKey: Uint8Array;
}

export interface NoteSigner extends NoteKey {
  sign(text: Uint8Array): Promise<Uint8Array>;
}

/** Handed in: whether the signature is the key's. Answers false to a key or signature that is none. */
export type VerifySignature = (key: NoteKey, text: Uint8Array, signature: Uint8Array) => boolean;

export interface NoteSignature {
  readonly name: string;
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
}

export interface SignedNote {
  /** With its last line's end, and without the empty line. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

const types: { readonly [Algorithm in NoteAlgorithm]: Uint8Array } = {
  ed25519: Uint8Array.of(1),
  'ml-dsa-65': concatBytes(Uint8Array.of(0xff), utf8Bytes('chorale/ml-dsa-65\n')),
};
const keyLengths: { readonly [Algorithm in NoteAlgorithm]: number } = { ed25519: 32, 'ml-dsa-65': 1_952 };
const signaturesMax = 64;
const noteLengthMax = 1_000_000;
/** Ends of lines apart, a note has no control characters. */
const notAllowed = /(?!\n|[\u007f-\u009f])\p{Cc}/u;
const keyName = /^[^\s+]+$/u;

export function keyIdOf(sha256: Sha256, { name, algorithm, publicKey }: NoteKey): Uint8Array {
  return sha256(concatBytes(utf8Bytes(`${name}\n`), types[algorithm], publicKey)).slice(0, 4);
}

/** The key in one line, for who is to verify: `name+id+key`. */
export function formatNoteKey(sha256: Sha256, key: NoteKey): string {
  const id = toHex(keyIdOf(sha256, key));
  return `${key.name}+${id}+${toBase64(concatBytes(types[key.algorithm], key.publicKey))}`;
}

export function parseNoteKey(sha256: Sha256, line: string): NoteKey {
  const [name = '', id, ...rest] = line.trim().split('+');
  const bytes = fromBase64(rest.join('+'));
  for (const algorithm of ['ed25519', 'ml-dsa-65'] as const) {
    const type = types[algorithm];
    if (bytes === undefined || bytes.length !== type.length + keyLengths[algorithm]) continue;
    if (!sameBytes(bytes.slice(0, type.length), type)) continue;
    const key = { name, algorithm, publicKey: bytes.slice(type.length) };
    if (keyName.test(name) && toHex(keyIdOf(sha256, key)) === id) return key;
  }
  throw refused('note-key-invalid', `This is no key of a signed note: ${line.slice(0, 60)}`, {
    action: 'Give the whole line as it was printed: name, id and key with + between them.',
  });
}

export async function signNote(sha256: Sha256, text: string, signers: readonly NoteSigner[]): Promise<string> {
  if (!text.endsWith('\n') || notAllowed.test(text))
    throw refused('note-invalid', 'A note ends with a line feed and has no other control characters.');
  const bytes = utf8Bytes(text);
  const lines = signers.map(async (signer) => {
    const signature = concatBytes(keyIdOf(sha256, signer), await signer.sign(bytes));
    return `\u2014 ${signer.name} ${toBase64(signature)}\n`;
  });
  return `${text}\n${(await Promise.all(lines)).join('')}`;
}

/** Undefined where it is none. Nothing is verified yet. */
export function parseNote(note: string): SignedNote | undefined {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || note.length > noteLengthMax || notAllowed.test(note) || !note.endsWith('\n')) return undefined;
  const lines = note.slice(end + 2, -1).split('\n');
  if (lines.length > signaturesMax) return undefined;
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const [dash, name = '', encoded = '', ...more] = line.split(' ');
    const bytes = fromBase64(encoded);
    if (dash !== '\u2014' || more.length > 0 || !keyName.test(name)) return undefined;
    if (bytes === undefined || bytes.length < 5) return undefined;
    signatures.push({ name, keyId: bytes.slice(0, 4), signature: bytes.slice(4) });
  }
  return { text: note.slice(0, end + 1), signatures };
}

export interface NoteTrust {
  readonly sha256: Sha256;
  readonly verify: VerifySignature;
  /** Each of them must have signed. Signatures of others say nothing, and are passed over. */
  readonly keys: readonly NoteKey[];
}

/** The first key whose signature is missing or wrong; undefined when all of them signed this very text. */
export function findUnsigned({ text, signatures }: SignedNote, trust: NoteTrust): NoteKey | undefined {
  const bytes = utf8Bytes(text);
  return trust.keys.find((key) => {
    const id = keyIdOf(trust.sha256, key);
    const own = signatures.filter(({ name, keyId }) => name === key.name && sameBytes(keyId, id));
    return own.length === 0 || !own.every(({ signature }) => trust.verify(key, bytes, signature));
  });
}
