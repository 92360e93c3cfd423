// Money, tokens and calls: who may spend how much, what is reserved, what was spent. Pure data and the port to its store.
//
// Invariants: SP1 spent + reserved never passes a limit: a reservation that would is refused, and nothing of it happens.
//             SP2 a reservation ends once: settled with what the call cost, released when nothing was sent, or, when its
//                 process is gone, charged in full, because the provider may have been paid.

import type { Id, TenantId } from '@chorale/lib-ids';
import type { ChatReply } from './conversation.ts';
import type { DataClass } from './deployment.ts';
import type { BudgetId, ModelCallId, ModelCallRecord, ModelKeyId, Strategy, TaskClass } from './model-call.ts';

export type ReservationId = Id<'reservation'>;

/** Whole numbers; cost in nano-dollars. */
export interface Amount {
  readonly cost: number;
  readonly tokens: number;
  readonly calls: number;
}

export type BudgetScope = 'tenant' | 'project' | 'key' | 'goal' | 'agent';
/** `total` never begins anew; days and months are those of UTC. */
export type BudgetWindow = 'total' | 'day' | 'month';

export interface Budget {
  readonly tenantId: TenantId;
  readonly budgetId: BudgetId;
  readonly scope: BudgetScope;
  /** The project's, the key's or the goal's id, or the agent's name; the tenant's id for `tenant`. One budget for each scope, subject and window. */
  readonly subject: string;
  readonly window: BudgetWindow;
  /** Undefined: not limited. */
  readonly limit: { readonly [Kind in keyof Amount]?: number };
}

export interface BudgetState extends Budget {
  readonly windowStartedAt: number;
  readonly spent: Amount;
  readonly reserved: Amount;
}

/** A virtual key: what a program shows instead of a provider's key. */
export interface ModelKey {
  readonly tenantId: TenantId;
  readonly keyId: ModelKeyId;
  readonly name: string;
  /** The first characters of the key, to recognise it by. */
  readonly prefix: string;
  /** SHA-256 of the whole key, hex. The key itself is shown once and not kept. */
  readonly hash: string;
  /** Model names, deployment ids or aliases; empty: all. */
  readonly models: readonly string[];
  readonly strategy: Strategy | undefined;
  readonly dataClass: DataClass | undefined;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly expiresAt: number | undefined;
  readonly revokedAt: number | undefined;
}

export interface Reserve {
  readonly command: 'reserve';
  readonly tenantId: TenantId;
  readonly reservationId: ReservationId;
  readonly callId: ModelCallId;
  /** Whose budgets the call counts against, besides the tenant's. */
  readonly subjects: {
    readonly project?: string;
    readonly key?: string;
    readonly goal?: string;
    readonly agent?: string;
  };
  readonly amount: Amount;
  /** After this its process is taken to be gone. */
  readonly expiresAt: number;
  /** What stands in the record should its end never be known; without it, a chat of which nothing is known. */
  readonly known?: KnownCall;
}

/** What is known of a call before it is sent. */
export type KnownCall = Pick<
  ModelCallRecord,
  | 'taskNo'
  | 'operation'
  | 'requested'
  | 'strategy'
  | 'taskClass'
  | 'dataClass'
  | 'masked'
  | 'deploymentId'
  | 'startedAt'
>;

export interface Settle {
  readonly command: 'settle';
  readonly tenantId: TenantId;
  readonly reservationId: ReservationId;
  /** What was used; may pass what was reserved, and is charged all the same. */
  readonly amount: Amount;
  /** Undefined when nothing was sent. */
  readonly record: ModelCallRecord | undefined;
}

/** A call that needed no reservation, such as one answered from the cache. */
export interface RecordCall {
  readonly command: 'record-call';
  readonly tenantId: TenantId;
  readonly record: ModelCallRecord;
}

/** Charges the reservations of processes that are gone, and forgets those that ended long ago. */
export interface ExpireReservations {
  readonly command: 'expire-reservations';
}

export interface PutBudget {
  readonly command: 'put-budget';
  readonly tenantId: TenantId;
  /** Replaces the limits of the budget of the same scope, subject and window; what was spent stays. */
  readonly budget: Budget;
}

export interface DropBudget {
  readonly command: 'drop-budget';
  readonly tenantId: TenantId;
  readonly budgetId: BudgetId;
}

export interface PutModelKey {
  readonly command: 'put-key';
  readonly tenantId: TenantId;
  readonly key: ModelKey;
}

export interface RevokeModelKey {
  readonly command: 'revoke-key';
  readonly tenantId: TenantId;
  readonly keyId: ModelKeyId;
}

/** What a deployment was seen to do or not to do, e.g. `rejects-json-schema`. */
export interface LearnFact {
  readonly command: 'learn-fact';
  readonly fact: DeploymentFact;
}

export interface DeploymentFact {
  readonly deploymentId: string;
  readonly fact: string;
  readonly detail: string;
  readonly learnedAt: number;
}

/** How well a model did at a task of a class; from validated results and people's verdicts. A call's last verdict counts. */
export interface RecordOutcome {
  readonly command: 'record-outcome';
  readonly tenantId: TenantId;
  readonly outcome: ModelOutcome;
}

export interface ModelOutcome {
  readonly callId: ModelCallId;
  readonly taskClass: TaskClass;
  readonly model: string;
  readonly good: boolean;
  readonly at: number;
  /** Packed, of the call's prompt; undefined where none were kept: the outcome is counted, and not learned from. */
  readonly features?: string | undefined;
}

