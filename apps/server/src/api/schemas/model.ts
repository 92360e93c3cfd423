import {
  budgetScopes,
  budgetWindows,
  deploymentStates,
  type DeploymentTest,
  modelDataClasses,
  modelStrategies,
  modelStrategyBy,
  type ModelBudget,
  type ModelBudgetRequest,
  type ModelCall,
  type ModelCallDetails,
  type ModelDeployment,
  type ModelKey,
  type ModelLearning,
  type ModelOutcome,
  type ModelProbe,
  type NewModelKey,
} from '@chorale/lib-client';
import { z } from 'zod';
import { count, list, time, timeGiven } from './fields.ts';

const usd = z.number().min(0).describe('US dollars.');
const share = z.number().min(0).max(1);
const milliseconds = z.number().min(0);
const strategy = z.enum(modelStrategies);
const dataClass = z.enum(modelDataClasses);
const modelName = z.string().min(1).max(200);

export const deploymentSchema = z
  .strictObject({
    deploymentId: z.string(),
    provider: z.string(),
    kind: z.string(),
    wire: z.string(),
    model: z.string(),
    baseUrl: z.string(),
    region: z.string().exactOptional(),
    retention: z.string(),
    capabilities: list(z.string()),
    contextTokens: count,
    outputTokensMax: count,
    prices: z
      .strictObject({ inputUsd: usd, outputUsd: usd, cachedInputUsd: usd, cacheWriteUsd: usd })
      .exactOptional()
      .describe('For a million tokens; missing where no price is known.'),
    quality: share,
    factsFrom: z.string(),
    state: z.enum(deploymentStates),
    coolingUntil: time.exactOptional(),
    coolingBecause: z.string().exactOptional(),
    inFlight: count,
    firstByteMs: milliseconds,
    failing: share,
    learned: list(z.strictObject({ fact: z.string(), detail: z.string(), learnedAt: time })),
  })
  .meta({ id: 'ModelDeployment' }) satisfies z.ZodType<ModelDeployment>;

export const probeSchema = z
  .strictObject({
    at: time,
    providers: list(
      z.strictObject({
        name: z.string(),
        kind: z.string(),
        found: z.enum(['configured', 'environment', 'local']),
        deployments: count,
        problem: z.string().exactOptional(),
      }),
    ),
  })
  .meta({ id: 'ModelProbe' }) satisfies z.ZodType<ModelProbe>;

const callFailure = z.strictObject({ code: z.string(), message: z.string() });

export const deploymentTestSchema = z
  .strictObject({
    deploymentId: z.string(),
    callId: z.string(),
    ok: z.boolean(),
    durationMs: milliseconds,
    firstByteMs: milliseconds.exactOptional(),
    answer: z.string().exactOptional(),
    model: z.string().exactOptional(),
    costUsd: usd,
    failure: callFailure.exactOptional(),
  })
  .meta({ id: 'DeploymentTest' }) satisfies z.ZodType<DeploymentTest>;

const keyFields = {
  keyId: z.string(),
  name: z.string(),
  prefix: z.string(),
  models: list(z.string()),
  strategy: strategy.exactOptional(),
  dataClass: dataClass.exactOptional(),
  createdAt: time,
  createdBy: z.string(),
  expiresAt: time.exactOptional(),
  revokedAt: time.exactOptional(),
};

export const modelKeySchema = z.strictObject(keyFields).meta({ id: 'ModelKey' }) satisfies z.ZodType<ModelKey>;

export const newModelKeySchema = z
  .strictObject({ ...keyFields, key: z.string().describe('Shown once.') })
  .meta({ id: 'NewModelKey' }) satisfies z.ZodType<NewModelKey>;

const window = z.enum(budgetWindows);
const limitFields = {
  usd: usd.max(1_000_000).exactOptional(),
  tokens: z.int().min(0).exactOptional(),
  calls: z.int().min(0).exactOptional(),
};
const limitsSomething = (limit: {
  readonly usd?: number;
  readonly tokens?: number;
  readonly calls?: number;
}): boolean => limit.usd !== undefined || limit.tokens !== undefined || limit.calls !== undefined;
const mustLimit = { message: 'must limit something: usd, tokens or calls' };

export const modelKeyRequestSchema = z
  .strictObject({
    name: z.string().min(1).max(200),
    models: z.array(modelName).max(100).exactOptional().describe('Model names, deployment ids or aliases; none: all.'),
    strategy: strategy.exactOptional(),
    dataClass: dataClass.exactOptional().describe('The least of every call with this key.'),
    expiresAt: timeGiven.exactOptional(),
    budget: z
      .strictObject({ window, ...limitFields })
      .refine(limitsSomething, mustLimit)
      .exactOptional()
      .describe('In place before the key is.'),
  })
  .meta({ id: 'ModelKeyRequest' });

const amount = z.strictObject({ usd, tokens: count, calls: count });

