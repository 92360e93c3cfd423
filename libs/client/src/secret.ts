// Secrets: put and named, never given back.
import type { Calls } from './calls.ts';

export interface SecretSummary {
  readonly name: string;
  /** The newest, which is in use. */
  readonly version: number;
  /** Number of the tenant's key that seals it. */
  readonly dataKey: number;
  readonly createdAt: number;
  readonly createdBy: string;
}

export interface SecretMethods {
  listSecrets(): Promise<readonly SecretSummary[]>;
  /** A new version, in use from now on. */
  putSecret(name: string, value: string): Promise<SecretSummary>;
  removeSecret(name: string): Promise<void>;
  /** A new key for all secrets of the tenant; they are sealed anew in the background. */
  rotateSecretKey(): Promise<{ readonly dataKey: number }>;
}

export function secretMethods({ items, post, remove }: Calls): SecretMethods {
  return {
    listSecrets: () => items('/v1/secrets'),
    putSecret: (name, value) => post('/v1/secrets', { name, value }),
    removeSecret: (name) => remove(`/v1/secrets/${encodeURIComponent(name)}`),
    rotateSecretKey: () => post('/v1/secrets/rotate-key', {}),
  };
}
