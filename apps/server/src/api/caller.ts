// Who asks, and whether they may: every route and stream says which operation it is, and what nobody permits is refused.
import { type ChoraleError, refused } from '@chorale/lib-errors';
import { defaultTenant, type ProjectId, type TenantId } from '@chorale/lib-ids';
import {
  projectsOfRoles,
  type Operation,
  type Permissions,
  type PolicyResource,
  type Projects,
} from '@chorale/module-access';
import type { FastifyRequest } from 'fastify';

export interface Caller {
  readonly tenantId: TenantId;
  /** A person, a service account or an agent, by its id. */
  readonly subject: string;
  readonly roles: readonly string[];
  /** `system`: this process itself, on behalf of whoever started it. */
  readonly kind: 'person' | 'service' | 'key' | 'system';
  readonly sessionId?: string;
  readonly keyId?: string;
  /** Operations that the key or token is limited to; they only take away from what the roles permit. */
  readonly scopes?: readonly string[];
  /** The one project that the key or token is for. */
  readonly boundTo?: ProjectId | undefined;
  /** Of the certificate without which the token is nobody's. */
  readonly thumbprint?: string;
}

export interface AccessServices {
  /** Undefined where nothing that is known here came with the request. @throws refused `tenant-suspended`. */
  authenticate(request: FastifyRequest): Caller | undefined | Promise<Caller | undefined>;
  readonly permissions: Permissions;
  readonly projects: Projects;
  /** Whether each approval is for somebody else than who asked; otherwise those that say so. */
  readonly fourEyesAlways: boolean;
}

/** Reached by everybody: nothing of a tenant may be behind it. */
export type Permit = Operation | 'public';

/** Subject of the first owner, and of work that this process does for whoever started it. */
export const localOwner = 'owner';

/** Of the key that whoever may read the data directory holds. */
export const localKeyId = 'local';

export const systemCaller: Caller = {
  tenantId: defaultTenant,
  subject: localOwner,
  roles: ['owner'],
  kind: 'system',
};

/** On public routes. No tenant has this id, and no policy permits it anything. */
export const nobody: Caller = { tenantId: '' as TenantId, subject: 'nobody', roles: [], kind: 'person' };

export interface Wanted {
  readonly permit: Permit;
  /** Who may do it in some projects alone is let in as well: what they reach is for `scopeOf` to say. */
  readonly inProjects?: boolean | undefined;
}

/** @throws refused `unauthenticated` and `not-permitted`. */
export async function admit(
  access: AccessServices,
  request: FastifyRequest,
  { permit, inProjects = false }: Wanted,
): Promise<Caller> {
  if (permit === 'public') return nobody;
  const caller = await access.authenticate(request);
  if (caller === undefined) throw unauthenticated();
  // Known from here on, also to whoever writes down that it was refused.
  request.caller = caller;
  if (inProjects && !mayDo(access, caller, permit) && (await projectsWhere(access, caller, permit)).length > 0)
    return caller;
  requirePermission(access, { caller, operation: permit });
  return caller;
}

/** Asked again of who follows something, with what they are and may by now. @throws refused `unauthenticated`, `not-permitted`. */
export async function readmit(
  access: AccessServices,
  request: FastifyRequest,
  { permit, goal }: { readonly permit: Operation; readonly goal?: PolicyResource | undefined },
): Promise<void> {
  const caller = await admit(access, request, { permit, inProjects: true });
  if (goal !== undefined && scopeOf(access, caller, permit)?.may(goal.projectId!) === false)
    requirePermission(access, { caller, operation: permit, resource: goal });
}

/** Where somebody may do something, who may not do it in the whole tenant, or not everywhere in it. */
export interface ProjectScope {
  may(this: void, projectId: ProjectId): boolean;
  /** Whether that it is there is no secret to them. */
  sees(this: void, projectId: ProjectId): boolean;
  /** Those in which they may. */
  list(this: void): Promise<readonly ProjectId[]>;
}

