// Key-encryption keys at hand: from a file beside the data, made at the first start, or from an environment variable. The
// first key wraps, all of them unwrap: to change it, put a new one in front, rekey, and take the old one away.
import { createHash, randomBytes } from 'node:crypto';
import { refused } from '@chorale/lib-errors';
import type { KeyEncryptionKeys } from '@chorale/module-access';
import { secretCipher } from './secret-cipher.ts';
import { readOrMakeSecretFile } from './secret-file.ts';

const keyBytes = 32;
const keysMax = 16;

/** The file has one key in base 64 on each line. @throws as `readOrMakeSecretFile`; refused `key-encryption-key-invalid`. */
export function openKeyFile(path: string): KeyEncryptionKeys {
  const text = readOrMakeSecretFile(path, () => `${makeKeyText()}\n`);
  return keysAtHand(parseKeys(text, `The file ${path}`));
}

/** The variable's text has keys in base 64 with spaces or commas between. */
export function readKeyText(text: string, variable: string): KeyEncryptionKeys {
  return keysAtHand(parseKeys(text, `The variable ${variable}`));
}

/** 256 random bits in base 64: a line for the file, a value for the variable. */
export function makeKeyText(): string {
  return randomBytes(keyBytes).toString('base64');
}

interface NamedKey {
  readonly name: string;
  readonly key: Buffer;
}

function parseKeys(text: string, where: string): readonly NamedKey[] {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  const keys = words.map((word) => Buffer.from(word, 'base64'));
  const wrong = keys.findIndex((key, index) => key.length !== keyBytes || key.toString('base64') !== words[index]);
  if (words.length === 0 || words.length > keysMax || wrong >= 0) {
    // Never the word itself: it may be a key with a slip in it.
    const found =
      wrong >= 0 ? `key no. ${wrong + 1} of ${words.length} is not 32 bytes` : `it has ${words.length} keys`;
    throw refused('key-encryption-key-invalid', `${where} has no key-encryption keys in base 64: ${found}.`, {
      action: 'Restore it from a backup. For a new installation, make a key with: openssl rand -base64 32',
    });
  }
  return keys.map((key) => ({ name: nameOf(key), key }));
}

/** The beginning of a hash of the key: the same key has the same name wherever it comes from, and the name tells nothing. */
function nameOf(key: Buffer): string {
  return `key-${createHash('sha256').update('chorale key-encryption key\n').update(key).digest('hex').slice(0, 16)}`;
}

function keysAtHand(keys: readonly NamedKey[]): KeyEncryptionKeys {
  const [current] = keys;
  return {
    current: async () => current!.name,
    wrap: async (dataKey, bound) => ({
      wrappedBy: current!.name,
      wrapped: secretCipher.seal(current!.key, dataKey, bound),
    }),
    async unwrap({ wrappedBy, wrapped }, bound) {
      const found = keys.find(({ name }) => name === wrappedBy);
      return found === undefined ? undefined : secretCipher.open(found.key, wrapped, bound);
    },
  };
}
