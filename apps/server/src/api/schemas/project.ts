import type {
  NewProjectRequest,
  Project,
  ProjectChangeRequest,
  ProjectDetails,
  ProjectMember,
} from '@chorale/lib-client';
import { z } from 'zod';
import { count, list, time } from './fields.ts';

const displayName = z.string().trim().min(1).max(200);
const limit = z.int().min(0).max(Number.MAX_SAFE_INTEGER).exactOptional();
const quotas = z
  .strictObject({
    goals: limit.describe('Open goals.'),
    tasks: limit.describe('Open tasks.'),
    runningTasks: limit.describe('Tasks that run at once; the others wait.'),
    spendUsdPerMonth: z.number().min(0).max(1e9).exactOptional().describe('Kept as a budget of the project.'),
  })
  .meta({ id: 'ProjectQuotas' });

const fields = {
  projectId: z.string(),
  displayName: z.string(),
  state: z.enum(['active', 'archived']).describe('In an archived one nothing new begins.'),
  quotas,
  createdAt: time,
  changedAt: time,
};

export const projectSchema = z.strictObject(fields).meta({ id: 'Project' }) satisfies z.ZodType<Project>;

export const projectDetailsSchema = z
  .strictObject({ ...fields, used: z.strictObject({ goals: count, tasks: count }) })
  .meta({ id: 'ProjectDetails' }) satisfies z.ZodType<ProjectDetails>;

export const projectRequestSchema = z
  .strictObject({
    projectId: z.string().min(1).max(63).describe('It stays; the name may change.'),
    displayName: displayName.exactOptional(),
    quotas: quotas.exactOptional(),
  })
  .meta({ id: 'NewProjectRequest' }) satisfies z.ZodType<NewProjectRequest>;

export const projectChangeSchema = z
  .strictObject({
    displayName: displayName.exactOptional(),
    state: fields.state.exactOptional(),
    quotas: quotas.exactOptional().describe('In place of those before.'),
  })
  .meta({ id: 'ProjectChangeRequest' }) satisfies z.ZodType<ProjectChangeRequest>;

export const projectMemberSchema = z
  .strictObject({
    userId: z.string(),
    login: z.string(),
    displayName: z.string(),
    kind: z.enum(['person', 'service']),
    roles: list(z.string()).describe('In the project, given to them or to their groups.'),
  })
  .meta({ id: 'ProjectMember' }) satisfies z.ZodType<ProjectMember>;

const roleName = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'must be the name of a role, as in developer');

export const projectMemberRequestSchema = z
  .strictObject({
    member: z.string().min(1).max(256).describe('A member of the tenant, by id or login.'),
    roles: z.array(roleName).max(20).describe('None: out of the project.'),
  })
  .meta({ id: 'ProjectMemberRequest' });
