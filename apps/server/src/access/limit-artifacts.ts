// Artifacts within the storage that a tenant may use.
import { ChoraleError, refused } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import type { ArtifactStore } from '@chorale/module-goals';
import type { TenantServices } from './tenant-services.ts';

export function limitArtifacts(artifacts: ArtifactStore, tenants: Pick<TenantServices, 'storageLeft'>): ArtifactStore {
  return {
    ...(artifacts.link === undefined ? {} : { link: artifacts.link }),
    open: (tenantId, hash) => artifacts.open(tenantId, hash),
    async put(tenantId, bytes, { sizeBytesMax }) {
      const left = await tenants.storageLeft(tenantId);
      if (left === undefined || left >= sizeBytesMax) return artifacts.put(tenantId, bytes, { sizeBytesMax });
      try {
        return await artifacts.put(tenantId, bytes, { sizeBytesMax: Math.max(0, left) });
      } catch (cause) {
        if (cause instanceof ChoraleError && cause.code === 'artifact-too-large') throw noRoom(tenantId, left, cause);
        throw cause;
      }
    },
  };
}

function noRoom(tenantId: TenantId, left: number, cause: Error): Error {
  return refused(
    'quota-exceeded',
    `${tenantId} has ${Math.max(0, left)} bytes left for artifacts, and this is larger.`,
    {
      cause,
      action: 'Ask whoever runs the installation for a larger quota.',
      data: { quota: 'storageBytes', left },
    },
  );
}
