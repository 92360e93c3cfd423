import { refused } from '@chorale/lib-errors';
import { projectNotFound, type Principal } from '@chorale/module-access';
import type { Caller } from '../caller.ts';
import { defineRoute, type Route } from '../route.ts';
import { accessExplanationSchema, accessQuestionSchema } from '../schemas/tenant.ts';
import type { ApiServices } from '../services.ts';

/** A member by id or login, with the roles that groups give as well. @throws refused `user-not-found`. */
async function findPrincipal({ identity }: ApiServices, { tenantId }: Caller, subject: string): Promise<Principal> {
  const user = (await identity.users.find(tenantId, subject)) ?? (await identity.users.findByLogin(tenantId, subject));
  if (user === undefined) throw refused('user-not-found', `There is no member ${subject}.`);
  const roles = user.body.active ? await identity.groups.rolesOf(tenantId, user.id, user.body) : [];
  return { tenantId, subject: user.id, roles };
}

const explain = defineRoute({
  method: 'POST',
  address: '/v1/access/explain',
  operation: 'explainAccess',
  summary: 'Say whether somebody may do something, and why',
  tag: 'account',
  permit: 'policy.read',
  record: 'none',
  body: accessQuestionSchema,
  responses: {
    200: { description: 'The decision, the policies behind it, and who else may.', schema: accessExplanationSchema },
  },
  refusals: ['user-not-found', 'project-not-found'],
  handle: async ({ caller, body: { subject, operation, ...of } }, { services }) => {
    if (
      of.projectId !== undefined &&
      (await services.access.projects.find(caller.tenantId, of.projectId)) === undefined
    )
      throw projectNotFound(of.projectId);
    const principal: Principal = subject === undefined ? caller : await findPrincipal(services, caller, subject);
    const explained = services.access.permissions.explain({
      principal,
      operation,
      resource: { tenantId: caller.tenantId, projectId: of.projectId },
    });
    const { allowed, because, decidedBy, rolesThatMay, policyVersion } = explained;
    const answer = { allowed, because, decidedBy, rolesThatMay, policyVersion };
    return { status: 200, body: { subject: principal.subject, roles: principal.roles, operation, ...of, ...answer } };
  },
});

export const accessRoutes: readonly Route[] = [explain];
