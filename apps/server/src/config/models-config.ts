// The part of the configuration that is about models: providers, what may be sent where, keys and budgets.

import { dataClasses, providerKinds, strategies } from '@chorale/module-models';
import { z } from 'zod';

/** `env:NAME` or `file:PATH`: a secret is named here and read where it is used. */
export const secretReferencePattern = /^(?:env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/;

/** Besides, `secret:NAME`: one that was put with `chorale secrets put`. */
export const storedReferencePattern = /^(?:env:[A-Za-z_][A-Za-z0-9_]*|file:.+|secret:[A-Za-z][A-Za-z0-9_.-]{0,127})$/;

const name = z.string().min(1).max(200);
const providerName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be letters, digits, dots and dashes');

const secretReference = z
  .string()
  .regex(
    storedReferencePattern,
    'must be env:NAME, file:PATH or secret:NAME; the secret itself does not belong into a configuration',
  );

const address = z
  .url({ protocol: /^https?$/ })
  .transform((url) => url.replace(/\/+$/, ''))
  .describe('Where it is, with the path that the format demands, as in http://127.0.0.1:11434/v1');

const dollars = z.number().min(0).describe('USD for a million tokens');

const wire = z.enum([
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'google-generate',
  'mistral-chat',
  'bedrock-converse',
]);

const retention = z.enum(['local', 'none', 'keeps', 'trains']);

const capability = z.enum([
  'tools',
  'parallel-tools',
  'json-schema',
  'images',
  'reasoning',
  'embeddings',
  'speech',
  'transcription',
  'prompt-cache',
  'streaming',
]);

/** What the registry does not know, or knows otherwise. */
const model = z.strictObject({
  name: name.describe("The model's name at the provider"),
  contextTokens: z.int().min(1).exactOptional(),
  outputTokensMax: z.int().min(1).exactOptional(),
  prices: z
    .strictObject({
      input: dollars,
      output: dollars,
      cachedInput: dollars.exactOptional(),
      cacheWrite: dollars.exactOptional(),
    })
    .exactOptional(),
  quality: z.number().min(0).max(1).exactOptional(),
  capabilities: z.array(capability).exactOptional(),
});

const seconds = z.number().positive().max(3_600);

const patienceFields = {
  firstByteSeconds: seconds.exactOptional().describe('To the first byte of an answer'),
  silenceSeconds: seconds.exactOptional().describe('Between two pieces of an answer'),
  tokenMilliseconds: z
    .number()
    .min(0)
    .exactOptional()
    .describe('For each token that an answer may have, where it comes whole'),
};

const provider = z.strictObject({
  name: providerName,
  kind: z.enum(providerKinds),
  baseUrl: address.exactOptional(),
  apiKey: secretReference.exactOptional(),
  headers: z.record(z.string(), secretReference).exactOptional(),
  aws: z
    .strictObject({
      accessKeyId: secretReference,
      secretAccessKey: secretReference,
      sessionToken: secretReference.exactOptional(),
    })
    .exactOptional()
    .describe('For Bedrock, instead of apiKey: requests are signed'),
  wire: wire.exactOptional(),
  region: name.exactOptional(),
  retention: retention.exactOptional(),
  models: z.array(z.union([name, model])).exactOptional(),
  patience: z.strictObject(patienceFields).exactOptional(),
});

const budget = z
  .strictObject({
    scope: z.enum(['tenant', 'project', 'key', 'goal', 'agent']),
    subject: name.exactOptional(),
    window: z.enum(['total', 'day', 'month']),
    usd: z.number().min(0).max(1_000_000).exactOptional(),
    tokens: z.int().min(0).exactOptional(),
    calls: z.int().min(0).exactOptional(),
  })
  .refine(({ scope, subject }) => scope === 'tenant' || subject !== undefined, {
    message: 'must name its subject: the id of a key or goal, or the name of an agent',
  })
  .refine(({ usd, tokens, calls }) => usd !== undefined || tokens !== undefined || calls !== undefined, {
    message: 'must limit something: usd, tokens or calls',
  });

const semantic = z
  .strictObject({
    enabled: z.boolean().default(false).describe('Answer also what means the same as a question before it'),
    model: z.string().default('').describe('The model that makes vectors of questions'),
    similarityMin: z
      .number()
      .min(0.5)
      .max(1)
      .default(0.95)
      .describe('How near the vectors must be, as a cosine: depends on the model'),
    minutes: z.number().positive().default(60).describe('How long an answer is kept'),
    answersMax: z.int().min(1).max(100_000).default(1_000).describe('How many answers are kept for a tenant'),
  })
  .refine(({ enabled, model }) => !enabled || model !== '', {
    message: 'needs a model of embeddings: name it as models.cache.semantic.model',
  });

const cache = z.strictObject({
  enabled: z
    .boolean()
    .default(false)
    .describe('Answer from memory what was asked before word by word, at temperature 0'),
  minutes: z.number().positive().default(60).describe('How long an answer is kept'),
  sizeMib: z.number().positive().max(4_096).default(64).describe('How much memory the answers may take'),
  semantic: semantic.prefault({}),
});

const action = z.enum(['mask', 'mask-where-needed', 'route', 'refuse', 'ignore']);

const privacy = z.strictObject({
  detect: z.boolean().default(true).describe('Look for personal data and secrets in everything that is sent to models'),
  personal: action
    .default('mask-where-needed')
    .describe('What becomes of personal data: mask, mask-where-needed, route, refuse or ignore'),
  secret: action.default('mask').describe('What becomes of secrets such as keys and passwords'),
  dataClass: z
    .enum(dataClasses)
    .default('internal')
    .describe('How sensitive calls are that say nothing: public, internal, personal or secret'),
});

export const modelsConfigSchema = z.strictObject({
  providers: z
    .array(provider)
    .default([])
    .describe('Providers of models: name, kind, baseUrl, apiKey (env:NAME, file:PATH or secret:NAME), models'),
  discover: z
    .boolean()
    .default(true)
    .describe('Also use providers whose keys are in the environment, and model servers on this machine'),
  strategy: z
    .enum(strategies)
    .default('balanced')
    .describe('What decides between models: balanced, cost, performance, privacy or failover'),
  tenantStrategies: z
    .record(name, z.enum(strategies))
    .default({})
    .describe('What decides between models for the tenants named here'),
  aliases: z
    .record(name, z.array(name).min(1))
    .default({})
    .describe('Other names for models, each with what it stands for, best first'),
  keyless: z
    .enum(['never', 'loopback', 'always'])
    .default('never')
    .describe('Whether calls without a key are answered: never, while only this machine can reach the server, always'),
  hedgeAfterMs: z
    .int()
    .min(0)
    .default(0)
    .describe('Ask a second deployment when the first has not begun to answer for so long; 0 never does'),
  patience: z
    .strictObject(patienceFields)
    .prefault({})
    .describe('How long a deployment may be silent before another is asked; left out: by its kind'),
  probeMinutes: z.number().min(1).default(60).describe('How often providers are asked which models they have'),
  learn: z
    .boolean()
    .default(true)
    .describe(
      'Learn from outcomes of calls which model does well at which prompts; used from 500 outcomes of a model on',
    ),
  exploreShare: z
    .number()
    .min(0)
    .max(0.5)
    .default(0)
    .describe(
      'The share of calls with a choice that go to a model that is drawn, so that something is learned of each',
    ),
  budgets: z.array(budget).default([]).describe('Limits in usd, tokens or calls, put in place at every start'),
  privacy: privacy.prefault({}),
  cache: cache.prefault({}),
});

export type ModelsConfig = z.infer<typeof modelsConfigSchema>;
export type ProviderConfig = ModelsConfig['providers'][number];
