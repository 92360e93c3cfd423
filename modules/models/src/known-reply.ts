// Replies that are there already: of the same call made before, or of the same question asked before. Neither is paid.

import type { CallContext, ModelCallRecord, SimilarCall } from './model-call.ts';
import { demandsOf, saidDataClass } from './begin-run.ts';
import type { RouterState } from './call-run.ts';
import type { ChatReply, ChatRequest } from './conversation.ts';
import type { CacheQuestion, RouteCall, Shielded, SimilarQuestion } from './router-ports.ts';
import { resolveStrategy } from './strategy-weights.ts';

export interface KnownReply {
  readonly source: 'cache' | 'semantic' | 'kept';
  readonly reply: ChatReply;
  readonly finished: Promise<ModelCallRecord | undefined>;
}

/** A repeated call id: its reply is what was paid for the first time. */
export async function replyKept({ ports }: RouterState, call: RouteCall): Promise<KnownReply | undefined> {
  if (call.keepReply !== true || ports.replies === undefined) return undefined;
  const { tenantId, callId } = call.context;
  const reply = await ports.replies.find(tenantId, callId);
  if (reply === undefined) return undefined;
  const finished = ports.spend.findCall(tenantId, callId).catch(() => undefined);
  return { source: 'kept', reply, finished };
}

function cachedRecord({ ports }: RouterState, call: RouteCall, similar?: SimilarCall): ModelCallRecord {
  const { context } = call;
  const now = ports.clock.now();
  const { strategy } = resolveStrategy([{ strategy: call.key?.strategy }, { strategy: context.strategy }]);
  return {
    ...whoOf(context),
    operation: 'chat',
    requested: context.models,
    strategy,
    taskClass: demandsOf(call).taskClass,
    dataClass: saidDataClass(call),
    masked: 0,
    candidates: [],
    tries: [],
    deploymentId: undefined,
    cache: similar === undefined ? 'exact' : 'semantic',
    ...(similar === undefined ? {} : { similar }),
    usage: undefined,
    cost: 0,
    assumed: false,
    startedAt: now,
    firstByteAt: now,
    endedAt: now,
    failure: undefined,
  };
}

function whoOf({ callId, tenantId, keyId, goalId, taskNo, agent }: CallContext) {
  return { callId, tenantId, keyId, goalId, taskNo, agent };
}

function questionOf({ context, key }: RouteCall, request: ChatRequest): CacheQuestion {
  return { context, allowed: key?.models ?? [], request };
}

export async function replyFromCache(state: RouterState, call: RouteCall): Promise<KnownReply | undefined> {
  const { cache, report } = state.ports;
  if (cache === undefined || call.body.form !== 'chat' || call.context.cache === 'none') return undefined;
  const { context } = call;
  try {
    const reply = await cache.find(questionOf(call, call.body.request));
    if (reply === undefined) return undefined;
    const record = cachedRecord(state, call);
    state.settlements.add([{ command: 'record-call', tenantId: context.tenantId, record }]);
    return { source: 'cache', reply, finished: Promise.resolve(record) };
  } catch (error) {
    report({ what: 'cache-failed', callId: context.callId, error });
    return undefined;
  }
}

/**
 * Looks for an answer to a question like this one, after privacy has looked: only what is internal at most and has nothing
 * sensitive in it is compared.
 */
export async function askSimilar(
  { ports }: RouterState,
  call: RouteCall,
  shielded: Shielded | undefined,
): Promise<SimilarQuestion | undefined> {
  const { similar, report } = ports;
  const { body, context } = call;
  if (similar === undefined || body.form !== 'chat' || context.cache !== undefined) return undefined;
  const dataClass = shielded?.dataClass ?? saidDataClass(call);
  if (shielded?.isClean === false || (dataClass !== 'public' && dataClass !== 'internal')) return undefined;
  try {
    return await similar.ask({ ...questionOf(call, body.request), context: { ...context, dataClass } });
  } catch (error) {
    report({ what: 'cache-failed', callId: context.callId, error });
    return undefined;
  }
}

export function similarReply(state: RouterState, call: RouteCall, question: SimilarQuestion): KnownReply | undefined {
  if (question.found === undefined) return undefined;
  const { reply, ...similar } = question.found;
  const record = cachedRecord(state, call, similar);
  state.settlements.add([{ command: 'record-call', tenantId: record.tenantId, record }]);
  return { source: 'semantic', reply, finished: Promise.resolve(record) };
}

export interface AnsweredCall {
  readonly reply: ChatReply;
  readonly question: SimilarQuestion | undefined;
  readonly finished: Promise<ModelCallRecord>;
}

/** Without waiting. */
function keepSimilar({ ports, settlements }: RouterState, { reply, question, finished }: AnsweredCall): void {
  if (question === undefined) return;
  const keep = async (): Promise<void> => {
    const record = await finished;
    try {
      await question.keep(reply, record);
    } catch (error) {
      ports.report({ what: 'cache-failed', callId: record.callId, error });
    }
  };
  settlements.follow(keep());
}

/** Resolves when a repeated call would find the reply; the caches are filled without waiting. */
export async function keepReply(state: RouterState, call: RouteCall, answered: AnsweredCall): Promise<void> {
  const { ports, settlements } = state;
  const { context, body } = call;
  const { reply } = answered;
  keepSimilar(state, answered);
  const { tenantId, callId } = context;
  if (ports.cache !== undefined && body.form === 'chat' && context.cache !== 'none') {
    const { cache } = ports;
    const fill = async (): Promise<void> => cache.keep(questionOf(call, body.request), reply);
    settlements.follow(fill().catch((error: unknown) => ports.report({ what: 'cache-failed', callId, error })));
  }
  if (call.keepReply !== true || ports.replies === undefined) return;
  try {
    await ports.replies.keep(tenantId, callId, reply);
  } catch (error) {
    ports.report({ what: 'reply-not-kept', callId, error });
  }
}