export const budgetSchema = z
  .strictObject({
    budgetId: z.string(),
    scope: z.enum(budgetScopes),
    subject: z.string(),
    window,
    limit: z.strictObject(limitFields),
    spent: amount,
    reserved: amount,
    windowStartedAt: time,
    resetsAt: time.exactOptional(),
  })
  .meta({ id: 'ModelBudget' }) satisfies z.ZodType<ModelBudget>;

export const budgetRequestSchema = z
  .strictObject({
    scope: z.enum(budgetScopes),
    subject: z.string().min(1).max(200).exactOptional().describe('Needless for `tenant`.'),
    window,
    limit: z.strictObject(limitFields).refine(limitsSomething, mustLimit),
  })
  .refine(({ scope, subject }) => scope === 'tenant' || subject !== undefined, {
    message: 'must name its subject: the id of a project, key or goal, or the name of an agent',
    path: ['subject'],
  })
  .meta({ id: 'ModelBudgetRequest' }) satisfies z.ZodType<ModelBudgetRequest>;

export const usageSchema = z.strictObject({
  inputTokens: count,
  outputTokens: count,
  cachedInputTokens: count,
  cacheWriteTokens: count,
  reasoningTokens: count,
});

const callFields = {
  callId: z.string(),
  keyId: z.string().exactOptional(),
  goalId: z.string().exactOptional(),
  taskNo: count.exactOptional(),
  agent: z.string().exactOptional(),
  operation: z.enum(['chat', 'embeddings', 'speech', 'transcription']),
  requested: list(z.string()),
  strategy,
  strategyBy: z.enum(modelStrategyBy).exactOptional().describe('Whose word the strategy was.'),
  taskClass: z.string(),
  dataClass,
  masked: count,
  deploymentId: z.string().exactOptional(),
  cache: z.enum(['none', 'exact', 'semantic']),
  explored: z.literal(true).exactOptional().describe('The model was drawn, to learn how it does.'),
  similar: z
    .strictObject({ callId: z.string(), similarity: share, savedUsd: usd })
    .exactOptional()
    .describe('The call whose answer was given, to a question like this one.'),
  usage: usageSchema.exactOptional(),
  costUsd: usd,
  assumed: z.boolean(),
  startedAt: time,
  firstByteAt: time.exactOptional(),
  endedAt: time,
  failure: callFailure.exactOptional(),
};

export const modelCallSchema = z
  .strictObject({ ...callFields, tries: count })
  .meta({ id: 'ModelCall' }) satisfies z.ZodType<ModelCall>;

export const modelOutcomeSchema = z
  .strictObject({ callId: z.string(), good: z.boolean() })
  .meta({ id: 'ModelOutcome' }) satisfies z.ZodType<ModelOutcome>;

export const candidateSchema = z.strictObject({
  deploymentId: z.string(),
  excluded: z.strictObject({ why: z.string(), detail: z.string() }).exactOptional(),
  score: z
    .strictObject({
      total: z.number(),
      quality: z.number(),
      learned: z.literal(true).exactOptional().describe('The quality was learned from outcomes of your calls.'),
      line: z
        .strictObject({ weak: z.string(), gain: z.number(), threshold: z.number() })
        .exactOptional()
        .describe('What it is expected to gain on the cheapest learned model, and from which gain on it is asked.'),
      costUsd: usd,
      latencyMs: milliseconds,
      switchingUsd: usd,
      privacy: z.number().exactOptional(),
      failing: share.exactOptional(),
    })
    .exactOptional(),
});

export const trySchema = z.strictObject({
  deploymentId: z.string(),
  startedAt: time,
  firstByteAt: time.exactOptional(),
  endedAt: time,
  failure: z.strictObject({ kind: z.string(), status: z.int().exactOptional(), message: z.string() }).exactOptional(),
});

export const modelCallDetailsSchema = z
  .strictObject({
    ...callFields,
    candidates: list(candidateSchema).describe('Those that could be chosen in their order, then those passed over.'),
    tries: list(trySchema),
    explanation: list(z.string()).describe('Why this model, in sentences.'),
  })
  .meta({ id: 'ModelCallDetails' }) satisfies z.ZodType<ModelCallDetails>;

export const modelLearningSchema = z
  .strictObject({
    outcomes: list(z.strictObject({ taskClass: z.string(), model: z.string(), good: count, bad: count })),
    outcomesMin: count.describe('Of one model, from which on it is learned.'),
    learned: z
      .strictObject({
        version: count,
        trainedAt: time,
        models: list(z.strictObject({ model: z.string(), outcomes: count, goodShare: share })),
        lines: list(
          z.strictObject({
            weak: z.string(),
            strong: z.string(),
            strategies: list(z.strictObject({ strategy, threshold: z.number(), kept: z.number(), strongShare: share })),
          }),
        ),
      })
      .exactOptional(),
  })
  .meta({ id: 'ModelLearning' }) satisfies z.ZodType<ModelLearning>;
