import type {
  ModelBudget,
  ModelCall,
  ModelCallDetails,
  ModelCandidate,
  ModelDeployment,
  ModelKey as ModelKeyView,
} from '@chorale/lib-client';
import {
  type Amount,
  type BudgetState,
  type Candidate,
  type Deployment,
  type DeploymentFact,
  type DeploymentStatus,
  explainCall,
  failureRules,
  type ModelCallRecord,
  type ModelKey,
  windowEnd,
} from '@chorale/module-models';
import { nanoDollars } from '../../models/configured-budgets.ts';
import { compact } from './compact.ts';

const toUsd = (nano: number): number => nano / nanoDollars;

export interface DeploymentSeen {
  readonly deployment: Deployment;
  readonly status: DeploymentStatus | undefined;
  readonly facts: readonly DeploymentFact[];
}

export function deploymentView({ deployment, status, facts }: DeploymentSeen): ModelDeployment {
  const { id: deploymentId, prices, patience: _patience, ...rest } = deployment;
  const availability = status?.availability ?? { state: 'closed' };
  const cooling =
    availability.state === 'open'
      ? { coolingUntil: availability.until, coolingBecause: failureRules[availability.kind].means }
      : {};
  return compact({
    deploymentId,
    ...rest,
    prices:
      prices === undefined
        ? undefined
        : {
            inputUsd: toUsd(prices.input),
            outputUsd: toUsd(prices.output),
            cachedInputUsd: toUsd(prices.cachedInput),
            cacheWriteUsd: toUsd(prices.cacheWrite),
          },
    state: stateNames[availability.state],
    ...cooling,
    inFlight: status?.inFlight ?? 0,
    firstByteMs: Math.round(status?.firstByteMs ?? 0),
    failing: status?.failing ?? 0,
    learned: facts
      .filter((fact) => fact.deploymentId === deploymentId)
      .map(({ fact, detail, learnedAt }) => ({ fact, detail, learnedAt })),
  });
}

const stateNames = { closed: 'ready', open: 'cooling-down', 'half-open': 'probing' } as const;

export function modelKeyView({ tenantId: _tenant, hash: _hash, ...key }: ModelKey): ModelKeyView {
  return compact(key);
}

export function budgetView(budget: BudgetState): ModelBudget {
  const { tenantId: _tenant, limit, spent, reserved, ...rest } = budget;
  const { cost, ...counts } = limit;
  return compact({
    ...rest,
    limit: { ...counts, ...(cost === undefined ? {} : { usd: toUsd(cost) }) },
    spent: amountView(spent),
    reserved: amountView(reserved),
    resetsAt: windowEnd(budget),
  });
}

function amountView({ cost, tokens, calls }: Amount): ModelBudget['spent'] {
  return { usd: toUsd(cost), tokens, calls };
}

type CallFields = Omit<ModelCall, 'tries'>;

function callFields(record: ModelCallRecord): CallFields {
  const {
    tenantId: _tenant,
    candidates: _candidates,
    tries: _tries,
    features: _features,
    similar,
    cost,
    failure,
    ...rest
  } = record;
  return compact({
    ...rest,
    similar:
      similar === undefined
        ? undefined
        : { callId: similar.callId, similarity: similar.similarity, savedUsd: toUsd(similar.saved) },
    costUsd: toUsd(cost),
    failure: failure === undefined ? undefined : { code: failure.code, message: failure.message },
  });
}

export function modelCallView(record: ModelCallRecord): ModelCall {
  return { ...callFields(record), tries: record.tries.length };
}

export function modelCallDetailsView(record: ModelCallRecord): ModelCallDetails {
  return {
    ...callFields(record),
    candidates: record.candidates.map(candidateView),
    tries: record.tries.map((one) => compact(one)),
    explanation: explainCall(record),
  };
}

export function candidateView({ deploymentId, excluded, score }: Candidate): ModelCandidate {
  if (score === undefined) return compact({ deploymentId, excluded });
  const { cost, switching, ...rest } = score;
  return compact({
    deploymentId,
    excluded,
    score: { ...rest, costUsd: toUsd(cost), switchingUsd: toUsd(switching) },
  });
}
