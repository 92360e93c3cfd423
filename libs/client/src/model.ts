// Models: the deployments calls can go to, the keys and budgets they are made under, and the calls themselves.
// Money is in US dollars here; sums are exact to a billionth.

export const modelStrategies = ['balanced', 'cost', 'performance', 'privacy', 'failover'] as const;
export type ModelStrategy = (typeof modelStrategies)[number];

/** Who can say which strategy holds, broadest first. */
export const modelStrategyBy = ['installation', 'tenant', 'key', 'goal', 'agent', 'call'] as const;

export const modelDataClasses = ['public', 'internal', 'personal', 'secret'] as const;
export type ModelDataClass = (typeof modelDataClasses)[number];

/** Dollars for a million tokens. */
export interface ModelPrices {
  readonly inputUsd: number;
  readonly outputUsd: number;
  readonly cachedInputUsd: number;
  readonly cacheWriteUsd: number;
}

export const deploymentStates = ['ready', 'cooling-down', 'probing'] as const;
export type DeploymentState = (typeof deploymentStates)[number];

export interface ModelDeployment {
  /** Such as `openai/gpt-5-mini`. */
  readonly deploymentId: string;
  readonly provider: string;
  readonly kind: string;
  readonly wire: string;
  readonly model: string;
  readonly baseUrl: string;
  readonly region?: string;
  readonly retention: string;
  readonly capabilities: readonly string[];
  readonly contextTokens: number;
  readonly outputTokensMax: number;
  /** Missing where no price is known: then nothing goes there under a budget in money. */
  readonly prices?: ModelPrices;
  /** In general, 0 to 1. */
  readonly quality: number;
  /** `YYYY-MM-DD`. */
  readonly factsFrom: string;
  readonly state: DeploymentState;
  readonly coolingUntil?: number;
  readonly coolingBecause?: string;
  readonly inFlight: number;
  readonly firstByteMs: number;
  /** The share of its tries that failed lately, 0 to 1. */
  readonly failing: number;
  readonly learned: readonly LearnedFact[];
}

export interface LearnedFact {
  /** Such as `rejects-json-schema`. */
  readonly fact: string;
  readonly detail: string;
  readonly learnedAt: number;
}

export interface ModelProvider {
  readonly name: string;
  readonly kind: string;
  readonly found: 'configured' | 'environment' | 'local';
  readonly deployments: number;
  /** Why it could not be asked which models it has. */
  readonly problem?: string;
}

export interface ModelProbe {
  readonly at: number;
  readonly providers: readonly ModelProvider[];
}

export interface DeploymentTest {
  readonly deploymentId: string;
  readonly callId: string;
  readonly ok: boolean;
  readonly durationMs: number;
  readonly firstByteMs?: number;
  /** The beginning of what it answered. */
  readonly answer?: string;
  readonly model?: string;
  readonly costUsd: number;
  readonly failure?: { readonly code: string; readonly message: string };
}

export interface ModelKey {
  readonly keyId: string;
  readonly name: string;
  /** The first characters of the key, to recognise it by. */
  readonly prefix: string;
  /** Empty: all. */
  readonly models: readonly string[];
  readonly strategy?: ModelStrategy;
  readonly dataClass?: ModelDataClass;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly expiresAt?: number;
  readonly revokedAt?: number;
}

export interface NewModelKey extends ModelKey {
  /** The key itself: this is the only time it is shown. */
  readonly key: string;
}

export interface BudgetLimit {
  readonly usd?: number;
  readonly tokens?: number;
  readonly calls?: number;
}

export const budgetWindows = ['total', 'day', 'month'] as const;
export type BudgetWindow = (typeof budgetWindows)[number];

export const budgetScopes = ['tenant', 'project', 'key', 'goal', 'agent'] as const;
export type BudgetScope = (typeof budgetScopes)[number];

export interface ModelKeyRequest {
  readonly name: string;
  /** Model names, deployment ids or aliases; none: all. */
  readonly models?: readonly string[];
  readonly strategy?: ModelStrategy;
  readonly dataClass?: ModelDataClass;
  readonly expiresAt?: number | string;
  /** A budget for the key, in place before the key is. */
  readonly budget?: BudgetLimit & { readonly window: BudgetWindow };
}

export interface ModelAmount {
  readonly usd: number;
  readonly tokens: number;
  readonly calls: number;
}

