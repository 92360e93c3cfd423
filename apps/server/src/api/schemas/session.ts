import { stepDecisions, modelDataClasses, modelStrategies, type TaskSession } from '@chorale/lib-client';
import { z } from 'zod';
import { count, json, list, time } from './fields.ts';
import { candidateSchema, trySchema, usageSchema } from './model.ts';
import { failureSchema } from './problem.ts';

const usd = z.number().min(0).describe('US dollars.');

const routingSchema = z.strictObject({
  strategy: z.enum(modelStrategies),
  taskClass: z.string(),
  dataClass: z.enum(modelDataClasses),
  masked: count,
  candidates: list(candidateSchema),
  tries: list(trySchema),
});

const modelSchema = z.strictObject({
  callId: z.string().exactOptional(),
  purpose: z.string(),
  deploymentId: z.string().exactOptional(),
  model: z.string().exactOptional(),
  usage: usageSchema.exactOptional(),
  costUsd: usd.exactOptional(),
  cache: z.enum(['none', 'exact']).exactOptional(),
  asked: list(z.string()).describe('Names of the tools it asked for.'),
  routing: routingSchema.exactOptional().describe('Missing where the record of the call is no longer kept.'),
});

const callSchema = z.strictObject({
  name: z.string(),
  arguments: json,
  held: z.string().exactOptional().describe('Why it waited for a person although its grant does not ask for that.'),
  result: z
    .strictObject({
      digest: z.string().describe('SHA-256, hex, of its canonical JSON.'),
      preview: z.string(),
      artifact: z.string().exactOptional(),
    })
    .exactOptional(),
});

const recallSchema = z.strictObject({
  notes: list(z.strictObject({ number: count, memoryId: z.string(), score: z.number(), why: list(z.string()) })),
  advice: list(z.string()).describe('How such tasks went before.'),
  failure: z.string().exactOptional().describe('Why memory could not be asked.'),
});

const stepSchema = z.strictObject({
  stepNo: count,
  attempt: count,
  decision: z.enum(stepDecisions),
  startedAt: time,
  tookMs: z.number().exactOptional(),
  model: modelSchema.exactOptional(),
  call: callSchema.exactOptional(),
  recalled: recallSchema.exactOptional().describe('What memory gave before the agent began, and why.'),
  failure: failureSchema.exactOptional(),
});

export const sessionSchema = z
  .strictObject({
    agent: z.string(),
    run: count,
    steps: list(stepSchema),
    totals: z.strictObject({
      modelCalls: count,
      toolCalls: count,
      inputTokens: count,
      outputTokens: count,
      costUsd: usd,
    }),
  })
  .meta({
    id: 'TaskSession',
    description: 'What an agent did in the latest run of a task.',
  }) satisfies z.ZodType<TaskSession>;