/** Undefined for who may do it in the whole tenant. */
export function scopeOf(access: AccessServices, caller: Caller, operation: Operation): ProjectScope | undefined {
  if (!access.permissions.namesProjects && mayDo(access, caller, operation)) return undefined;
  return {
    may: (projectId) => mayDoIn(access, caller, { operation, projectId }),
    sees: (projectId) => mayDoIn(access, caller, { operation: 'goal.read', projectId }),
    list: () => projectsWhere(access, caller, operation),
  };
}

async function projectsWhere(
  access: AccessServices,
  caller: Caller,
  operation: Operation,
): Promise<readonly ProjectId[]> {
  const { boundTo, roles } = caller;
  const named = boundTo === undefined ? projectsOfRoles(roles) : [boundTo];
  if (named.length === 0 && !access.permissions.namesProjects) return [];
  const all = await access.projects.list(caller.tenantId);
  return all.map(({ projectId }) => projectId).filter((projectId) => mayDoIn(access, caller, { operation, projectId }));
}

export interface Asked {
  readonly caller: Caller;
  readonly operation: Operation;
  /** Default: something of the caller's whole tenant. */
  readonly resource?: PolicyResource;
}

/** @throws refused `not-permitted`. */
export function requirePermission(
  { permissions }: Pick<AccessServices, 'permissions'>,
  { caller, operation, resource = { tenantId: caller.tenantId } }: Asked,
): void {
  refuseOutOfScope(caller, operation);
  permissions.require({ principal: caller, operation, resource });
}

/** For parts of an answer that not everybody may see who may see the rest. Of the whole tenant. */
export function mayDo(access: Pick<AccessServices, 'permissions'>, caller: Caller, operation: Operation): boolean {
  return mayDoIn(access, caller, { operation });
}

export interface DoneIn {
  readonly operation: Operation;
  /** Undefined: to something of the whole tenant. */
  readonly projectId?: ProjectId | undefined;
}

export function mayDoIn(
  { permissions }: Pick<AccessServices, 'permissions'>,
  caller: Caller,
  { operation, projectId }: DoneIn,
): boolean {
  if (caller.scopes?.includes(operation) === false) return false;
  const resource = { tenantId: caller.tenantId, projectId };
  return permissions.decide({ principal: caller, operation, resource }).allowed;
}

/** In the whole tenant, or in one of the projects that their roles and their key name. */
export function mayDoSomewhere(
  access: Pick<AccessServices, 'permissions'>,
  caller: Caller,
  operation: Operation,
): boolean {
  const { boundTo, roles } = caller;
  const named = boundTo === undefined ? projectsOfRoles(roles) : [boundTo];
  return [undefined, ...named].some((projectId) => mayDoIn(access, caller, { operation, projectId }));
}

/** Who shows a token makes nothing that outlives it. @throws refused `not-permitted`. */
export function refuseToken({ scopes, keyId }: Caller): void {
  if (scopes === undefined || keyId !== undefined) return;
  throw refused('not-permitted', 'a short-lived token makes no other token and no key', {
    action: 'ask with the key or the session that the token was made with',
  });
}

/** A session may do more than a key or a token that is for something. @throws refused `not-permitted`. */
export function refuseLimited({ scopes }: Caller): void {
  if (scopes === undefined) return;
  throw refused('not-permitted', 'a key that is limited to some operations opens no session', { action: 'log in' });
}

function refuseOutOfScope({ scopes }: Caller, operation: Operation): void {
  if (scopes?.includes(operation) === false)
    throw refused('not-permitted', `this key is not for ${operation}`, {
      action: 'use a key whose scopes name it, or log in',
      data: { operation },
    });
}

function unauthenticated(): ChoraleError {
  return refused('unauthenticated', 'nobody that is known here asks', {
    action:
      'log in on the page, or send `Authorization: Bearer` and a key; `chorale` takes one from CHORALE_KEY or --key-file',
  });
}
