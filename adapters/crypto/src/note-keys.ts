// Keys that sign checkpoints: Ed25519, which witnesses read today, and ML-DSA-65 (FIPS 204), which stays hard to forge when
// there are large quantum computers.
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import { refused } from '@chorale/lib-errors';
import type { NoteAlgorithm, NoteSigner, VerifySignature } from '@chorale/module-access';
import { readOrMakeSecretFile } from './secret-file.ts';

/** What stands before the bytes of a public key in its DER form (SPKI): the algorithm's identifier and lengths. */
const prefixes: { readonly [Algorithm in NoteAlgorithm]: Buffer } = {
  ed25519: Buffer.from('302a300506032b6570032100', 'hex'),
  'ml-dsa-65': Buffer.from('308207b2300b0609608648016503040312038207a100', 'hex'),
};

/** Reads the key from a file of PEM, or makes one there. */
export function openNoteSigner(path: string, algorithm: NoteAlgorithm): Omit<NoteSigner, 'name'> {
  return noteSigner(readPrivateKey(path, algorithm), algorithm);
}

/** A new private key, as PEM. */
export function makeNoteKey(algorithm: NoteAlgorithm): string {
  return generate(algorithm).export({ format: 'pem', type: 'pkcs8' }) as string;
}

/** @throws refused `key-file-invalid`; `from` says where the key was. */
export function readNoteSigner(pem: string, algorithm: NoteAlgorithm, from: string): Omit<NoteSigner, 'name'> {
  return noteSigner(readPem(pem, algorithm, from), algorithm);
}

/** A key for as long as the process runs. */
export function makeNoteSigner(algorithm: NoteAlgorithm): Omit<NoteSigner, 'name'> {
  return noteSigner(generate(algorithm), algorithm);
}

export const verifySignature: VerifySignature = ({ algorithm, publicKey }, text, signature) => {
  try {
    const der = Buffer.concat([prefixes[algorithm], publicKey]);
    return verify(null, text, publicKeyOf(der), signature);
  } catch {
    // Bytes that are no key or no signature.
    return false;
  }
};

/** Reading a key takes a third of verifying with it, and logs have few. */
const publicKeys = new Map<string, KeyObject>();
const publicKeysMax = 64;

function publicKeyOf(der: Buffer): KeyObject {
  const name = der.toString('base64');
  let key = publicKeys.get(name);
  if (key === undefined) {
    key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    if (publicKeys.size >= publicKeysMax) publicKeys.clear();
    publicKeys.set(name, key);
  }
  return key;
}

function noteSigner(privateKey: KeyObject, algorithm: NoteAlgorithm): Omit<NoteSigner, 'name'> {
  const der = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const publicKey = new Uint8Array(der.subarray(prefixes[algorithm].length));
  return { algorithm, publicKey, sign: async (text) => sign(null, text, privateKey) };
}

function generate(algorithm: NoteAlgorithm): KeyObject {
  return algorithm === 'ed25519'
    ? generateKeyPairSync('ed25519').privateKey
    : generateKeyPairSync('ml-dsa-65').privateKey;
}

function readPrivateKey(path: string, algorithm: NoteAlgorithm): KeyObject {
  return readPem(
    readOrMakeSecretFile(path, () => makeNoteKey(algorithm)),
    algorithm,
    `The file ${path}`,
  );
}

function readPem(pem: string, algorithm: NoteAlgorithm, from: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === algorithm) return key;
  } catch (cause) {
    throw keyInvalid(from, algorithm, cause);
  }
  throw keyInvalid(from, algorithm);
}

function keyInvalid(from: string, algorithm: NoteAlgorithm, cause?: unknown): Error {
  return refused('key-file-invalid', `${from} has no ${algorithm} private key in PEM.`, {
    cause,
    action: 'Restore it from a backup. Under a new key, what the old one signed is verified with the old public key.',
  });
}