/** What was learned of a tenant's models; of two versions the later stays. */
export interface PutLearned {
  readonly command: 'put-learned';
  readonly learned: LearnedRow;
}

export interface LearnedRow {
  readonly tenantId: TenantId;
  readonly version: number;
  readonly trainedAt: number;
  /** All that were counted when it was trained. */
  readonly outcomes: number;
  /** Packed. */
  readonly learned: string;
}

/** Forgets calls that ended before a time, the oldest first, with what was said of how they did; counts stay. */
export interface DropCalls {
  readonly command: 'drop-calls';
  readonly tenantId: TenantId;
  readonly endedBefore: number;
  readonly limit: number;
}

/** An answer that may answer questions like its own. */
export interface KeptAnswer {
  readonly tenantId: TenantId;
  /** Of the call that was answered. */
  readonly answerId: ModelCallId;
  /** The hash of all that two calls must have in common: everything but what is compared. */
  readonly setting: string;
  readonly question: string;
  /** Packed. */
  readonly vector: string;
  readonly reply: ChatReply;
  /** What the answer cost, in nano-dollars. */
  readonly cost: number;
  readonly keptAt: number;
  readonly expiresAt: number;
}

export interface KeepAnswer {
  readonly command: 'keep-answer';
  readonly tenantId: TenantId;
  readonly answer: KeptAnswer;
  /** Of a tenant; the oldest go, and those that have expired. */
  readonly answersMax: number;
}

export interface DropAnswers {
  readonly command: 'drop-answers';
  readonly tenantId: TenantId;
  /** Undefined: all. */
  readonly keptBefore?: number;
}

export type SpendCommand =
  | Reserve
  | Settle
  | RecordCall
  | ExpireReservations
  | PutBudget
  | DropBudget
  | PutModelKey
  | RevokeModelKey
  | LearnFact
  | RecordOutcome
  | PutLearned
  | DropCalls
  | KeepAnswer
  | DropAnswers;

export interface SpendReplies {
  readonly reserve: Record<never, never>;
  readonly settle: Record<never, never>;
  readonly 'record-call': Record<never, never>;
  /** `more`: send it again, there was more to do than is done at once. */
  readonly 'expire-reservations': { readonly charged: number; readonly more: boolean };
  readonly 'put-budget': { readonly budget: BudgetState };
  readonly 'drop-budget': Record<never, never>;
  readonly 'put-key': Record<never, never>;
  readonly 'revoke-key': { readonly key: ModelKey };
  readonly 'learn-fact': Record<never, never>;
  readonly 'record-outcome': Record<never, never>;
  readonly 'put-learned': Record<never, never>;
  /** As many as the limit: there may be more. */
  readonly 'drop-calls': { readonly dropped: number };
  readonly 'keep-answer': Record<never, never>;
  readonly 'drop-answers': Record<never, never>;
}

export interface CallPage {
  /** Give `calls[last]`'s to go on; undefined: from the newest. */
  readonly before?: { readonly endedAt: number; readonly callId: ModelCallId };
  readonly limit: number;
  readonly goalId?: string;
  readonly keyId?: string;
}

export type ComparedAnswer = Pick<KeptAnswer, 'answerId' | 'question' | 'vector'>;

/** Of one setting, as far as they have not expired. */
export interface AnswersAsked {
  readonly setting: string;
  readonly now: number;
  readonly limit: number;
}

export interface FeaturedOutcome {
  readonly model: string;
  readonly good: boolean;
  readonly features: string;
}

export interface OutcomeCount {
  readonly taskClass: TaskClass;
  readonly model: string;
  readonly good: number;
  readonly bad: number;
}

/** Durable like a goal store: `execute` resolves only when the effect is on disk. */
export interface SpendStore {
  /**
   * A command that is repeated because its answer was lost happens once.
   *
   * @throws refused `budget-exhausted` (data: budgetId, scope, subject, window, kind, limit, spent, reserved, resetsAt),
   * `budget-not-found`, `budget-invalid`, `key-not-found`, `key-exists`, `amount-invalid`; broken
   * `reservation-not-found`, and `reservation-ended` for one that has ended otherwise than the command says.
   */
  execute<C extends SpendCommand>(command: C): Promise<SpendReplies[C['command']]>;
  /** By hash, in any tenant: the key says whose it is. Revoked and expired keys are given too. */
  findKey(hash: string): Promise<ModelKey | undefined>;
  listKeys(tenantId: TenantId): Promise<readonly ModelKey[]>;
  /** With windows that have ended shown as begun anew. */
  listBudgets(tenantId: TenantId): Promise<readonly BudgetState[]>;
  findCall(tenantId: TenantId, callId: ModelCallId): Promise<ModelCallRecord | undefined>;
  /** Newest first. */
  listCalls(tenantId: TenantId, page: CallPage): Promise<readonly ModelCallRecord[]>;
  listFacts(): Promise<readonly DeploymentFact[]>;
  countOutcomes(tenantId: TenantId): Promise<readonly OutcomeCount[]>;
  /** Those that can be learned from, newest first. */
  listOutcomes(tenantId: TenantId, limit: number): Promise<readonly FeaturedOutcome[]>;
  /** Undefined when there is none that is later than the version. */
  findLearned(tenantId: TenantId, laterThan: number): Promise<LearnedRow | undefined>;
  /** Newest first. */
  listAnswers(tenantId: TenantId, asked: AnswersAsked): Promise<readonly ComparedAnswer[]>;
  findAnswer(tenantId: TenantId, answerId: ModelCallId): Promise<KeptAnswer | undefined>;
}
