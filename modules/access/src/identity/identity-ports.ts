// What identity needs from the world.
import type { Random } from '@chorale/lib-ids';
import type { Act } from '../audit/audit-entry.ts';
import type { Sha256 } from '../audit/merkle-tree.ts';
import type { IdentityStore } from './identity-store.ts';

/** Where what was done is written down. It resolves when that is durable. */
export interface AccessEvents {
  record(act: Omit<Act, 'actId' | 'at'>): Promise<void>;
}

export interface PasswordHasher {
  /** Whether it is one that many people have: those are guessed first. */
  isCommon(password: string): Promise<boolean>;
  /** With its parameters and its salt, as PHC writes it. */
  hash(password: string): Promise<string>;
  /** `stale`: made with parameters that are no longer in use. */
  verify(password: string, hash: string): Promise<{ readonly matches: boolean; readonly stale: boolean }>;
}

export interface IdentityPorts {
  readonly store: IdentityStore;
  readonly sha256: Sha256;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly now: () => number;
  readonly random: Random;
  readonly events: AccessEvents;
}
