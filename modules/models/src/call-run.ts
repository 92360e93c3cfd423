// One call under way: what was decided, what is reserved for it, what was tried, and the record that it leaves.
//
// Owns:       its tries, its reservations, what was passed over since the decision.
// Invariants: CR1 before a try is sent, what it may cost at most is reserved, besides what earlier tries may have cost.
//             CR2 a call ends once, and its reservations with it.

import { ChoraleError, toErrorRecord } from '@chorale/lib-errors';
import { makeId } from '@chorale/lib-ids';
import { costOfInput, outputTokensMost, worstCost } from './call-cost.ts';
import type { CancelSource } from './cancel-source.ts';
import type { CallDemands } from './classify-call.ts';
import type { Usage } from './conversation.ts';
import type { DataClass, Deployment } from './deployment.ts';
import type { RouteDecision } from './decide-route.ts';
import type { Excluded } from './filter-deployments.ts';
import type { HealthBook } from './health-book.ts';
import type { CallTry, Candidate, ModelCallRecord, Strategy, StrategyBy } from './model-call.ts';
import { packFeatures } from './pack-features.ts';
import type { PromptFeatures } from './prompt-features.ts';
import type { RetryBudget } from './retry-budget.ts';
import type { RouteCall, RouterPorts, RouterSettings } from './router-ports.ts';
import type { SessionWarmth } from './session-warmth.ts';
import type { Settlements } from './settlements.ts';
import type { PrepaidReservations } from './prepaid-reservations.ts';
import type { BudgetState, RecordCall, ReservationId, Reserve, Settle } from './spend.ts';
import type { UpstreamBody, UpstreamFailure } from './upstream.ts';

/** What all calls of a router share. */
export interface RouterState {
  readonly ports: RouterPorts;
  readonly settings: RouterSettings;
  readonly health: HealthBook;
  readonly retries: RetryBudget;
  readonly sessions: SessionWarmth;
  readonly settlements: Settlements;
  readonly prepaid: PrepaidReservations;
}

interface Sum {
  cost: number;
  tokens: number;
}

export interface CallRun {
  readonly state: RouterState;
  readonly call: RouteCall;
  readonly demands: CallDemands;
  readonly dataClass: DataClass;
  readonly strategy: Strategy;
  readonly strategyBy: StrategyBy | undefined;
  readonly decision: RouteDecision;
  /** Of its prompt; undefined: nothing is learned from the call. */
  readonly features: PromptFeatures | undefined;
  /** Of the tenant, as seen lately. */
  readonly budgets: readonly BudgetState[];
  readonly bodyFor: (deployment: Deployment) => { readonly body: UpstreamBody; readonly masked: number } | undefined;
  readonly startedAt: number;
  /** No try begins after it, and the running one is cut off. */
  readonly endsAt: number;
  /** Cut off by the caller or by `endsAt`. */
  readonly cancel: CancelSource;
  readonly tries: CallTry[];
  readonly passedOver: Map<string, Excluded>;
  /** Models that cannot take this call, wherever they are deployed. */
  readonly closedModels: Set<string>;
  readonly reservations: ReservationId[];
  readonly reserved: Sum;
  /** Of tries that failed and may have cost something all the same. */
  readonly assumed: Sum;
  /** Tries that have not ended. */
  readonly underWay: Set<Deployment>;
  masked: number;
  /** A failure that no other deployment would mend. */
  fatal: UpstreamFailure | undefined;
  lastFailure: UpstreamFailure | undefined;
  /** The store's refusal of a reservation. */
  budgetError: ChoraleError | undefined;
}

/** A process that is alive settles long before. */
const reservationGraceMs = 60_000;

function worstOf(deployment: Deployment, demands: CallDemands): Sum {
  const tokens = demands.inputTokensMost + outputTokensMost(deployment, demands);
  return { cost: worstCost(deployment, demands), tokens };
}

/** What the call may have cost at most when this try is made as well. */
export function mostWith(run: CallRun, deployment: Deployment): Sum {
  const sum = { ...run.assumed };
  for (const one of [...run.underWay, deployment]) {
    const worst = worstOf(one, run.demands);
    sum.cost += worst.cost;
    sum.tokens += worst.tokens;
  }
  return sum;
}

/** @throws refused `budget-exhausted` and what else the store throws. */
export async function reserveTry(run: CallRun, deployment: Deployment): Promise<void> {
  const most = mostWith(run, deployment);
  const isFirst = run.reservations.length === 0;
  const cost = Math.max(0, most.cost - run.reserved.cost);
  const tokens = Math.max(0, most.tokens - run.reserved.tokens);
  if (!isFirst && cost === 0 && tokens === 0) return;
  const { clock, random } = run.state.ports;
  const { tenantId, projectId, callId, keyId, goalId, agent, taskNo } = run.call.context;
  const command: Reserve = {
    command: 'reserve',
    tenantId,
    reservationId: makeId('resv', clock.now(), random),
    callId,
    subjects: {
      ...(projectId === undefined ? {} : { project: projectId }),
      ...(keyId === undefined ? {} : { key: keyId }),
      ...(goalId === undefined ? {} : { goal: goalId }),
      ...(agent === undefined ? {} : { agent }),
    },
    amount: { cost, tokens, calls: isFirst ? 1 : 0 },
    expiresAt: run.endsAt + reservationGraceMs,
    known: {
      taskNo,
      operation: run.demands.operation,
      requested: run.call.context.models,
      strategy: run.strategy,
      taskClass: run.demands.taskClass,
      dataClass: run.dataClass,
      masked: run.masked,
      deploymentId: deployment.id,
      startedAt: run.startedAt,
    },
  };
  // What an agent asks for can be repeated after a crash, and is then looked for by its id: it is never made ahead.
  const isAgents = goalId !== undefined || agent !== undefined || run.call.keepReply === true;
  const prepaid = isFirst && !isAgents ? run.state.prepaid.take(command, run.budgets) : undefined;
  if (prepaid === undefined) await reserveNow(run, command);
  const { reservationId, amount } = prepaid ?? command;
  run.reservations.push(reservationId);
  run.reserved.cost += amount.cost;
  run.reserved.tokens += amount.tokens;
}

