// One call to a model: who asks, under which rules, how it was decided and how it went.

import type { ErrorRecord } from '@chorale/lib-errors';
import type { GoalId, Id, ProjectId, TenantId } from '@chorale/lib-ids';
import type { Usage } from './conversation.ts';
import type { Capability, DataClass, Retention } from './deployment.ts';

export type ModelCallId = Id<'model-call'>;
export type ModelKeyId = Id<'model-key'>;
export type BudgetId = Id<'budget'>;

export const strategies = ['balanced', 'cost', 'performance', 'privacy', 'failover'] as const;
export type Strategy = (typeof strategies)[number];

/** Who can say which strategy holds, broadest first. */
export type StrategyBy = 'installation' | 'tenant' | 'key' | 'goal' | 'agent' | 'call';

/** What a call is for, as the classifier sees it; quality is learned for each. */
export const taskClasses = ['chat', 'code', 'extract', 'summarise', 'reason', 'plan', 'translate', 'other'] as const;
export type TaskClass = (typeof taskClasses)[number];

/** Everything about a call that is not what is said. */
export interface CallContext {
  /** Given by the caller so that a repeated call can be recognised: the same id is paid for once. */
  readonly callId: ModelCallId;
  readonly tenantId: TenantId;
  /** Where the goal belongs. */
  readonly projectId?: ProjectId;
  readonly keyId?: ModelKeyId;
  readonly goalId?: GoalId;
  readonly taskNo?: number;
  readonly agent?: string;
  /** All calls of a conversation carry the same: they stay with a deployment while its prompt cache is worth it. */
  readonly session?: string;
  /** Model names, deployment ids or aliases, best first; empty: any. */
  readonly models: readonly string[];
  readonly strategy?: Strategy;
  /** Whose word `strategy` is. Default: the call's own. */
  readonly strategyBy?: 'goal' | 'agent';
  /** The least; what the detectors find can raise it. Default `internal`. */
  readonly dataClass?: DataClass;
  readonly region?: string;
  /** Narrows what the data class allows. */
  readonly retention?: Retention;
  /** Narrows which caches may answer; undefined: those that are configured. */
  readonly cache?: 'none' | 'exact';
  readonly needs?: readonly Capability[];
  readonly taskClass?: TaskClass;
  /** An answer that breaks off goes on at another deployment, where that can be. */
  readonly continues?: boolean;
  /** Where it is too long for every model that may answer, its oldest turns become a summary. */
  readonly shorten?: boolean;
  /** Milliseconds since 1970; no try begins after it and the running one is cut off. */
  readonly deadlineAt?: number;
  /** Nano-dollars this one call may cost. */
  readonly costMax?: number;
}

/** Why a deployment was passed over before any score was made. */
export type Exclusion =
  | 'not-asked-for'
  | 'not-allowed-by-key'
  | 'data-class'
  | 'region'
  | 'retention'
  | 'capability'
  | 'context-length'
  | 'budget'
  | 'no-price'
  | 'cooling-down';

export interface Candidate {
  readonly deploymentId: string;
  /** Set when it could not be chosen. */
  readonly excluded?: { readonly why: Exclusion; readonly detail: string };
  readonly score?: {
    readonly total: number;
    /** 0 to 1. */
    readonly quality: number;
    /** The quality was learned from outcomes of this tenant's prompts. */
    readonly learned?: true;
    /** Against the cheapest model that something was learned of: it is asked where the gain is beyond the threshold. */
    readonly line?: { readonly weak: string; readonly gain: number; readonly threshold: number };
    /** Nano-dollars, expected. */
    readonly cost: number;
    /** Milliseconds to the end of the answer, expected. */
    readonly latencyMs: number;
    /** Nano-dollars that leaving a warm prompt cache would cost. */
    readonly switching: number;
    /** 1 for our own machines, 0 for a provider that learns from what it is sent. */
    readonly privacy?: number;
    /** The share of its tries that failed lately, 0 to 1. */
    readonly failing?: number;
  };
}

export interface CallTry {
  readonly deploymentId: string;
  readonly startedAt: number;
  readonly firstByteAt?: number;
  readonly endedAt: number;
  readonly failure?: { readonly kind: string; readonly status?: number; readonly message: string };
}

export interface SimilarCall {
  /** The call whose answer was given. */
  readonly callId: ModelCallId;
  /** The cosine of the two questions' vectors, 1 for the same words. */
  readonly similarity: number;
  /** Nano-dollars: what that call cost. */
  readonly saved: number;
}

/** How a call was decided and how it went; kept, and shown to whoever asks why this model. */
export interface ModelCallRecord {
  readonly callId: ModelCallId;
  readonly tenantId: TenantId;
  readonly keyId: ModelKeyId | undefined;
  readonly goalId: GoalId | undefined;
  readonly taskNo: number | undefined;
  readonly agent: string | undefined;
  readonly operation: 'chat' | 'embeddings' | 'speech' | 'transcription';
  readonly requested: readonly string[];
  readonly strategy: Strategy;
  /** Whose word the strategy was; absent when nobody said, and of calls whose end is unknown. */
  readonly strategyBy?: StrategyBy;
  readonly taskClass: TaskClass;
  readonly dataClass: DataClass;
  /** How many values were replaced by placeholders before anything left. */
  readonly masked: number;
  readonly candidates: readonly Candidate[];
  readonly tries: readonly CallTry[];
  /** The deployment that answered. */
  readonly deploymentId: string | undefined;
  readonly cache: 'none' | 'exact' | 'semantic';
  /** The model was drawn, to learn how it does. */
  readonly explored?: true;
  /** Of an answer from the cache to a question like this one. */
  readonly similar?: SimilarCall;
  readonly usage: Usage | undefined;
  /** Nano-dollars charged. */
  readonly cost: number;
  /** True when the end of the call is unknown and its reservation was charged. */
  readonly assumed: boolean;
  readonly startedAt: number;
  readonly firstByteAt: number | undefined;
  readonly endedAt: number;
  readonly failure: ErrorRecord | undefined;
  /** Packed, of the prompt: for what is said later of how the model did. As confidential as the prompt. */
  readonly features?: string;
}
