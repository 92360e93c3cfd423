// What the router needs from the world, what it is asked and what it gives back.

import type { Random, TenantId } from '@chorale/lib-ids';
import type { CancelSignal, Clock } from '@chorale/lib-time';
import type { CallDemands } from './classify-call.ts';
import type { ChatEvent, ChatReply, ChatRequest } from './conversation.ts';
import type { DataClass, Deployment } from './deployment.ts';
import type { Fleet } from './fleet.ts';
import type { CallContext, ModelCallId, ModelCallRecord, SimilarCall } from './model-call.ts';
import type { Patience } from './patience.ts';
import type { RoutingKnowledge } from './routing-knowledge.ts';
import type { ModelKey, RecordCall, Settle, SpendStore } from './spend.ts';
import type { PromptFeatures } from './prompt-features.ts';
import type { StrategyOverride } from './strategy-weights.ts';
import type { Upstream, UpstreamAnswer, UpstreamBody } from './upstream.ts';

export interface RouterPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly spend: SpendStore;
  readonly upstream: Upstream;
  /** The same object until something changes. */
  readonly fleet: () => Fleet;
  readonly knowledge: RoutingKnowledge;
  /** Told of what went wrong beside the calls; never throws. */
  readonly report: (problem: RouterProblem) => void;
  readonly cache?: ResponseCache;
  readonly similar?: SimilarAnswers;
  readonly privacy?: Privacy;
  readonly replies?: ReplyKeeper;
  /**
   * What was learned of a model for words like these, 0 to 1; undefined: nothing, and the counts of outcomes decide.
   * With it, records of calls that had a choice keep what a later outcome can be learned from.
   */
  readonly predictQuality?: (asked: PredictedCall) => LearnedView | undefined;
  /** The share of calls with a choice, 0 to 1, that go to a model drawn from those they may go to; default 0. */
  readonly exploreShare?: number | (() => number);
}

/** What was learned, looked at for one prompt. */
export interface LearnedView {
  /** 0 to 1. */
  qualityOf(model: string): number | undefined;
  /**
   * What the stronger model is expected to gain on the weaker, and from which gain on it is asked to keep this share of its
   * advantage. Undefined: there is no line between them.
   */
  lineBetween(weak: string, strong: string, kept: number): ExpectedGain | undefined;
}

export interface ExpectedGain {
  readonly gain: number;
  readonly threshold: number;
}

export interface PredictedCall {
  readonly tenantId: TenantId;
  readonly features: PromptFeatures;
}

export type RouterProblem =
  /** The reservation is charged in full when it expires. */
  | { readonly what: 'settlement-failed'; readonly command: Settle | RecordCall; readonly error: unknown }
  | { readonly what: 'reply-not-kept'; readonly callId: ModelCallId; readonly error: unknown }
  | { readonly what: 'cache-failed'; readonly callId: ModelCallId; readonly error: unknown }
  | { readonly what: 'fact-not-kept'; readonly deploymentId: string; readonly error: unknown }
  | { readonly what: 'knowledge-stale'; readonly error: unknown }
  /** An upstream threw something else than an `UpstreamFailure`. */
  | { readonly what: 'upstream-broken'; readonly deploymentId: string; readonly error: unknown };

/** Answers to the very same question of the same tenant. What it throws is reported, and the call goes on without. */
export interface ResponseCache {
  find(asked: CacheQuestion): Promise<ChatReply | undefined> | ChatReply | undefined;
  keep(asked: CacheQuestion, reply: ChatReply): Promise<void> | void;
}

/** Answers to questions that mean the same. What it throws is reported, and the call goes on without. */
export interface SimilarAnswers {
  /** Undefined: no question for this cache. Called when nothing sensitive was found in the request. */
  ask(asked: CacheQuestion): Promise<SimilarQuestion | undefined>;
}

export interface SimilarQuestion {
  readonly found: (SimilarCall & { readonly reply: ChatReply }) | undefined;
  /** Keeps the answer that was then paid for. */
  keep(reply: ChatReply, record: Pick<ModelCallRecord, 'callId' | 'cost'>): Promise<void>;
}

export interface CacheQuestion {
  readonly context: CallContext;
  /** What the caller's key allows; empty: all. An answer of another model is not for it. */
  readonly allowed: readonly string[];
  readonly request: ChatRequest;
}

/** Replies of calls that may be repeated under the same id, so that they are paid for once. */
export interface ReplyKeeper {
  find(tenantId: TenantId, callId: ModelCallId): Promise<ChatReply | undefined>;
  /** Resolves when the reply will be found. */
  keep(tenantId: TenantId, callId: ModelCallId, reply: ChatReply): Promise<void>;
}

/** Looks at what is to be sent, before it is decided where. What it throws ends the call: nothing is sent unseen. */
export interface Privacy {
  shield(request: ChatRequest, context: CallContext): Shielded | Promise<Shielded>;
}

export interface Shielded {
  /** What the filters go by; never less than the caller said, but for what is masked. */
  readonly dataClass: DataClass;
  /** Nothing sensitive was found, whatever the policy makes of it. */
  readonly isClean: boolean;
  /** What this deployment may be sent, and how many values in it are placeholders. */
  requestFor(deployment: Deployment): { readonly request: ChatRequest; readonly masked: number };
  /** Puts the values back; the reply at the end as well. */
  restore(events: AsyncIterable<ChatEvent>): AsyncIterable<ChatEvent>;
}

export type RouteBody =
  | { readonly form: 'chat'; readonly request: ChatRequest }
  | {
      /** Already in some wire format. Whoever makes it has looked after what may be sent. */
      readonly form: 'made';
      readonly demands: CallDemands;
      readonly masked?: number;
      /** What the call is about, as `promptOf` says it; undefined: nothing is learned from it. */
      prompt?(): string;
      /** With the deployment's own name of the model; undefined: this deployment cannot take it. */
      bodyFor(deployment: Deployment): UpstreamBody | undefined;
    };

export interface RouteCall {
  readonly context: CallContext;
  readonly body: RouteBody;
  readonly stream: boolean;
  readonly signal: CancelSignal;
  /** Of a key that was found to be valid. */
  readonly key?: Pick<ModelKey, 'models' | 'strategy' | 'dataClass'>;
  /** Of the tenant, the goal and the agent, broadest first; then come the key's and the call's own. */
  readonly overrides?: readonly StrategyOverride[];
  /** Another deployment is asked as well when nothing came for so long. */
  readonly hedgeAfterMs?: number;
  /** Recognises a repeated id and gives its kept reply; for calls of agents. */
  readonly keepReply?: boolean;
}

export interface RoutedCall {
  readonly source: 'upstream' | 'cache' | 'semantic' | 'kept';
  /** Undefined when nobody was asked. */
  readonly deployment: Deployment | undefined;
  /** To be read to its end, or returned from; what is never read is cut off at the call's deadline. */
  readonly answer: UpstreamAnswer;
  /** When the answer has ended, however; never rejects. Undefined when an earlier call's record is not to be found. */
  readonly finished: Promise<ModelCallRecord | undefined>;
}

export interface RouterSettings {
  /** A call without a deadline ends after it. */
  readonly callMsMax: number;
  /** What one try may take to the first byte of an answer that comes whole, however long that may be. */
  readonly wholeAnswerMsMax: number;
  /** For deployments that have none of their own. */
  readonly patience: Partial<Patience>;
}

export const routerDefaults: RouterSettings = {
  callMsMax: 600_000,
  wholeAnswerMsMax: 300_000,
  patience: {},
};
