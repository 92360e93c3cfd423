// One answer of a model: journalled, so that it is paid for once, and waited for while no model can be reached.
//
// Invariants: AM1 an answer on record is given as it was; the model is not asked again.
//             AM2 a call whose end is unknown is made again under the same id.
//             AM3 while models fail for a time, the attempt gives its slot back and goes on in the same run.

import { refused, toErrorRecord, type ErrorRecord } from '@chorale/lib-errors';
import type { Json } from '@chorale/module-goals';
import type { CallContext, ChatRequest, FinishReason, ModelCallId, TaskClass, Usage } from '@chorale/module-models';
import type { AgentSession } from './agent-session.ts';
import { AttemptWaits, endsAttempt } from './journal.ts';
import type { ModelReply } from './model-port.ts';
import { readKept } from './read-kept.ts';
import type { SessionOpening } from './session-opening.ts';

/** `turn`: the agent's own. `compact`: a summary of turns. `screen`: whether the goal may be worked on. */
export type ModelPurpose = 'turn' | 'compact' | 'screen';

export interface ModelQuestion {
  readonly purpose: ModelPurpose;
  readonly request: ChatRequest;
  readonly taskClass?: TaskClass;
}

/** An answer as the journal keeps it; the parts are a reference when they are large. */
export interface RecordedAnswer {
  readonly callId: string;
  readonly deploymentId: string;
  readonly provider: string;
  readonly model: string;
  readonly finish: FinishReason;
  readonly usage: Usage;
  /** Nano-dollars. */
  readonly cost: number;
  readonly cache: 'none' | 'exact';
  readonly parts: Json;
}

/** Failures in a row before the task is given up; with the waits between them, about an hour. */
const modelFailuresMax = 10;
const firstWaitMs = 5_000;
const waitMsMax = 600_000;
const nanoPerUsd = 1_000_000_000;

export async function askModel(session: AgentSession, question: ModelQuestion): Promise<ModelReply> {
  for (;;) {
    const { next } = session.parts.calls.journal;
    try {
      const reply = await callOnce(session, question);
      session.modelFailures = 0;
      return reply;
    } catch (error) {
      if (endsAttempt(error)) throw error;
      const failure = toErrorRecord(error);
      if (failure.family !== 'temporary') throw error;
      session.modelFailures += 1;
      if (session.modelFailures >= modelFailuresMax) throw unavailable(failure);
      // What failed in an earlier attempt has been waited for.
      if (next?.state !== 'failed') throw waitAfter(session, failure);
    }
  }
}

async function callOnce(session: AgentSession, { purpose, request, taskClass }: ModelQuestion): Promise<ModelReply> {
  const { calls, thinking } = session.parts;
  const context = contextOf(session, taskClass);
  const recorded = await calls.callOwn({
    kind: 'model-call',
    name: session.opening.policy.prefer[0] ?? 'any',
    input: {
      purpose,
      callId: context.callId,
      messages: request.messages.length,
      digest: thinking.digest(JSON.stringify(request)),
    },
    perform: async (signal) => recordOf(await thinking.model.call(request, context, signal), calls),
  });
  const answer = recorded as unknown as RecordedAnswer;
  const { usage, cost, callId, provider, model, parts, ...rest } = answer;
  session.used.tokens += usage.inputTokens + usage.outputTokens;
  session.used.cost += cost;
  const read = (await readKept(parts, session.parts)) as unknown as ModelReply['parts'];
  return { ...rest, usage, cost, parts: read, callId: callId as ModelCallId, by: { provider, model } };
}

async function recordOf(reply: ModelReply, calls: AgentSession['parts']['calls']): Promise<Json> {
  const { callId, deploymentId, finish, usage, cost, cache, by } = reply;
  const parts = await calls.keep(reply.parts as unknown as Json, 'answer.json');
  const { provider, model } = by;
  const answer: RecordedAnswer = { callId, deploymentId, provider, model, finish, usage, cost, cache, parts };
  // A field that is undefined is not JSON, and would differ after it was read from a row.
  return JSON.parse(JSON.stringify(answer)) as Json;
}

function contextOf(session: AgentSession, taskClass: TaskClass | undefined): CallContext {
  const { request, calls, agent } = session.parts;
  const { task, goal } = request.claimed;
  const { opening } = session;
  const { prefer, dataClass, region, costUsdMax } = opening.policy;
  const { goalId, no, run } = task;
  return {
    callId: `call_${goalId}_${no}_${run}_${calls.journal.nextStepNo}` as ModelCallId,
    tenantId: task.tenantId,
    goalId: opening.rootGoalId,
    projectId: goal.projectId,
    taskNo: no,
    agent: agent.name,
    session: `${goalId}/${no}/${run}`,
    models: prefer,
    ...strategyOf(opening),
    ...(dataClass === undefined ? {} : { dataClass }),
    ...(region === undefined ? {} : { region }),
    ...(taskClass === undefined ? {} : { taskClass }),
    ...(goal.deadlineAt === undefined ? {} : { deadlineAt: goal.deadlineAt }),
    ...(costUsdMax === undefined ? {} : { costMax: Math.max(0, costMaxOf(costUsdMax) - session.used.cost) }),
  };
}

/** The agent's word is narrower than its goal's. */
function strategyOf({ policy, goalStrategy }: SessionOpening): Pick<CallContext, 'strategy' | 'strategyBy'> {
  if (policy.strategy !== undefined) return { strategy: policy.strategy, strategyBy: 'agent' };
  return goalStrategy === undefined ? {} : { strategy: goalStrategy, strategyBy: 'goal' };
}

function waitAfter({ parts, modelFailures }: AgentSession, failure: ErrorRecord): AttemptWaits {
  const delayMs = Math.min(firstWaitMs * 2 ** (modelFailures - 1), waitMsMax);
  const until = parts.ports.clock.now() + Math.max(delayMs, failure.retryAfterMs ?? 0);
  return new AttemptWaits({ for: 'time', until, failure });
}

function unavailable({ code, message }: ErrorRecord): Error {
  return refused('agent-model-unavailable', `No model answered in ${modelFailuresMax} tries; last: ${message}`, {
    action: 'See `chorale models list`; retry the task when a model can be reached.',
    data: { cause: code },
  });
}

export function costMaxOf(costUsdMax: number): number {
  return Math.round(costUsdMax * nanoPerUsd);
}
