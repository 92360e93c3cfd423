// From a call to its decision: what it demands, under which rules, where it may go and in which order.

import { followSignal, type CancelSource } from './cancel-source.ts';
import { classifyRequest } from './classify-call.ts';
import type { CallRun, RouterState } from './call-run.ts';
import type { ChatRequest } from './conversation.ts';
import { dataClasses, type DataClass, type Deployment } from './deployment.ts';
import { decideRoute } from './decide-route.ts';
import { resolveNames, type Fleet } from './fleet.ts';
import { promptOf } from './learned-quality.ts';
import type { CallContext } from './model-call.ts';
import { findOutcome, posteriorQuality } from './model-quality.ts';
import { promptFeatures, type PromptFeatures } from './prompt-features.ts';
import type { RouteBody, RouteCall, RouterPorts, Shielded } from './router-ports.ts';
import type { TenantKnowledge } from './routing-knowledge.ts';
import type { Budget } from './spend.ts';
import { keptAdvantage, resolveStrategy } from './strategy-weights.ts';

const dataClassDefault: DataClass = 'internal';

function strictest(classes: readonly (DataClass | undefined)[]): DataClass {
  const ranks = classes.map((one) => (one === undefined ? -1 : dataClasses.indexOf(one)));
  return dataClasses[Math.max(...ranks)] ?? dataClassDefault;
}

/** What the caller and the key say of the data, before anybody looks at it. */
export function saidDataClass({ context, key }: RouteCall): DataClass {
  return strictest([context.dataClass ?? key?.dataClass ?? dataClassDefault, key?.dataClass]);
}

function isLimitedInMoney(budgets: readonly Budget[], context: CallContext): boolean {
  const { tenantId, projectId, keyId, goalId, agent } = context;
  const subjects = { tenant: tenantId, project: projectId, key: keyId, goal: goalId, agent };
  return budgets.some(({ scope, subject, limit }) => limit.cost !== undefined && subjects[scope] === subject);
}

/** The values that it may not see are taken out; the upstream makes a history of it that the deployment takes. */
function makeBodyFor(body: RouteBody, shielded: Shielded | undefined): CallRun['bodyFor'] {
  if (body.form === 'made')
    return (deployment) => {
      const made = body.bodyFor(deployment);
      return made === undefined ? undefined : { body: made, masked: body.masked ?? 0 };
    };
  return (deployment) => {
    const { request, masked } = shielded?.requestFor(deployment) ?? { request: body.request, masked: 0 };
    return { body: { form: 'chat', request: fitRequest(request, deployment) }, masked };
  };
}

function fitRequest(request: ChatRequest, { outputTokensMax: most }: Deployment): ChatRequest {
  const { outputTokensMax } = request;
  return outputTokensMax === undefined || outputTokensMax <= most ? request : { ...request, outputTokensMax: most };
}

function decide(state: RouterState, asked: Asked) {
  const { ports, health, retries, sessions } = state;
  const { call, demands, dataClass, knowledge } = asked;
  const { context, key, body } = call;
  const fleet = ports.fleet();
  const now = ports.clock.now();
  const { tenantId } = context;
  const { strategy, by, weights } = resolveStrategy([
    ...(call.overrides ?? []),
    { strategy: key?.strategy, by: 'key' },
    { strategy: context.strategy, by: context.strategyBy ?? 'call' },
  ]);
  const named = context.models.length === 0 ? undefined : resolveNames(fleet, context.models);
  const features = ports.predictQuality !== undefined && hasChoice(fleet, named) ? featuresOf(body) : undefined;
  const learned = features === undefined ? undefined : ports.predictQuality?.({ tenantId, features });
  const qualityOf = ({ model, quality }: Deployment): number =>
    posteriorQuality(quality, findOutcome(knowledge.outcomes, demands.taskClass, model));
  const decision = decideRoute(fleet, {
    filter: {
      tenantId,
      asked: named,
      allowed: key === undefined || key.models.length === 0 ? undefined : resolveNames(fleet, key.models),
      dataClass,
      retention: context.retention,
      region: context.region,
      demands,
      costMax: context.costMax,
      mustHavePrice: isLimitedInMoney(knowledge.budgets, context),
      factsOf: ports.knowledge.factsOf,
      health,
      now,
    },
    score: {
      demands,
      weights,
      learned,
      keptAdvantage: keptAdvantage[strategy],
      qualityOf,
      health,
      warmth: sessions.find(tenantId, context.session, now),
      now,
    },
    strategy,
    avoidFailing: !retries.canSpend(),
    random: ports.random,
    // Of what is more than internal nothing is learned.
    exploreShare: features === undefined || !isLearnable(dataClass) ? 0 : shareOf(ports.exploreShare),
  });
  return { strategy, strategyBy: by, decision, features };
}

const shareOf = (share: RouterPorts['exploreShare']): number => (typeof share === 'function' ? share() : (share ?? 0));

const isLearnable = (dataClass: DataClass): boolean => dataClass === 'public' || dataClass === 'internal';

/** Whether it is ours to say which model answers. */
function hasChoice(fleet: Fleet, named: ReadonlyMap<string, number> | undefined): boolean {
  let only: string | undefined;
  for (const { id, model } of fleet.deployments) {
    if (named !== undefined && !named.has(id)) continue;
    if (only !== undefined && only !== model) return true;
    only = model;
  }
  return false;
}

function featuresOf(body: RouteBody): PromptFeatures | undefined {
  const prompt = body.form === 'chat' ? promptOf(body.request) : body.prompt?.();
  return prompt === undefined || prompt === '' ? undefined : promptFeatures(prompt);
}

export interface Asked {
  readonly call: RouteCall;
  readonly demands: CallRun['demands'];
  readonly dataClass: DataClass;
  readonly shielded: Shielded | undefined;
  readonly knowledge: TenantKnowledge;
}

export function demandsOf({ body, context }: RouteCall): CallRun['demands'] {
  return body.form === 'chat' ? classifyRequest(body.request, context) : body.demands;
}

/** Follows the caller's signal, and cuts off when the time is over. */
function limitTime(state: RouterState, call: RouteCall, endsAt: number): CancelSource {
  const { clock } = state.ports;
  const source = followSignal(call.signal);
  const forget = clock.schedule(Math.max(0, endsAt - clock.now()), source.cancel);
  return {
    signal: source.signal,
    cancel: source.cancel,
    release: () => {
      forget();
      source.release();
    },
  };
}

export function beginRun(state: RouterState, asked: Asked): CallRun {
  const { call, demands, dataClass, shielded } = asked;
  const startedAt = state.ports.clock.now();
  const endsAt = Math.min(call.context.deadlineAt ?? Infinity, startedAt + state.settings.callMsMax);
  return {
    state,
    call,
    demands,
    dataClass,
    ...decide(state, asked),
    budgets: asked.knowledge.budgets,
    bodyFor: makeBodyFor(call.body, shielded),
    startedAt,
    endsAt,
    cancel: limitTime(state, call, endsAt),
    tries: [],
    passedOver: new Map(),
    closedModels: new Set(),
    reservations: [],
    reserved: { cost: 0, tokens: 0 },
    assumed: { cost: 0, tokens: 0 },
    underWay: new Set(),
    masked: 0,
    fatal: undefined,
    lastFailure: undefined,
    budgetError: undefined,
  };
}
