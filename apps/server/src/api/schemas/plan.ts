import type {
  Plan,
  PlanChange,
  PlanChangeRequest,
  PlanDefinition,
  PlanVersion,
  TaskDefinition,
} from '@chorale/lib-client';
import { z } from 'zod';
import { count, goalId, json, jsonObject, list, name, priority, time } from './fields.ts';

const expression = z.string().max(10_000);
const durationMs = z
  .number()
  .min(0)
  .max(366 * 24 * 3_600_000 * 10);

export const taskKinds = ['agent', 'tool', 'approval', 'timer', 'workflow', 'signal'] as const;

const taskDefinitionSchema = z
  .strictObject({
    key: name,
    kind: z.enum(taskKinds),
    title: z.string().max(500).exactOptional(),
    needs: list(name),
    join: z.enum(['all', 'first']).exactOptional(),
    when: expression.exactOptional(),
    forEach: z.strictObject({ items: expression, concurrency: z.int().min(1).max(10_000) }).exactOptional(),
    agent: name.exactOptional(),
    skill: name.exactOptional(),
    tool: name.exactOptional(),
    workflow: name.exactOptional(),
    wait: json.exactOptional(),
    question: json.exactOptional(),
    fourEyes: z.boolean().exactOptional(),
    with: json.exactOptional(),
    output: jsonObject.exactOptional(),
    retry: z
      .strictObject({
        limit: z.int().min(0).max(1000),
        delayMs: durationMs,
        factor: z.number().min(1).max(100),
        delayMsMax: durationMs,
        jitter: z.number().min(0).max(1),
      })
      .exactOptional(),
    timeoutMs: durationMs.exactOptional(),
    onFailure: z.union([z.enum(['fail', 'continue']), z.strictObject({ compensate: name })]).exactOptional(),
    queue: name.exactOptional(),
    requires: list(name).exactOptional(),
    priority: priority.exactOptional(),
    compensates: z.boolean().exactOptional(),
    removed: z.boolean().exactOptional(),
    untrusted: list(z.string().max(1_000)).exactOptional(),
  })
  .meta({ id: 'TaskDefinition' }) satisfies z.ZodType<TaskDefinition>;

const inputDefinitionSchema = z.strictObject({
  type: z.enum(['string', 'number', 'boolean', 'list', 'object']),
  description: z.string().exactOptional(),
  required: z.boolean().exactOptional(),
  default: json.exactOptional(),
});

export const inputDefinitionsSchema = z.record(z.string(), inputDefinitionSchema);

export const planDefinitionSchema = z
  .strictObject({
    workflow: z.string(),
    description: z.string().exactOptional(),
    inputs: inputDefinitionsSchema,
    tasks: list(taskDefinitionSchema),
    outputs: z.record(z.string(), json).exactOptional(),
    strategy: z.string().exactOptional(),
    get children() {
      return z.record(z.string(), planDefinitionSchema).exactOptional();
    },
  })
  .meta({ id: 'PlanDefinition' }) as z.ZodType<PlanDefinition>;

const planChangesMax = 1000;

const planChangeSchema = z
  .discriminatedUnion('change', [
    z.strictObject({ change: z.literal('add'), task: taskDefinitionSchema }),
    z.strictObject({ change: z.literal('remove'), key: name }),
    z.strictObject({ change: z.literal('skip'), key: name }),
    z.strictObject({ change: z.literal('repoint'), key: name, needs: list(name) }),
    z.strictObject({ change: z.literal('replace'), task: taskDefinitionSchema }),
  ])
  .meta({ id: 'PlanChange' }) satisfies z.ZodType<PlanChange>;

export const planChangeRequestSchema = z
  .strictObject({
    changes: z.array(planChangeSchema).min(1).max(planChangesMax).readonly(),
    reason: z.string().min(1).max(2000),
    expectedPlanVersion: z.int().min(1).exactOptional().describe('Refused when the plan has another version by now.'),
  })
  .meta({ id: 'PlanChangeRequest' }) satisfies z.ZodType<PlanChangeRequest>;

const planVersionSchema = z
  .strictObject({
    version: count,
    planHash: z.string(),
    author: z.string(),
    reason: z.string(),
    changes: list(planChangeSchema),
    at: time,
  })
  .meta({ id: 'PlanVersion' }) satisfies z.ZodType<PlanVersion>;

export const planSchema = z
  .strictObject({
    goalId,
    version: count,
    planHash: z.string(),
    definition: planDefinitionSchema,
    versions: list(planVersionSchema),
  })
  .meta({ id: 'Plan' }) satisfies z.ZodType<Plan>;
