// Nobody gives others, or comes by through others, more than they may do themselves.
import { refused } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import { operations, projectNotFound, projectsOfRoles, readRole } from '@chorale/module-access';
import { type AccessServices, type Caller, mayDoIn } from './caller.ts';

/**
 * `touched`: roles of whom it is about, before and after. Owners are made and changed by owners alone, whatever policies of
 * an installation's own permit others. @throws refused `not-permitted`.
 */
export function refuseWiderRoles(
  access: Pick<AccessServices, 'permissions'>,
  caller: Caller,
  ...touched: readonly (readonly string[])[]
): void {
  const roles = [...new Set(touched.flat())];
  if (roles.includes('owner') && !caller.roles.includes('owner'))
    throw refused('not-permitted', 'owners are made and changed by owners alone', { action: 'ask an owner' });
  for (const role of roles) {
    const { projectId } = readRole(role);
    const holder: Caller = { tenantId: caller.tenantId, subject: 'whoever', roles: [role], kind: 'person' };
    const wider = operations.find(
      (each) =>
        mayDoIn(access, holder, { operation: each, projectId }) &&
        !mayDoIn(access, caller, { operation: each, projectId }),
    );
    if (wider === undefined) continue;
    throw refused('not-permitted', `the role ${role} permits ${wider}, which whoever asks may not do`, {
      action: 'ask somebody who may, or give another role',
      data: { operation: wider },
    });
  }
}

/** Roles that nobody knows, or in projects that are not there, would give nothing. @throws refused `role-unknown`, `project-not-found`. */
export async function requireKnownRoles(
  { permissions, projects }: Pick<AccessServices, 'permissions' | 'projects'>,
  tenantId: TenantId,
  roles: readonly string[],
): Promise<void> {
  permissions.requireKnownRoles(roles);
  for (const projectId of projectsOfRoles(roles))
    if ((await projects.find(tenantId, projectId)) === undefined) throw projectNotFound(projectId);
}

/** As far as the roles permit: for what a key's scope is enough for. */
export function withoutScopes({ scopes: _scopes, ...caller }: Caller): Caller {
  return caller;
}
