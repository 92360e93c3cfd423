// Virtual keys: what a program shows instead of a provider's key.
//
// Owns:       the keys that were looked up lately.
// Invariants: MK1 the key itself is never kept, only its SHA-256; it has 256 random bits, so that the hash needs no salt.
//             MK2 one that is revoked here is refused at once, elsewhere within `freshMs`; an expired one at its time.
import { hash, randomBytes } from 'node:crypto';
import { type ChoraleError, refused } from '@chorale/lib-errors';
import type { ModelKey, SpendStore } from '@chorale/module-models';

const keyPrefix = 'sk-chorale-';
const keyBytes = 32;
/** Shown in lists: enough to tell keys apart, far too little to guess from. */
const shownLength = keyPrefix.length + 6;
const freshMs = 1_000;
const keptMax = 10_000;

export interface NewKey {
  /** To be shown once. */
  readonly key: string;
  readonly prefix: string;
  readonly hash: string;
}

export function makeModelKey(): NewKey {
  const key = `${keyPrefix}${randomBytes(keyBytes).toString('base64url')}`;
  return { key, prefix: key.slice(0, shownLength), hash: hashKey(key) };
}

function hashKey(key: string): string {
  return hash('sha256', key, 'hex');
}

export interface KeyRing {
  /** Expired and revoked ones, too. @throws refused `model-key-invalid` for one that is unknown. */
  find(key: string): ModelKey | Promise<ModelKey>;
  /** @throws refused `model-key-invalid` for one that has expired or was revoked. */
  requireValid(key: ModelKey): void;
  /** What was looked up is looked up anew. */
  forget(): void;
}

interface Seen {
  readonly key: ModelKey;
  readonly at: number;
}

export function createKeyRing(spend: Pick<SpendStore, 'findKey'>, now: () => number): KeyRing {
  const seen = new Map<string, Seen>();
  let generation = 0;

  async function lookUp(hashed: string): Promise<ModelKey> {
    const begun = generation;
    const key = await spend.findKey(hashed);
    if (key === undefined) throw invalidKey('it is not known here');
    if (seen.size >= keptMax) seen.clear();
    // A revocation that came meanwhile must not be covered by what was read before it.
    if (begun === generation) seen.set(hashed, { key, at: now() });
    return key;
  }

  return {
    find(key) {
      const hashed = hashKey(key);
      const known = seen.get(hashed);
      if (known !== undefined && now() - known.at < freshMs) return known.key;
      return lookUp(hashed);
    },
    requireValid: (key) => checkValid(key, now()),
    forget() {
      generation++;
      seen.clear();
    },
  };
}

function checkValid(key: ModelKey, now: number): void {
  if (key.revokedAt !== undefined) throw invalidKey(`${key.prefix}… was revoked`);
  if (key.expiresAt !== undefined && key.expiresAt <= now) throw invalidKey(`${key.prefix}… has expired`);
}

function invalidKey(why: string): ChoraleError {
  return refused('model-key-invalid', `the key is refused: ${why}`, {
    action: 'use another key; `chorale keys create` makes one',
  });
}
