// Who is known to this process, and what they may do.
import { compilePolicies } from '@chorale/adapter-cedar';
import { defaultTenant } from '@chorale/lib-ids';
import { createPermissions, rolePolicies } from '@chorale/module-access';
import type { FastifyRequest } from 'fastify';
import { type AccessServices, type Caller, localOwner } from '../api/caller.ts';
import { openLocalKey } from './local-key.ts';

const bearer = /^Bearer +(\S+)$/i;

const localCaller: Caller = {
  tenantId: defaultTenant,
  subject: localOwner,
  roles: ['owner'],
  kind: 'key',
  keyId: 'local',
};

export async function openAccess({ dataDir }: { readonly dataDir: string }): Promise<AccessServices> {
  const localKey = await openLocalKey(dataDir);
  return {
    permissions: createPermissions(compilePolicies('shipped', rolePolicies)),
    authenticate(request) {
      const given = findBearer(request);
      if (given !== undefined) return localKey.matches(given) ? localCaller : undefined;
      // IDENTITY: until the page can log in, whoever reaches loopback without saying who they are is the owner.
      return isLoopback(request) ? localCaller : undefined;
    },
  };
}

function findBearer({ headers }: FastifyRequest): string | undefined {
  const { authorization } = headers;
  return authorization === undefined ? undefined : (bearer.exec(authorization)?.[1] ?? '');
}

function isLoopback({ socket }: FastifyRequest): boolean {
  return /^(?:::1|(?:::ffff:)?127\.\d+\.\d+\.\d+)$/.test(socket.remoteAddress ?? '');
}
