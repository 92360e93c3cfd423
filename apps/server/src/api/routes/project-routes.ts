// Projects of a tenant, and who is in them.
//
// Invariants: PT1 a role in a project is given by who may do there what it permits, in the project or in the whole tenant.
//             PT2 quotas are for who manages all projects: nobody widens the limits of their own.
import { refused } from '@chorale/lib-errors';
import { makeId, type ProjectId, type TenantId } from '@chorale/lib-ids';
import {
  projectNotFound,
  readRole,
  refuseAboveTenant,
  roleInProject,
  type ProjectQuotas,
  type RegisteredProject,
  type UserRecord,
} from '@chorale/module-access';
import type { ProjectMember } from '@chorale/lib-client';
import { z } from 'zod';
import { actBy } from '../../audit/act-by.ts';
import { limitOf } from '../../models/configured-budgets.ts';
import { type Caller, requirePermission, scopeOf } from '../caller.ts';
import { refuseWiderRoles, requireKnownRoles, withoutScopes } from '../refuse-wider-roles.ts';
import { defineRoute, type Route } from '../route.ts';
import { pageOf, projectId as id } from '../schemas/fields.ts';
import {
  projectChangeSchema,
  projectDetailsSchema,
  projectMemberRequestSchema,
  projectMemberSchema,
  projectRequestSchema,
  projectSchema,
} from '../schemas/project.ts';
import type { ApiServices } from '../services.ts';

const path = z.strictObject({ projectId: id });
const onProject = ({ path: { projectId } }: { readonly path: { readonly projectId: string } }) => ({
  on: { kind: 'project', id: projectId },
});
const shared = { tag: 'account', inProjects: true } as const;

/** Any that they may see. @throws refused `project-not-found`, `not-permitted`. */
async function getProject(
  { access }: ApiServices,
  caller: Caller,
  { projectId, operation }: { readonly projectId: string; readonly operation: 'goal.read' | 'project.manage' },
): Promise<RegisteredProject> {
  const found = await access.projects.find(caller.tenantId, projectId);
  if (found === undefined || scopeOf(access, caller, 'goal.read')?.may(found.projectId) === false)
    throw projectNotFound(projectId);
  requirePermission(access, { caller, operation, resource: { tenantId: caller.tenantId, projectId: found.projectId } });
  return found;
}

/** How many run at once is for the engine of every process, which reads the register of tenants; money is for a budget. */
async function tellQuotas(
  { tenants, access, models, now, random }: ApiServices,
  tenantId: TenantId,
  { projectId, quotas }: Pick<RegisteredProject, 'projectId' | 'quotas'>,
): Promise<void> {
  const running = (await access.projects.list(tenantId)).flatMap(({ projectId: one, quotas: { runningTasks } }) =>
    runningTasks === undefined ? [] : [[one, runningTasks] as const],
  );
  await tenants.change(tenantId, { projectsRunning: Object.fromEntries(running) });
  const { spendUsdPerMonth: usd } = quotas;
  if (usd === undefined) return;
  const of = { tenantId, scope: 'project', subject: projectId, window: 'month' } as const;
  const budget = { ...of, budgetId: makeId<'budget'>('budget', now(), random), limit: limitOf({ usd }) };
  await models.spend.execute({ command: 'put-budget', tenantId, budget });
}

async function refuseQuotas({ access, tenants }: ApiServices, caller: Caller, quotas: ProjectQuotas): Promise<void> {
  requirePermission(access, { caller, operation: 'project.manage' });
  refuseAboveTenant(quotas, (await tenants.find(caller.tenantId))?.quotas ?? {});
}

const list = defineRoute({
  ...shared,
  method: 'GET',
  address: '/v1/projects',
  operation: 'listProjects',
  summary: 'List the projects that whoever asks is in',
  permit: 'goal.read',
  responses: { 200: { description: 'The default one, then the others by id.', schema: pageOf(projectSchema) } },
  handle: async ({ caller }, { services: { access } }) => {
    const scope = scopeOf(access, caller, 'goal.read');
    const all = await access.projects.list(caller.tenantId);
    return { status: 200, body: { items: all.filter(({ projectId }) => scope?.may(projectId) ?? true) } };
  },
});

const create = defineRoute({
  tag: 'account',
  method: 'POST',
  address: '/v1/projects',
  operation: 'createProject',
  summary: 'Create a project',
  permit: 'project.manage',
  body: projectRequestSchema,
  responses: { 201: { description: 'Created.', schema: projectSchema } },
  refusals: ['project-exists', 'project-invalid', 'projects-too-many', 'quota-above-tenant'],
  audit: ({ body }) => ({ on: { kind: 'project', id: body.projectId } }),
  handle: async ({ caller, body }, { services }) => {
    const { projectId, displayName = projectId, quotas = {} } = body;
    await refuseQuotas(services, caller, quotas);
    const made = await services.access.projects.create(caller.tenantId, { projectId, displayName, quotas });
    if (body.quotas !== undefined) await tellQuotas(services, caller.tenantId, made);
    return { status: 201, body: made };
  },
});

const getOne = defineRoute({
  ...shared,
  method: 'GET',
  address: '/v1/projects/{projectId}',
  operation: 'getProject',
  summary: 'Get a project, what it may use and what it uses',
  permit: 'goal.read',
  path,
  responses: { 200: { description: 'The project.', schema: projectDetailsSchema } },
  refusals: ['project-not-found'],
  handle: async ({ caller, path: { projectId } }, { services }) => {
    const project = await getProject(services, caller, { projectId, operation: 'goal.read' });
    const { goals, tasks } = await services.tenants.measureProject(caller.tenantId, project.projectId);
    return { status: 200, body: { ...project, used: { goals, tasks } } };
  },
});

