import type { Agent, Skill, Validation, Workflow, WorkflowSummary } from '@chorale/lib-client';
import { z } from 'zod';
import { count, jsonObject, list } from './fields.ts';
import { definitionLengthMax } from './goal.ts';
import { inputDefinitionsSchema, planDefinitionSchema } from './plan.ts';

const catalogItem = {
  name: z.string(),
  description: z.string(),
  origin: z.enum(['shipped', 'user', 'project']),
  trust: z.enum(['trusted', 'untrusted']),
  path: z.string(),
};

const fileProblemSchema = z
  .strictObject({
    severity: z.enum(['error', 'warning']),
    code: z.string(),
    message: z.string(),
    path: z.string(),
    line: z.int().min(1),
    column: z.int().min(1),
  })
  .meta({ id: 'FileProblem', description: 'A mistake in a file, with its place.' });

export const workflowSummarySchema = z
  .strictObject({ ...catalogItem, valid: z.boolean(), tasks: count })
  .meta({ id: 'WorkflowSummary' }) satisfies z.ZodType<WorkflowSummary>;

export const workflowSchema = z
  .strictObject({
    ...catalogItem,
    valid: z.boolean(),
    tasks: count,
    text: z.string(),
    inputs: inputDefinitionsSchema,
    definition: planDefinitionSchema.exactOptional(),
    problems: list(fileProblemSchema),
  })
  .meta({ id: 'Workflow' }) satisfies z.ZodType<Workflow>;

export const validationRequestSchema = z
  .strictObject({
    text: z.string().max(definitionLengthMax),
    path: z.string().min(1).max(1000).exactOptional().describe('Named in the problems.'),
  })
  .meta({ id: 'ValidationRequest' });

export const validationSchema = z
  .strictObject({
    valid: z.boolean(),
    inputs: inputDefinitionsSchema.exactOptional(),
    problems: list(fileProblemSchema),
  })
  .meta({ id: 'Validation' }) satisfies z.ZodType<Validation>;

export const agentSchema = z
  .strictObject({
    ...catalogItem,
    role: z.string(),
    skills: list(z.string()),
    tools: list(z.strictObject({ tool: z.string(), limits: jsonObject, ask: z.boolean().exactOptional() })),
    model: z
      .strictObject({
        prefer: list(z.string()),
        strategy: z.string().exactOptional(),
        dataClass: z.string().exactOptional(),
        region: z.string().exactOptional(),
        effort: z.string().exactOptional(),
        costUsdMax: z.number().exactOptional(),
        tokensMax: z.number().exactOptional(),
        turnsMax: z.number().exactOptional(),
        minutesMax: z.number().exactOptional(),
        contextTokensMax: z.number().exactOptional(),
      })
      .exactOptional(),
    personality: z.strictObject({ tone: z.string().exactOptional(), traits: list(z.string()) }).exactOptional(),
    instructions: z.string(),
  })
  .meta({ id: 'Agent' }) satisfies z.ZodType<Agent>;

export const skillSchema = z
  .strictObject({
    ...catalogItem,
    license: z.string().exactOptional(),
    compatibility: z.string().exactOptional(),
    metadata: z.record(z.string(), z.string()),
    allowedTools: list(z.string()),
    body: z.string(),
    files: list(z.string()),
    entryScript: z.string().exactOptional(),
  })
  .meta({ id: 'Skill' }) satisfies z.ZodType<Skill>;
