import { compilePolicies } from '@chorale/adapter-cedar';
import { createPermissions, rolePolicies } from '@chorale/module-access';
import { expect, test } from 'vitest';
import { refuseUnknownRoles } from './open-security.ts';

const permissions = createPermissions(compilePolicies('test', rolePolicies));
const provider = (roles: readonly string[]) => [{ name: 'company', roles }] as never;

test('[AC29] roles that a configuration gives are there, or the start says which are not', () => {
  const given = {
    groupRoles: { Engineering: ['developer'], Board: ['owner', 'auditor'] },
    providers: provider(['viewer']),
  };
  expect(() => refuseUnknownRoles(permissions, given)).not.toThrow();
  const wrong = { groupRoles: { Engineering: ['developer', 'engineer'] }, providers: provider(['guest']) };
  expect(() => refuseUnknownRoles(permissions, wrong)).toThrow(
    expect.objectContaining({
      code: 'config-invalid',
      data: {
        mistakes: [
          'access.groupRoles.Engineering: there is no role engineer',
          'access.providers, company: roles: there is no role guest',
        ],
      },
    }),
  );
});
