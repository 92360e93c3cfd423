// Policies in Cedar's language, compiled once and asked often: 126 us a decision where parsing each time took 750.
//
// Owns:       the names under which the engine keeps what it compiled: one for each, in a process.
import {
  preparsePolicySet,
  statefulIsAuthorized,
  type DetailedError,
  type EntityJson,
} from '@cedar-policy/cedar-wasm/nodejs';
import { broken, refused } from '@chorale/lib-errors';
import {
  rolePolicies,
  type CompiledPolicies,
  type Policies,
  type PolicyDecision,
  type PolicyQuery,
} from '@chorale/module-access';

let compiled = 0;

/** @throws refused `policies-invalid`, with what is wrong and where. */
export function compilePolicies(version: string, policies: Policies): CompiledPolicies {
  compiled += 1;
  const name = `policies ${compiled}`;
  const answer = preparsePolicySet(name, { staticPolicies: { ...policies } });
  if (answer.type === 'failure')
    throw refused('policies-invalid', `The policies cannot be read: ${textOf(answer.errors)}`, {
      action: 'Mend the policy that is named and load the policies again; the ones before stay in use.',
    });
  const roles = rolesIn(Object.values(policies));
  return { version, roles, namesProjects: namesProjects(policies), decide: (query) => decide(name, query) };
}

/** Of those that ship, the one that does is about keys, whose projects are asked for one by one anyway. */
function namesProjects(policies: Policies): boolean {
  return Object.entries(policies).some(([name, source]) => !(name in rolePolicies) && /project/i.test(source));
}

function rolesIn(sources: readonly string[]): readonly string[] {
  const named = sources.flatMap((source) => [...source.matchAll(/\bRole::"([^"]*)"/g)].map(([, role = '']) => role));
  return [...new Set(named)];
}

function decide(name: string, { principal, operation, resource }: PolicyQuery): PolicyDecision {
  const who = { type: 'Principal', id: principal.subject };
  const what = { type: 'Resource', id: 'it' };
  const tenant = { type: 'Tenant', id: resource.tenantId };
  // With the tenant in its name: two tenants may each have one of the same id.
  const project =
    resource.projectId === undefined
      ? undefined
      : { type: 'Project', id: `${resource.tenantId}/${resource.projectId}` };
  const entities: EntityJson[] = [
    {
      uid: who,
      attrs: { tenant: principal.tenantId, subject: principal.subject, project: principal.boundTo ?? '' },
      parents: principal.roles.map((id) => ({ type: 'Role', id })),
    },
    {
      uid: what,
      attrs: {
        tenant: resource.tenantId,
        project: resource.projectId ?? '',
        // Present in every resource: a policy that looks for what is not there cannot be evaluated, and refuses.
        requestedBy: resource.requestedBy ?? '',
        fourEyes: resource.fourEyes ?? false,
      },
      parents: [project ?? tenant],
    },
    ...(project === undefined ? [] : [{ uid: project, attrs: {}, parents: [tenant] }]),
  ];
  const answer = statefulIsAuthorized({
    principal: who,
    action: { type: 'Action', id: operation },
    resource: what,
    context: {},
    preparsedPolicySetId: name,
    entities,
  });
  if (answer.type === 'failure')
    throw broken('policies-failed', `The policies could not be asked about ${operation}: ${textOf(answer.errors)}`);
  const { decision, diagnostics } = answer.response;
  return {
    allowed: decision === 'allow',
    decidedBy: diagnostics.reason.toSorted(),
    failed: diagnostics.errors.map(({ policyId }) => policyId),
  };
}

function textOf(errors: readonly DetailedError[]): string {
  return errors.map(({ message, help }) => (help === null ? message : `${message} (${help})`)).join('; ');
}
