// The hard filters: what a deployment must be to be chosen at all. None of them is ever traded against a better score.

import type { TenantId } from '@chorale/lib-ids';
import { worstCost } from './call-cost.ts';
import type { CallDemands } from './classify-call.ts';
import type { Capability, DataClass, Deployment, Retention } from './deployment.ts';
import { availabilityOf } from './deployment-health.ts';
import { failureRules } from './failure.ts';
import type { HealthBook } from './health-book.ts';
import type { Candidate } from './model-call.ts';
import { mayHold, retentionRank } from './retention.ts';

export type Excluded = NonNullable<Candidate['excluded']>;

export interface FilterRules {
  readonly tenantId: TenantId;
  /** Undefined: any. */
  readonly asked: ReadonlyMap<string, number> | undefined;
  /** Undefined: the key allows all. */
  readonly allowed: ReadonlyMap<string, number> | undefined;
  readonly dataClass: DataClass;
  readonly retention: Retention | undefined;
  readonly region: string | undefined;
  readonly demands: CallDemands;
  readonly costMax: number | undefined;
  /** A budget in money holds for this call, so what is sent must have a price. */
  readonly mustHavePrice: boolean;
  /** What was learned, e.g. `rejects-json-schema`. */
  readonly factsOf: (deploymentId: string) => ReadonlySet<string> | undefined;
  readonly health: HealthBook;
  readonly now: number;
}

const retentionMeans: Readonly<Record<Retention, string>> = {
  local: 'stays on our own machines',
  none: 'is kept by nobody',
  keeps: 'is kept by the provider for a while',
  trains: 'may be learned from by the provider',
};

/** Models that do one other thing say so; a model that chats says none of these, or that it streams as well. */
const otherOperations = ['embeddings', 'speech', 'transcription'] as const;

const excluded = (why: Excluded['why'], detail: string): Excluded => ({ why, detail });

function findNameExclusion({ id }: Deployment, rules: FilterRules): Excluded | undefined {
  if (rules.asked !== undefined && !rules.asked.has(id)) return excluded('not-asked-for', 'the call names others');
  if (rules.allowed !== undefined && !rules.allowed.has(id))
    return excluded('not-allowed-by-key', 'the key is for other models');
  return undefined;
}

function findDataExclusion(deployment: Deployment, rules: FilterRules): Excluded | undefined {
  if (!mayHold(deployment.retention, rules.dataClass))
    return excluded(
      'data-class',
      `${rules.dataClass} data, and what is sent there ${retentionMeans[deployment.retention]}`,
    );
  if (rules.retention !== undefined && retentionRank[deployment.retention] > retentionRank[rules.retention])
    return excluded('retention', `the call demands "${rules.retention}", and this is "${deployment.retention}"`);
  if (rules.region !== undefined && deployment.region !== rules.region)
    return excluded(
      'region',
      `${rules.region} is demanded, and this is in ${deployment.region ?? 'an unknown region'}`,
    );
  return undefined;
}

function findMissing(deployment: Deployment, rules: FilterRules): Capability | undefined {
  const { capabilities } = deployment;
  const facts = rules.factsOf(deployment.id);
  return rules.demands.needs.find((need) => !capabilities.includes(need) || facts?.has(`rejects-${need}`) === true);
}

function findAbilityExclusion(deployment: Deployment, rules: FilterRules): Excluded | undefined {
  const { demands } = rules;
  const { capabilities } = deployment;
  if (demands.operation !== 'chat' && !capabilities.includes(demands.operation))
    return excluded('capability', `it does no ${demands.operation}`);
  if (
    demands.operation === 'chat' &&
    !capabilities.includes('streaming') &&
    otherOperations.some((other) => capabilities.includes(other))
  )
    return excluded('capability', 'it does not chat');
  const missing = findMissing(deployment, rules);
  if (missing !== undefined) {
    const learned = capabilities.includes(missing) ? 'was seen to reject' : 'does not offer';
    return excluded('capability', `it ${learned} ${missing}`);
  }
  const tokens = demands.inputTokens + (demands.outputTokensMax ?? 0);
  if (demands.operation === 'chat' && tokens > deployment.contextTokens)
    return excluded('context-length', `about ${tokens} tokens, and it takes ${deployment.contextTokens}`);
  const rejection = rules.health.findRejection(deployment, rules, rules.now);
  return rejection === undefined ? undefined : excluded(rejection.why, rejection.detail);
}

function findPriceExclusion(deployment: Deployment, rules: FilterRules): Excluded | undefined {
  if (deployment.prices === undefined && (rules.mustHavePrice || rules.costMax !== undefined))
    return excluded('no-price', 'a limit in money holds, and its price is unknown');
  if (rules.costMax === undefined) return undefined;
  const worst = worstCost(deployment, rules.demands);
  return worst > rules.costMax
    ? excluded('budget', `may cost ${worst} nano-dollars, and the call may cost ${rules.costMax}`)
    : undefined;
}

export function findCooling(deployment: Deployment, health: HealthBook, now: number): Excluded | undefined {
  const state = health.read(deployment.id);
  if (state.cooling === undefined) return undefined;
  const availability = availabilityOf(state, now);
  if (availability.state !== 'open') return undefined;
  const left = availability.until - now;
  const what = failureRules[availability.kind].means;
  return excluded(
    'cooling-down',
    state.cooling.until > now ? `${what}; ${left} ms to go` : `${what}; one probe is under way`,
  );
}

/** The first filter that the deployment does not pass. */
export function findExclusion(deployment: Deployment, rules: FilterRules): Excluded | undefined {
  return (
    findNameExclusion(deployment, rules) ??
    findDataExclusion(deployment, rules) ??
    findAbilityExclusion(deployment, rules) ??
    findPriceExclusion(deployment, rules) ??
    findCooling(deployment, rules.health, rules.now)
  );
}
