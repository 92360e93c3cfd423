// All data of a tenant: taken along, or erased, wherever this installation keeps it.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { sha256 } from '@chorale/adapter-crypto';
import { openTenantFolder } from '@chorale/adapter-filesystem';
import { refused } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import {
  eraseTenant,
  exportTenant,
  homeTenant,
  previewErasure,
  requireConfirmation,
  type ErasePorts,
  type ErasePreview,
  type EraseOrder,
  type ErasureReceipt,
  type IdentityStore,
  type TenantPlace,
  type TenantRows,
} from '@chorale/module-access';
import type { SpendStore } from '@chorale/module-models';
import type { KeptBytes } from '../platform/open-artifacts.ts';
import type { Redactors } from '../secrets/redactors.ts';
import type { GoalRetentionPorts } from './retain-goals.ts';
import { openRetention, type Retention } from './retention.ts';

export interface TenantDataServices extends Retention {
  /** Lines of JSON; the last one has the hashes of all the others. */
  export(tenantId: TenantId): AsyncIterable<string>;
  /** @throws refused `home-tenant`. */
  previewErasure(tenantId: TenantId): Promise<ErasePreview>;
  /** @throws refused `home-tenant`, `tenant-held`, `erasure-not-confirmed`, temporary `tenant-busy`. */
  erase(order: EraseOrder): Promise<ErasureReceipt>;
}

export interface TenantDataOptions {
  readonly rows: TenantRows;
  readonly register: IdentityStore;
  readonly spend: Pick<SpendStore, 'execute'>;
  readonly dataDir: string;
  readonly bytes: Pick<KeptBytes, 'places' | 'listArtifacts' | 'removeArtifact'>;
  readonly listHolds: GoalRetentionPorts['listHolds'];
  /** Working memory that is not only in rows. */
  readonly inHand: TenantPlace;
  readonly redactors: Redactors;
  readonly sign: (text: string) => Promise<string>;
  /** Lets nobody of the tenant in any more, and ends what its agents do. */
  readonly close: (tenantId: TenantId) => Promise<void>;
  readonly now: () => number;
  readonly version: string;
}

export function openTenantData(options: TenantDataOptions): TenantDataServices {
  const { rows, register, dataDir, bytes, redactors, now, version } = options;
  const ports: ErasePorts = {
    rows,
    sha256,
    now,
    sign: options.sign,
    places: [
      options.inHand,
      ...bytes.places,
      { name: 'workspace files', ...openTenantFolder(join(dataDir, 'workspaces')) },
    ],
  };
  const newHash = () => {
    const hash = createHash('sha256');
    return { update: (text: string) => void hash.update(text), digest: () => new Uint8Array(hash.digest()) };
  };
  return {
    export: (tenantId) => exportTenant({ rows, newHash, now, version, listArtifacts: bytes.listArtifacts }, tenantId),
    async previewErasure(tenantId) {
      refuseHome(tenantId);
      return previewErasure(ports, tenantId);
    },
    ...openRetention({ rows, spend: options.spend, bytes, listHolds: options.listHolds }),
    async erase(order) {
      const { tenantId } = order;
      refuseHome(tenantId);
      await requireConfirmation(ports, order);
      refuseHeld(tenantId, await options.listHolds(tenantId));
      await options.close(tenantId);
      const receipt = await eraseTenant(ports, order);
      redactors.forget(tenantId);
      await register.execute({
        command: 'write-identity',
        tenantId: homeTenant,
        writes: [{ write: 'drop', kind: 'tenant', id: tenantId }],
      });
      return receipt;
    },
  };
}

/** Whatever is held is in the tenant, and would go with it. */
function refuseHeld(tenantId: TenantId, holds: readonly unknown[]): void {
  if (holds.length > 0)
    throw refused('tenant-held', `Of tenant ${tenantId} something is under legal hold (${holds.length} in all).`, {
      action:
        'Let somebody of the tenant lift them first: `chorale memory hold` lists them, and says why they are there.',
    });
}

function refuseHome(tenantId: TenantId): void {
  if (tenantId === homeTenant)
    throw refused('home-tenant', 'The home tenant runs the installation, and knows the others.', {
      action:
        'Its goals and calls go with `chorale retention apply --older-than 1d`. To end the installation: erase the others, take along ' +
        'what is wanted (`chorale tenants export`), end the server, and delete its data directory, database and bucket.',
    });
}
