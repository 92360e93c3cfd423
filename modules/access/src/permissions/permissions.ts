// Decides whether somebody may do something, and says why.
//
// Owns:       decisions made under the policies in use, so that they are not made again. New policies forget them all.
// Invariants: PM1 what no policy permits is refused; a policy that could not be evaluated refuses, whatever others say.
import { refused } from '@chorale/lib-errors';
import type { ProjectId, TenantId } from '@chorale/lib-ids';
import { roles, type Operation } from './role-policies.ts';
import { readRole, rolesThatCount } from './roles-in-projects.ts';

export interface Principal {
  readonly tenantId: TenantId;
  /** A person, a service account or an agent, by its id. */
  readonly subject: string;
  /** Those that ship, and custom ones; `ROLE@PROJECT` where it is held in one project alone. */
  readonly roles: readonly string[];
  /** Asks with a key that is for this project and nothing else. Of another name than a resource's: it says nothing of what it is done to. */
  readonly boundTo?: ProjectId | undefined;
}

/** What it is done to. */
export interface PolicyResource {
  readonly tenantId: TenantId;
  /** Undefined: something of the whole tenant. */
  readonly projectId?: ProjectId | undefined;
  /** For approvals: who asked, and whether somebody else must answer. */
  readonly requestedBy?: string;
  readonly fourEyes?: boolean;
}

export interface PolicyQuery {
  readonly principal: Principal;
  readonly operation: Operation;
  readonly resource: PolicyResource;
}

export interface PolicyDecision {
  readonly allowed: boolean;
  /** Names of the policies that decided; none where nothing permits. */
  readonly decidedBy: readonly string[];
  /** Names of policies that could not be evaluated. */
  readonly failed: readonly string[];
}

/** What an engine makes of a set of policies. */
export interface CompiledPolicies {
  readonly version: string;
  /** Those that a policy names. */
  readonly roles: readonly string[];
  /** Whether what is decided may depend on the project for who holds a role in the whole tenant. */
  readonly namesProjects: boolean;
  decide(query: PolicyQuery): PolicyDecision;
}

export interface Explanation extends PolicyDecision {
  readonly policyVersion: string;
  /** In a sentence. */
  readonly because: string;
  /** Roles that ship with which the same person might do it. */
  readonly rolesThatMay: readonly string[];
}

export interface Permissions {
  readonly policyVersion: string;
  readonly namesProjects: boolean;
  decide(query: PolicyQuery): PolicyDecision;
  /** @throws refused `not-permitted`. */
  require(query: PolicyQuery): void;
  explain(query: PolicyQuery): Explanation;
  /** A role that no policy names would give nothing to who has it. @throws refused `role-unknown`. */
  requireKnownRoles(roles: readonly string[]): void;
  /** From the next decision on. */
  use(policies: CompiledPolicies): void;
}

const decisionsMax = 20_000;

export function createPermissions(first: CompiledPolicies): Permissions {
  let policies = first;
  const known = new Map<string, PolicyDecision>();
  const decideAnew = (query: PolicyQuery): PolicyDecision => {
    const decision = policies.decide(counting(query));
    return decision.failed.length > 0 ? { ...decision, allowed: false } : decision;
  };
  const decide = (query: PolicyQuery): PolicyDecision => {
    const key = keyOf(query);
    let decision = known.get(key);
    if (decision === undefined) {
      decision = decideAnew(query);
      if (known.size >= decisionsMax) known.clear();
      known.set(key, decision);
    }
    return decision;
  };
  return {
    get policyVersion() {
      return policies.version;
    },
    get namesProjects() {
      return policies.namesProjects;
    },
    decide,
    require(query) {
      if (decide(query).allowed) return;
      throw refused('not-permitted', `${query.principal.subject} may not do ${query.operation}.`, {
        action: 'Ask somebody who manages members for a role that may.',
        data: { operation: query.operation },
      });
    },
    explain(query) {
      const decision = decideAnew(query);
      const rolesThatMay = roles.filter(
        (role) => decideAnew({ ...query, principal: { ...query.principal, roles: [role] } }).allowed,
      );
      return { ...decision, policyVersion: policies.version, because: reasonFor(query, decision), rolesThatMay };
    },
    requireKnownRoles(wanted) {
      const unknown = wanted.find((held) => !policies.roles.includes(readRole(held).role));
      if (unknown === undefined) return;
      throw refused('role-unknown', `There is no role ${unknown}.`, {
        action: `Choose of ${policies.roles.join(', ')}; policies of your own may name others.`,
      });
    },
    use(next) {
      policies = next;
      known.clear();
    },
  };
}

function counting(query: PolicyQuery): PolicyQuery {
  const { principal, operation, resource } = query;
  const held = rolesThatCount(principal.roles, operation, resource.projectId);
  return held === principal.roles ? query : { ...query, principal: { ...principal, roles: held } };
}

function keyOf({ principal, operation, resource }: PolicyQuery): string {
  const { tenantId, subject, roles: held, boundTo = '' } = principal;
  const facts =
    resource.requestedBy === undefined ? '' : `${resource.fourEyes === true ? 4 : 2}${resource.requestedBy}`;
  // Ids have no control characters; one between the parts keeps them apart.
  return `${operation}\n${tenantId}\n${subject}\n${held.join('\t')}\n${boundTo}\n${resource.tenantId}\n${resource.projectId ?? ''}\n${facts}`;
}

function reasonFor(query: PolicyQuery, { allowed, decidedBy, failed }: PolicyDecision): string {
  const { principal, resource } = query;
  const operation = `${query.operation}${resource.projectId === undefined ? '' : ` in the project ${resource.projectId}`}`;
  const who = `${principal.subject} (${principal.roles.join(', ') || 'no role'})`;
  if (failed.length > 0) return `${who} may not do ${operation}: ${failed.join(', ')} could not be evaluated.`;
  if (allowed) return `${who} may do ${operation} by ${decidedBy.join(', ')}.`;
  return decidedBy.length > 0
    ? `${who} may not do ${operation}: ${decidedBy.join(', ')} forbids it.`
    : `${who} may not do ${operation}: no policy permits it.`;
}
