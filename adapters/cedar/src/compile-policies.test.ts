import type { ProjectId, TenantId } from '@chorale/lib-ids';
import {
  createPermissions,
  homeTenant,
  installationOperations,
  operations,
  projectOperations,
  rolePolicies,
  roles,
  sharedOperations,
  type Operation,
  type PolicyQuery,
  type Role,
} from '@chorale/module-access';
import { describe, expect, test } from 'vitest';
import { compilePolicies } from './compile-policies.ts';

const north = 'north' as TenantId;
const south = 'south' as TenantId;
const permissions = createPermissions(compilePolicies('1', rolePolicies));

function ask(
  held: readonly string[],
  operation: Operation,
  resource: Partial<PolicyQuery['resource']> = {},
): PolicyQuery {
  return {
    principal: { tenantId: north, subject: 'ann', roles: held },
    operation,
    resource: { tenantId: north, ...resource },
  };
}

/** The matrix a second time, by operation: who changes one place must mean it. */
const may: { readonly [Name in Operation]: string } = {
  'goal.read': 'owner admin operator developer reviewer auditor viewer',
  'goal.submit': 'owner admin operator developer',
  'goal.steer': 'owner admin operator developer',
  'goal.cancel': 'owner admin operator developer',
  'step.read': 'owner admin operator developer reviewer auditor',
  'artifact.read': 'owner admin operator developer reviewer viewer',
  'approval.read': 'owner admin operator developer reviewer viewer',
  'approval.answer': 'owner admin reviewer',
  'catalog.read': 'owner admin operator developer reviewer auditor viewer',
  'workflow.manage': 'owner admin developer',
  'agent.manage': 'owner admin developer',
  'agent.stop': 'owner admin operator developer reviewer',
  'tool.agree': 'owner admin developer',
  'workspace.open': 'owner admin operator developer',
  'model.read': 'owner admin operator developer auditor',
  'model.use': 'owner admin operator developer',
  'model.manage': 'owner admin',
  'budget.manage': 'owner admin',
  'memory.read': 'owner admin operator developer reviewer',
  'memory.write': 'owner admin operator developer',
  'memory.erase': 'owner admin',
  'message.read': 'owner admin operator developer',
  'message.send': 'owner admin operator developer',
  'message.manage': 'owner admin',
  'account.use': 'owner admin operator developer reviewer auditor viewer',
  'secret.list': 'owner admin operator developer auditor',
  'secret.use': 'owner admin operator developer',
  'secret.manage': 'owner admin',
  'key.manage': 'owner admin',
  'member.read': 'owner admin operator auditor',
  'member.manage': 'owner admin',
  'member.provision': 'owner admin',
  'policy.read': 'owner admin auditor',
  'policy.manage': 'owner',
  'installation.read': 'owner admin operator developer auditor',
  'audit.read': 'owner admin auditor',
  'audit.export': 'owner admin auditor',
  'subject.erase': 'owner admin',
  'project.manage': 'owner admin',
  'tenant.manage': 'owner admin',
  'tenant.export': 'owner admin',
  'tenant.erase': 'owner',
};

