// Nobody gives others, or comes by through others, more than they may do themselves.
import { refused } from '@chorale/lib-errors';
import { operations } from '@chorale/module-access';
import { type AccessServices, type Caller, mayDo } from './caller.ts';

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
    const holder: Caller = { tenantId: caller.tenantId, subject: 'whoever', roles: [role], kind: 'person' };
    const wider = operations.find((each) => mayDo(access, holder, each) && !mayDo(access, caller, each));
    if (wider === undefined) continue;
    throw refused('not-permitted', `the role ${role} permits ${wider}, which whoever asks may not do`, {
      action: 'ask somebody who may, or give another role',
      data: { operation: wider },
    });
  }
}

/** As far as the roles permit: for what a key's scope is enough for. */
export function withoutScopes({ scopes: _scopes, ...caller }: Caller): Caller {
  return caller;
}