export interface ModelBudget {
  readonly budgetId: string;
  readonly scope: BudgetScope;
  readonly subject: string;
  readonly window: BudgetWindow;
  readonly limit: BudgetLimit;
  readonly spent: ModelAmount;
  /** Of calls under way. */
  readonly reserved: ModelAmount;
  readonly windowStartedAt: number;
  /** Missing for `total`. */
  readonly resetsAt?: number;
}

export interface ModelBudgetRequest {
  readonly scope: BudgetScope;
  /** Needless for `tenant`. */
  readonly subject?: string;
  readonly window: BudgetWindow;
  readonly limit: BudgetLimit;
}

export interface ModelUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens: number;
  readonly cacheWriteTokens: number;
  readonly reasoningTokens: number;
}

export interface ModelCall {
  readonly callId: string;
  readonly keyId?: string;
  readonly goalId?: string;
  readonly taskNo?: number;
  readonly agent?: string;
  readonly operation: 'chat' | 'embeddings' | 'speech' | 'transcription';
  readonly requested: readonly string[];
  readonly strategy: ModelStrategy;
  /** Whose word the strategy was. */
  readonly strategyBy?: (typeof modelStrategyBy)[number];
  readonly taskClass: string;
  readonly dataClass: ModelDataClass;
  /** How many values were masked. */
  readonly masked: number;
  /** The deployment that answered. */
  readonly deploymentId?: string;
  readonly tries: number;
  readonly cache: 'none' | 'exact' | 'semantic';
  /** The model was drawn, to learn how it does. */
  readonly explored?: true;
  /** The call whose answer was given, to a question like this one. */
  readonly similar?: { readonly callId: string; readonly similarity: number; readonly savedUsd: number };
  readonly usage?: ModelUsage;
  readonly costUsd: number;
  /** The end is unknown in part, and what was reserved was charged. */
  readonly assumed: boolean;
  readonly startedAt: number;
  readonly firstByteAt?: number;
  readonly endedAt: number;
  readonly failure?: { readonly code: string; readonly message: string };
}

export interface ModelOutcome {
  readonly callId: string;
  readonly good: boolean;
}

export interface OutcomeCount {
  readonly taskClass: string;
  readonly model: string;
  readonly good: number;
  readonly bad: number;
}

/** From which gain on the stronger model is asked, for each strategy that has a line. */
export interface ModelLine {
  readonly weak: string;
  readonly strong: string;
  readonly strategies: readonly {
    readonly strategy: ModelStrategy;
    readonly threshold: number;
    /** Of the stronger model's advantage, on outcomes that the training did not see. */
    readonly kept: number;
    /** Of those outcomes, the share beyond the line. */
    readonly strongShare: number;
  }[];
}

/** What was learned of the models of this tenant. */
export interface ModelLearning {
  readonly outcomes: readonly OutcomeCount[];
  /** Of one model, from which on it is learned. */
  readonly outcomesMin: number;
  readonly learned?: {
    readonly version: number;
    readonly trainedAt: number;
    readonly models: readonly { readonly model: string; readonly outcomes: number; readonly goodShare: number }[];
    readonly lines: readonly ModelLine[];
  };
}

export interface ModelCandidate {
  readonly deploymentId: string;
  readonly excluded?: { readonly why: string; readonly detail: string };
  readonly score?: {
    readonly total: number;
    readonly quality: number;
    readonly learned?: true;
    /** Against the cheapest model that something was learned of: it is asked where the gain is beyond the threshold. */
    readonly line?: { readonly weak: string; readonly gain: number; readonly threshold: number };
    readonly costUsd: number;
    readonly latencyMs: number;
    readonly switchingUsd: number;
    readonly privacy?: number;
    readonly failing?: number;
  };
}

export interface ModelCallTry {
  readonly deploymentId: string;
  readonly startedAt: number;
  readonly firstByteAt?: number;
  readonly endedAt: number;
  readonly failure?: { readonly kind: string; readonly status?: number; readonly message: string };
}

export interface ModelCallDetails extends Omit<ModelCall, 'tries'> {
  readonly candidates: readonly ModelCandidate[];
  readonly tries: readonly ModelCallTry[];
  /** Why this model, in sentences. */
  readonly explanation: readonly string[];
}

export interface ModelCallFilter {
  readonly goal?: string;
  readonly key?: string;
  readonly limit?: number;
  readonly after?: string;
}