describe('the matrix', () => {
  test('[PE1] every role may do what the matrix says in its own tenant, and nothing in another', () => {
    for (const operation of operations)
      for (const role of roles) {
        const expected = may[operation].split(' ').includes(role);
        const isOfAll = installationOperations.includes(operation);
        const own = permissions.decide(ask([role], operation));
        expect(own.allowed, `${role} ${operation}`).toBe(expected && !isOfAll);
        const home = { tenantId: homeTenant, subject: 'ann', roles: [role] };
        const atHome = permissions.decide({ principal: home, operation, resource: { tenantId: homeTenant } });
        expect(atHome.allowed, `${role} ${operation} at home`).toBe(expected);
        const foreign = permissions.decide(ask([role], operation, { tenantId: south }));
        expect(foreign.allowed, `${role} ${operation}`).toBe(false);
        expect(foreign.decidedBy).toContain('own-tenant');
      }
  });

  test('[PE1] without a role, or with one that no policy knows, nothing is permitted', () => {
    for (const operation of operations)
      for (const held of [[], ['ruler'], ['Owner'], ['role-owner']])
        expect(permissions.decide(ask(held, operation))).toMatchObject({ allowed: false, failed: [] });
  });

  test('[PE1] several roles may do what any of them may', () => {
    const both: readonly Role[] = ['viewer', 'auditor'];
    expect(permissions.decide(ask(both, 'audit.export')).allowed).toBe(true);
    expect(permissions.decide(ask(both, 'artifact.read')).allowed).toBe(true);
    expect(permissions.decide(ask(both, 'goal.submit')).allowed).toBe(false);
  });

  test('[PE2] where four eyes are asked for, nobody answers what they asked, the owner neither', () => {
    for (const role of ['owner', 'admin', 'reviewer']) {
      const own = { requestedBy: 'ann', fourEyes: true };
      expect(permissions.decide(ask([role], 'approval.answer', own))).toMatchObject({
        allowed: false,
        decidedBy: ['four-eyes'],
      });
      expect(permissions.decide(ask([role], 'approval.answer', { ...own, requestedBy: 'bob' })).allowed).toBe(true);
      expect(permissions.decide(ask([role], 'approval.answer', { ...own, fourEyes: false })).allowed).toBe(true);
    }
  });
});

describe('projects', () => {
  const alpha = 'alpha' as ProjectId;
  const beta = 'beta' as ProjectId;

  test('[PE7] a role held in one project is worth the same there as the role, on its things, and nothing anywhere else', () => {
    for (const operation of operations)
      for (const role of roles) {
        const held = [`${role}@alpha`];
        const expected = may[operation].split(' ').includes(role);
        const isOfProject = projectOperations.includes(operation);
        const isShared = sharedOperations.includes(operation);
        const about = `${role}@alpha ${operation}`;
        const inside = permissions.decide(ask(held, operation, { projectId: alpha }));
        expect(inside.allowed, about).toBe(expected && (isOfProject || isShared));
        expect(permissions.decide(ask(held, operation, { projectId: beta })).allowed, about).toBe(expected && isShared);
        expect(permissions.decide(ask(held, operation)).allowed, about).toBe(expected && isShared);
        const foreign = { tenantId: south, projectId: alpha };
        expect(permissions.decide(ask(held, operation, foreign)).allowed, about).toBe(false);
      }
  });

  test('[PE7] a role in the whole tenant counts in each of its projects', () => {
    for (const operation of projectOperations)
      for (const role of roles)
        expect(permissions.decide(ask([role], operation, { projectId: alpha })).allowed).toBe(
          may[operation].split(' ').includes(role),
        );
  });

  test('[PE8] who asks with a key for one project reaches that project alone, whatever their roles and policies permit', () => {
    const open = 'permit (principal, action, resource) when { principal.subject == "ann" };';
    const own = createPermissions(compilePolicies('1', { ...rolePolicies, 'own-open': open }));
    const bound = (operation: Operation, resource: Partial<PolicyQuery['resource']>): boolean => {
      const query = ask(['owner'], operation, resource);
      return own.decide({ ...query, principal: { ...query.principal, boundTo: alpha } }).allowed;
    };
    for (const operation of operations) {
      const isShared = sharedOperations.includes(operation);
      expect(bound(operation, { projectId: beta }), operation).toBe(isShared);
      expect(bound(operation, {}), operation).toBe(isShared);
    }
    for (const operation of projectOperations) expect(bound(operation, { projectId: alpha }), operation).toBe(true);
  });

  test('[PE9] policies of one’s own may name projects and the tenants they are in', () => {
    const shut = 'forbid (principal, action == Action::"goal.submit", resource in Project::"north/alpha");';
    const own = createPermissions(compilePolicies('1', { ...rolePolicies, 'own-shut': shut }));
    expect(permissions.namesProjects).toBe(false);
    expect(own.namesProjects).toBe(true);
    expect(own.decide(ask(['owner'], 'goal.submit', { projectId: alpha }))).toMatchObject({
      allowed: false,
      decidedBy: ['own-shut'],
    });
    expect(own.decide(ask(['owner'], 'goal.submit', { projectId: beta })).allowed).toBe(true);
    const all = 'forbid (principal, action == Action::"goal.submit", resource in Tenant::"north");';
    const closed = createPermissions(compilePolicies('1', { ...rolePolicies, 'own-shut': all }));
    expect(closed.decide(ask(['owner'], 'goal.submit', { projectId: beta })).allowed).toBe(false);
  });

  test('[PE2] four eyes hold in a project as they do outside', () => {
    const own = { projectId: alpha, requestedBy: 'ann', fourEyes: true };
    expect(permissions.decide(ask(['reviewer@alpha'], 'approval.answer', own))).toMatchObject({
      allowed: false,
      decidedBy: ['four-eyes'],
    });
    const others = { ...own, requestedBy: 'bob' };
    expect(permissions.decide(ask(['reviewer@alpha'], 'approval.answer', others)).allowed).toBe(true);
  });

  test('[PE5] why something in a project was decided names the project', () => {
    expect(permissions.explain(ask(['developer@beta'], 'goal.submit', { projectId: alpha }))).toMatchObject({
      allowed: false,
      because: 'ann (developer@beta) may not do goal.submit in the project alpha: no policy permits it.',
      rolesThatMay: ['owner', 'admin', 'operator', 'developer'],
    });
  });
});

