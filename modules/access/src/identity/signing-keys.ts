// The public halves of the keys that sign tokens, as all processes of an installation publish and find them.
//
// Invariants: SG1 a private key never leaves the process that made it, and is never kept: what a process signed is verified by
//                 all, also after it has ended, until the token has.
import type { TenantId } from '@chorale/lib-ids';
import type { IdentityPorts } from './identity-ports.ts';

export type PublicKey = Readonly<Record<string, unknown>>;

export interface SigningKeys {
  publish(keyId: string, key: PublicKey, until: number): Promise<void>;
  /** Those that still count. */
  list(): Promise<readonly PublicKey[]>;
}

/** Of processes, and of a day. */
const keysMax = 1_000;

/** `home`: the tenant of the installation itself. */
export function openSigningKeys({ store, now }: Pick<IdentityPorts, 'store' | 'now'>, home: TenantId): SigningKeys {
  return {
    async publish(keyId, key, until) {
      const record = {
        tenantId: home,
        kind: 'signingKey' as const,
        id: keyId,
        version: 1,
        expiresAt: until,
        body: { key },
      };
      await store.execute({ command: 'write-identity', tenantId: home, writes: [{ write: 'add', record }] });
    },
    async list() {
      const found = await store.listRecords(home, 'signingKey', { limit: keysMax });
      return found.filter(({ expiresAt = 0 }) => expiresAt > now()).map(({ body }) => body.key);
    },
  };
}
