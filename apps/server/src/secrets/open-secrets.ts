// The secrets of this installation: the keys that seal them, and what uses them.
import { join } from 'node:path';
import { openKeyFile, randomBytes, readKeyText, secretCipher } from '@chorale/adapter-crypto';
import { openTransitKeys, parseTransitAddress } from '@chorale/adapter-transit';
import { refused } from '@chorale/lib-errors';
import { openSecretVault, type KeyEncryptionKeys, type SecretStore, type SecretVault } from '@chorale/module-access';
import { readSecret } from '../config/read-secret.ts';
import type { Redactors } from './redactors.ts';

export interface SecretServices {
  readonly vault: SecretVault;
  readonly store: SecretStore;
  readonly keys: KeyEncryptionKeys;
  readonly redactors: Redactors;
}

export interface SecretOptions {
  readonly store: SecretStore;
  /** Where the key is that is made at the first start. */
  readonly directory: string;
  /** `env:NAME`, `file:PATH`, `transit:https://...`, or empty for a file in the directory. */
  readonly keyReference: string;
  /** `env:NAME` or `file:PATH`: with which a key service is asked. */
  readonly tokenReference: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly redactors: Redactors;
  /** What connections to a key service go through. */
  readonly dispatcher?: RequestInit['dispatcher'];
  readonly now: () => number;
}

/** @throws refused `key-encryption-key-invalid`, `key-file-exposed`, `secret-missing`. */
export function openSecrets({ store, redactors, now, ...options }: SecretOptions): SecretServices {
  const keys = openKeys({ ...options, redactors, now });
  const vault = openSecretVault({ store, cipher: secretCipher, keys, randomBytes, now });
  return { vault, store, keys, redactors };
}

type KeyOptions = Omit<SecretOptions, 'store'>;

function openKeys({ directory, keyReference, env, ...options }: KeyOptions): KeyEncryptionKeys {
  if (keyReference === '') return openKeyFile(join(directory, 'key-encryption-key'));
  if (keyReference.startsWith('transit:')) {
    const readToken = (): string => {
      const value = readSecret(options.tokenReference || 'env:VAULT_TOKEN', 'The token of the key service', env);
      options.redactors.learn({ name: 'key service token', value });
      return value;
    };
    const { dispatcher, now } = options;
    const through = dispatcher === undefined ? {} : { dispatcher };
    return openTransitKeys({ ...parseTransitAddress(keyReference), readToken, ...through, now });
  }
  if (keyReference.startsWith('file:')) return openKeyFile(keyReference.slice('file:'.length));
  const variable = keyReference.slice('env:'.length);
  const text = env[variable] ?? '';
  if (text === '')
    throw refused('secret-missing', `The key-encryption key is configured as ${keyReference}, which is not set.`, {
      action: 'Set the variable to one or more keys in base 64, the newest first.',
    });
  return readKeyText(text, variable);
}