describe('policies', () => {
  test('[PE3] new policies count from the next decision on, and custom roles are policies', () => {
    const own = createPermissions(compilePolicies('1', rolePolicies));
    expect(own.decide(ask(['releaser'], 'goal.cancel')).allowed).toBe(false);
    const custom = 'permit (principal in Role::"releaser", action == Action::"goal.cancel", resource);';
    own.use(compilePolicies('2', { ...rolePolicies, 'custom-releaser': custom }));
    expect(own.policyVersion).toBe('2');
    expect(own.decide(ask(['releaser'], 'goal.cancel'))).toMatchObject({
      allowed: true,
      decidedBy: ['custom-releaser'],
    });
    expect(own.decide(ask(['releaser'], 'goal.cancel', { tenantId: south })).allowed).toBe(false);
    own.use(compilePolicies('3', rolePolicies));
    expect(own.decide(ask(['releaser'], 'goal.cancel')).allowed).toBe(false);
  });

  test('[PE3] policies that cannot be read are refused by name of what is wrong', () => {
    const problem = { family: 'refused', code: 'policies-invalid' };
    expect(() => compilePolicies('x', { bad: 'permit (principal, action' })).toThrow(expect.objectContaining(problem));
  });

  test('[PE4] a policy that cannot be evaluated refuses, whatever others permit', () => {
    const own = createPermissions(
      compilePolicies('1', {
        ...rolePolicies,
        late: 'forbid (principal, action, resource) when { resource.nowhere > 5 };',
      }),
    );
    expect(own.decide(ask(['owner'], 'goal.read'))).toMatchObject({ allowed: false, failed: ['late'] });
    expect(own.explain(ask(['owner'], 'goal.read')).because).toContain('late could not be evaluated');
  });

  test('[PE5] why something was decided is said, and which roles might do it', () => {
    expect(permissions.explain(ask(['viewer'], 'goal.submit'))).toEqual({
      allowed: false,
      decidedBy: [],
      failed: [],
      policyVersion: '1',
      because: 'ann (viewer) may not do goal.submit: no policy permits it.',
      rolesThatMay: ['owner', 'admin', 'operator', 'developer'],
    });
    expect(permissions.explain(ask(['owner'], 'goal.read')).because).toBe(
      'ann (owner) may do goal.read by role-owner.',
    );
    expect(permissions.explain(ask(['owner'], 'goal.read', { tenantId: south }))).toMatchObject({
      because: 'ann (owner) may not do goal.read: own-tenant forbids it.',
      rolesThatMay: [],
    });
    expect(() => permissions.require(ask(['viewer'], 'goal.submit'))).toThrow(
      expect.objectContaining({ family: 'refused', code: 'not-permitted' }),
    );
    expect(permissions.require(ask(['viewer'], 'goal.read'))).toBeUndefined();
  });
});
