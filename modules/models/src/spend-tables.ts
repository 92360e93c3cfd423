// Which columns the rows of spend have in a database: one list for every store.
import { defineTable } from '@chorale/module-goals';
import type { TenantId } from '@chorale/lib-ids';
import type {
  DeploymentFact,
  KeptAnswer,
  KnownCall,
  LearnedRow,
  ModelKey,
  ModelOutcome,
  ReservationId,
} from './spend.ts';
import type { Amount, Budget, BudgetState } from './spend.ts';
import type { BudgetId, ModelCallId, ModelCallRecord } from './model-call.ts';

export interface Reservation {
  readonly tenantId: TenantId;
  readonly reservationId: ReservationId;
  readonly callId: ModelCallId;
  /** `assumed`: its process is gone, and all of it was charged. */
  readonly state: 'held' | 'settled' | 'assumed';
  readonly project: string | undefined;
  readonly key: string | undefined;
  readonly goal: string | undefined;
  readonly agent: string | undefined;
  readonly amount: Amount;
  /** Undefined while it is held. */
  readonly charged: Amount | undefined;
  /** While held, where it is reserved; when assumed, where it was charged. With the window of that time. */
  readonly budgets: readonly { readonly budgetId: BudgetId; readonly windowStartedAt: number }[];
  readonly known: KnownCall | undefined;
  readonly reservedAt: number;
  readonly expiresAt: number;
  /** When it is looked at next: to be charged while it is held, to be forgotten after. */
  readonly dueAt: number;
}

export interface CallRow {
  readonly tenantId: TenantId;
  readonly callId: ModelCallId;
  readonly endedAt: number;
  readonly keyId: string | undefined;
  readonly goalId: string | undefined;
  readonly assumed: boolean;
  readonly record: ModelCallRecord;
}

export type OutcomeRow = ModelOutcome & { readonly tenantId: TenantId };

/** `limit` and `window` are words of SQL. */
export interface BudgetRow extends Omit<Budget, 'limit' | 'window'> {
  readonly budgetWindow: Budget['window'];
  readonly limits: Budget['limit'];
  readonly windowStartedAt: number;
  readonly spentCost: number;
  readonly spentTokens: number;
  readonly spentCalls: number;
  readonly reservedCost: number;
  readonly reservedTokens: number;
  readonly reservedCalls: number;
}

export function toBudgetRow({ limit, window, spent, reserved, ...rest }: BudgetState): BudgetRow {
  return {
    ...rest,
    budgetWindow: window,
    limits: limit,
    spentCost: spent.cost,
    spentTokens: spent.tokens,
    spentCalls: spent.calls,
    reservedCost: reserved.cost,
    reservedTokens: reserved.tokens,
    reservedCalls: reserved.calls,
  };
}

export function fromBudgetRow(row: BudgetRow): BudgetState {
  return {
    tenantId: row.tenantId,
    budgetId: row.budgetId,
    scope: row.scope,
    subject: row.subject,
    window: row.budgetWindow,
    limit: row.limits,
    windowStartedAt: row.windowStartedAt,
    spent: { cost: row.spentCost, tokens: row.spentTokens, calls: row.spentCalls },
    reserved: { cost: row.reservedCost, tokens: row.reservedTokens, calls: row.reservedCalls },
  };
}

export function toCallRow(record: ModelCallRecord): CallRow {
  const { tenantId, callId, endedAt, keyId, goalId, assumed } = record;
  return { tenantId, callId, endedAt, keyId, goalId, assumed, record };
}

export const budgetTable = defineTable<BudgetRow>(
  'budgets',
  2,
  { text: 'tenantId budgetId scope subject budgetWindow', json: 'limits' },
  { long: 'windowStartedAt spentCost spentTokens spentCalls reservedCost reservedTokens reservedCalls' },
);

export const reservationTable = defineTable<Reservation>(
  'reservations',
  2,
  { text: 'tenantId reservationId callId state project key goal agent', json: 'amount charged budgets known' },
  { long: 'reservedAt expiresAt dueAt' },
);

export const keyTable = defineTable<ModelKey>(
  'model_keys',
  2,
  { text: 'tenantId keyId name prefix hash strategy dataClass createdBy', json: 'models' },
  { long: 'createdAt expiresAt revokedAt' },
);

export const callTable = defineTable<CallRow>('model_calls', 2, {
  text: 'tenantId callId keyId goalId',
  long: 'endedAt',
  flag: 'assumed',
  json: 'record',
});

/** What a deployment does is the same for all tenants: these rows belong to none. */
export const factTable = defineTable<DeploymentFact>('deployment_facts', 2, {
  text: 'deploymentId fact detail',
  long: 'learnedAt',
});

export const outcomeTable = defineTable<OutcomeRow>('model_outcomes', 2, {
  text: 'tenantId callId taskClass model features',
  flag: 'good',
  long: 'at',
});

export const learnedTable = defineTable<LearnedRow>('learned_quality', 1, {
  text: 'tenantId learned',
  long: 'version trainedAt outcomes',
});

export const answerTable = defineTable<KeptAnswer>('model_answers', 2, {
  text: 'tenantId answerId setting question vector',
  json: 'reply',
  long: 'cost keptAt expiresAt',
});
