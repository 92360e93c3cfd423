// The roles of somebody as they are now, for work that goes on while they are away.
import type { TenantId } from '@chorale/lib-ids';
import type { Identity } from '@chorale/module-access';

/** None for who is not there any more, or may not log in. */
export function findRoles({ users, groups }: Pick<Identity, 'users' | 'groups'>) {
  return async (tenantId: TenantId, subject: string): Promise<readonly string[]> => {
    const user = await users.find(tenantId, subject);
    return user?.body.active === true ? groups.rolesOf(tenantId, subject, user.body) : [];
  };
}