const change = defineRoute({
  ...shared,
  method: 'POST',
  address: '/v1/projects/{projectId}',
  operation: 'changeProject',
  summary: 'Rename a project, change its quotas, archive it or take it back',
  description: 'One with open goals or schedules is not archived: end and remove them first.',
  permit: 'project.manage',
  path,
  body: projectChangeSchema,
  responses: { 200: { description: 'As it is now.', schema: projectSchema } },
  refusals: ['project-not-found', 'project-exists', 'project-in-use', 'default-project', 'quota-above-tenant'],
  audit: (input) => ({ ...onProject(input), detail: { fields: Object.keys(input.body).join(' ') } }),
  handle: async ({ caller, path: { projectId: wanted }, body }, { services }) => {
    const { tenantId } = caller;
    const { projectId } = await getProject(services, caller, { projectId: wanted, operation: 'project.manage' });
    if (body.quotas !== undefined) await refuseQuotas(services, caller, body.quotas);
    if (body.state === 'archived') {
      const { goals } = await services.tenants.measureProject(tenantId, projectId);
      const schedules = (await services.store.listSchedules(tenantId)).filter((one) => one.projectId === projectId);
      if (goals + schedules.length > 0)
        throw refused('project-in-use', `${projectId} has ${goals} open goals and ${schedules.length} schedules`, {
          action: 'end the goals and remove the schedules first',
        });
    }
    const changed = await services.access.projects.change(tenantId, projectId, body);
    if (body.quotas !== undefined) await tellQuotas(services, tenantId, changed);
    return { status: 200, body: changed };
  },
});

const usersPerRead = 500;

async function memberOf({ identity }: ApiServices, user: UserRecord, projectId: ProjectId): Promise<ProjectMember> {
  const held = await identity.groups.rolesOf(user.tenantId, user.id, user.body);
  const roles = held.map(readRole).flatMap((one) => (one.projectId === projectId ? [one.role] : []));
  const { kind, displayName } = user.body;
  return { userId: user.id, login: user.name, displayName, kind, roles };
}

const listMembers = defineRoute({
  ...shared,
  method: 'GET',
  address: '/v1/projects/{projectId}/members',
  operation: 'listProjectMembers',
  summary: 'List who has roles in a project itself',
  description: 'Whose role is for the whole tenant has it in every project, and is among the members of the tenant.',
  permit: 'project.manage',
  path,
  responses: { 200: { description: 'By id.', schema: pageOf(projectMemberSchema) } },
  refusals: ['project-not-found'],
  handle: async ({ caller, path: { projectId: wanted } }, { services }) => {
    const { projectId } = await getProject(services, caller, { projectId: wanted, operation: 'project.manage' });
    const items: ProjectMember[] = [];
    for (let after: string | undefined; ;) {
      const range = { limit: usersPerRead, ...(after === undefined ? {} : { after }) };
      const users = await services.identity.users.list(caller.tenantId, range);
      for (const user of users) items.push(await memberOf(services, user, projectId));
      after = users.at(-1)?.id;
      if (users.length < usersPerRead) break;
    }
    return { status: 200, body: { items: items.filter(({ roles }) => roles.length > 0) } };
  },
});

const setMember = defineRoute({
  ...shared,
  method: 'POST',
  address: '/v1/projects/{projectId}/members',
  operation: 'setProjectMember',
  summary: 'Give a member of the tenant roles in a project, or take them out of it',
  description: 'In place of the roles that they have in it; they count from the next request on.',
  permit: 'project.manage',
  path,
  body: projectMemberRequestSchema,
  responses: { 200: { description: 'As it is now.', schema: projectMemberSchema } },
  refusals: ['project-not-found', 'user-not-found', 'role-unknown', 'record-changed'],
  audit: (input) => ({
    ...onProject(input),
    detail: { member: input.body.member, roles: input.body.roles.join(' ') },
  }),
  handle: async ({ caller, path: { projectId: wanted }, body, request }, { services }) => {
    const { access, identity } = services;
    const { projectId } = await getProject(services, caller, { projectId: wanted, operation: 'project.manage' });
    const { tenantId, who: by } = actBy({ caller, request });
    const { users } = identity;
    const user = (await users.find(tenantId, body.member)) ?? (await users.findByLogin(tenantId, body.member));
    if (user === undefined) throw refused('user-not-found', `There is no member ${body.member}.`);
    const given = body.roles.map((role) => roleInProject(role, projectId));
    const [before, others] = [
      user.body.roles.filter((held) => readRole(held).projectId === projectId),
      user.body.roles.filter((held) => readRole(held).projectId !== projectId),
    ];
    refuseWiderRoles(access, caller, given);
    // Who is taken out or changed may do no more there than whoever does it.
    refuseWiderRoles(access, withoutScopes(caller), before);
    await requireKnownRoles(access, tenantId, given);
    const roles = [...others, ...new Set(given)];
    const after = await users.change({ tenantId, userId: user.id, change: { roles }, by, version: user.version });
    return { status: 200, body: await memberOf(services, after, projectId) };
  },
});

export const projectRoutes: readonly Route[] = [list, create, getOne, change, listMembers, setMember];
