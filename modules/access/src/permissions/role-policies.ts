// Who may do what: the matrix of roles and operations, as policies of Cedar (www.cedarpolicy.com). This file is the one
// place where it stands; what no policy permits is refused, and a policy that forbids outweighs all that permit.

import { defaultTenant } from '@chorale/lib-ids';

/** What can be done: a thing, then a verb. Every route, stream, tool and query names one of them. */
export const operations = [
  'goal.read',
  'goal.submit',
  'goal.steer',
  'goal.cancel',
  'step.read',
  'artifact.read',
  'approval.read',
  'approval.answer',
  'catalog.read',
  'workflow.manage',
  'agent.manage',
  'agent.stop',
  'tool.agree',
  'workspace.open',
  'model.read',
  'model.use',
  'model.manage',
  'budget.manage',
  'memory.read',
  'memory.write',
  'memory.erase',
  'message.read',
  'message.send',
  'message.manage',
  'account.use',
  'secret.list',
  'secret.use',
  'secret.manage',
  'key.manage',
  'member.read',
  'member.manage',
  'member.provision',
  'policy.read',
  'policy.manage',
  'installation.read',
  'audit.read',
  'audit.export',
  'subject.erase',
  'project.manage',
  'tenant.manage',
  'tenant.export',
  'tenant.erase',
] as const;

export type Operation = (typeof operations)[number];

/** On things that belong to a project. */
export const projectOperations: readonly Operation[] = [
  'goal.read',
  'goal.submit',
  'goal.steer',
  'goal.cancel',
  'step.read',
  'artifact.read',
  'approval.read',
  'approval.answer',
  'workspace.open',
  'model.use',
  'memory.read',
  'memory.write',
  'secret.list',
  'secret.use',
  'secret.manage',
  'project.manage',
];

/** On what all projects of a tenant share: open to whoever may do it in any of them. */
export const sharedOperations: readonly Operation[] = ['account.use', 'catalog.read'];

export const roles = ['owner', 'admin', 'operator', 'developer', 'reviewer', 'auditor', 'viewer'] as const;

export type Role = (typeof roles)[number];

export type Policies = Readonly<Record<string, string>>;

const reading: readonly Operation[] = ['account.use', 'goal.read', 'artifact.read', 'approval.read', 'catalog.read'];

const granted: { readonly [Name in Exclude<Role, 'owner'>]: readonly Operation[] } = {
  // Everything but what ends a tenant or lets somebody become an owner.
  admin: operations.filter((operation) => operation !== 'tenant.erase' && operation !== 'policy.manage'),
  operator: [
    ...reading,
    'goal.submit',
    'goal.steer',
    'goal.cancel',
    'step.read',
    'agent.stop',
    'workspace.open',
    'model.read',
    'model.use',
    'memory.read',
    'memory.write',
    'message.read',
    'message.send',
    'secret.list',
    'secret.use',
    'member.read',
    'installation.read',
  ],
  developer: [
    ...reading,
    'goal.submit',
    'goal.steer',
    'goal.cancel',
    'step.read',
    'workflow.manage',
    'agent.manage',
    'agent.stop',
    'tool.agree',
    'workspace.open',
    'model.read',
    'model.use',
    'memory.read',
    'memory.write',
    'message.read',
    'message.send',
    'secret.list',
    'secret.use',
    'installation.read',
  ],
  reviewer: [...reading, 'step.read', 'approval.answer', 'agent.stop', 'memory.read'],
  auditor: [
    'account.use',
    'goal.read',
    'step.read',
    'catalog.read',
    'model.read',
    'member.read',
    'policy.read',
    'secret.list',
    'installation.read',
    'audit.read',
    'audit.export',
  ],
  viewer: reading,
};

const actions = (names: readonly Operation[]): string => names.map((name) => `Action::"${name}"`).join(', ');

const permit = (role: Role, allowed: readonly Operation[]): string =>
  `permit (principal in Role::"${role}", action in [${actions(allowed)}], resource);`;

/** What is of the whole installation is for members of the tenant that runs it. */
export const installationOperations: readonly Operation[] = [
  'installation.read',
  'tenant.manage',
  'tool.agree',
  'model.manage',
];

export const rolePolicies: Policies = {
  'home-tenant': `forbid (principal, action in [${actions(installationOperations)}], resource)
    unless { principal.tenant == "${defaultTenant}" };`,
  'own-tenant': 'forbid (principal, action, resource) unless { principal.tenant == resource.tenant };',
  // A key that is for one project reaches that project, and what all of them share.
  'own-project': `forbid (principal, action, resource) when { principal.project != "" }
    unless { resource.project == principal.project || action in [${actions(sharedOperations)}] };`,
  // An approval that asks for four eyes is not answered by who asked for it, whatever their role.
  'four-eyes': `forbid (principal, action == Action::"approval.answer", resource)
    when { resource.fourEyes && resource.requestedBy == principal.subject };`,
  'role-owner': 'permit (principal in Role::"owner", action, resource);',
  ...Object.fromEntries(
    Object.entries(granted).map(([role, allowed]) => [`role-${role}`, permit(role as Role, allowed)]),
  ),
};
