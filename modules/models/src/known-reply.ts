// Replies that are there already: of the same call made before, or of the same question asked before. Neither is paid.

import type { CallContext, ModelCallRecord } from './model-call.ts';
import { demandsOf, saidDataClass } from './begin-run.ts';
import type { RouterState } from './call-run.ts';
import type { ChatReply, ChatRequest } from './conversation.ts';
import type { CacheQuestion, RouteCall } from './router-ports.ts';
import { resolveStrategy } from './strategy-weights.ts';

export interface KnownReply {
  readonly source: 'cache' | 'kept';
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

function cachedRecord({ ports }: RouterState, call: RouteCall): ModelCallRecord {
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
    cache: 'exact',
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
  if (cache === undefined || call.body.form !== 'chat') return undefined;
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

/** Resolves when a repeated call would find the reply; the cache is filled without waiting. */
export async function keepReply({ ports, settlements }: RouterState, call: RouteCall, reply: ChatReply): Promise<void> {
  const { context, body } = call;
  const { tenantId, callId } = context;
  if (ports.cache !== undefined && body.form === 'chat') {
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