/** A refusal counts when nothing that is not needed any more is held against the budget. */
async function reserveNow({ state }: CallRun, command: Reserve): Promise<void> {
  const { ports, prepaid, settlements } = state;
  try {
    await ports.spend.execute(command);
  } catch (error) {
    const isRefusal = error instanceof ChoraleError && error.code === 'budget-exhausted';
    if (!isRefusal || (!prepaid.giveBack(command.tenantId) && settlements.size === 0)) throw error;
    await settlements.flush();
    await ports.spend.execute(command);
  }
}

/** A try was cut off or fell silent: the provider may charge what it was sent. */
export function assumeInputPaid(run: CallRun, deployment: Deployment): void {
  run.assumed.cost += costOfInput(deployment.prices, run.demands.inputTokensMost);
  run.assumed.tokens += run.demands.inputTokensMost;
}

export interface CallEnd {
  readonly deployment: Deployment | undefined;
  /** Undefined when the provider did not say. */
  readonly usage: Usage | undefined;
  readonly charged: Sum;
  readonly assumed: boolean;
  readonly firstByteAt: number | undefined;
  readonly failure: ChoraleError | undefined;
}

/** A candidate as it is told of: with what kept it from being tried after the decision. */
export function withReason(candidate: Candidate, passedOver: ReadonlyMap<string, Excluded>): Candidate {
  const excluded = candidate.excluded ?? passedOver.get(candidate.deploymentId);
  return excluded === undefined ? candidate : { ...candidate, excluded };
}

function recordOf(run: CallRun, end: CallEnd): ModelCallRecord {
  const { context } = run.call;
  const { passedOver } = run;
  return {
    callId: context.callId,
    tenantId: context.tenantId,
    keyId: context.keyId,
    goalId: context.goalId,
    taskNo: context.taskNo,
    agent: context.agent,
    operation: run.demands.operation,
    requested: context.models,
    strategy: run.strategy,
    ...(run.strategyBy === undefined ? {} : { strategyBy: run.strategyBy }),
    taskClass: run.demands.taskClass,
    dataClass: run.dataClass,
    masked: run.masked,
    candidates:
      passedOver.size === 0
        ? run.decision.candidates
        : run.decision.candidates.map((candidate) => withReason(candidate, passedOver)),
    tries: [...run.tries],
    deploymentId: end.deployment?.id,
    cache: 'none',
    ...(run.decision.explored ? { explored: true as const } : {}),
    usage: end.usage,
    cost: Math.ceil(run.assumed.cost + end.charged.cost),
    assumed: end.assumed || run.assumed.tokens > 0,
    startedAt: run.startedAt,
    firstByteAt: end.firstByteAt,
    endedAt: run.state.ports.clock.now(),
    failure: end.failure === undefined ? undefined : toErrorRecord(end.failure),
    ...featuresToKeep(run, end),
  };
}

/** Words can be guessed from their hashes: of a prompt in which something sensitive was found, none are kept. */
function featuresToKeep({ features, masked, dataClass }: CallRun, end: CallEnd): Pick<ModelCallRecord, 'features'> {
  const isHarmless = masked === 0 && (dataClass === 'public' || dataClass === 'internal');
  return features === undefined || !isHarmless || end.deployment === undefined
    ? {}
    : { features: packFeatures(features) };
}

/** Sends the record on its way to the store, with what is to be charged. */
export function endRun(run: CallRun, end: CallEnd): ModelCallRecord {
  const { tenantId } = run.call.context;
  const record = recordOf(run, end);
  const [main, ...others] = run.reservations;
  const wasSent = run.tries.length > 0;
  const amount = {
    cost: record.cost,
    tokens: Math.ceil(run.assumed.tokens + end.charged.tokens),
    calls: wasSent ? 1 : 0,
  };
  const nothing = { cost: 0, tokens: 0, calls: 0 };
  // The first is charged before the others are given back: in between nobody can take the room that it needs.
  const commands: readonly (Settle | RecordCall)[] =
    main === undefined
      ? [{ command: 'record-call', tenantId, record }]
      : [
          { command: 'settle', tenantId, reservationId: main, amount, record },
          ...others.map((reservationId): Settle => ({
            command: 'settle',
            tenantId,
            reservationId,
            amount: nothing,
            record: undefined,
          })),
        ];
  run.state.settlements.add(commands);
  run.cancel.release();
  return record;
}
