// Secrets: put and named, never given back.
import type { Calls } from './calls.ts';

export interface SecretSummary {
  /** The goals of which may use it. */
  readonly projectId: string;
  readonly name: string;
  /** The newest, which is in use. */
  readonly version: number;
  /** Number of the tenant's key that seals it. */
  readonly dataKey: number;
  readonly createdAt: number;
  readonly createdBy: string;
}

/** Default: that of the key, or `default`. */
export interface OfProject {
  readonly projectId?: string;
}

export interface SecretMethods {
  /** Of one project, or of all that whoever asks reaches. */
  listSecrets(filter?: OfProject): Promise<readonly SecretSummary[]>;
  /** A new version, in use from now on. */
  putSecret(name: string, value: string, of?: OfProject): Promise<SecretSummary>;
  removeSecret(name: string, of?: OfProject): Promise<void>;
  /** A new key for all secrets of the tenant; they are sealed anew in the background. */
  rotateSecretKey(): Promise<{ readonly dataKey: number }>;
}

export function secretMethods({ items, post, remove }: Calls): SecretMethods {
  return {
    listSecrets: (filter) => items('/v1/secrets', { ...filter }),
    putSecret: (name, value, of) => post('/v1/secrets', { name, value, ...of }),
    removeSecret: (name, { projectId } = {}) =>
      remove(
        `/v1/secrets/${encodeURIComponent(name)}${projectId === undefined ? '' : `?projectId=${encodeURIComponent(projectId)}`}`,
      ),
    rotateSecretKey: () => post('/v1/secrets/rotate-key', {}),
  };
}
