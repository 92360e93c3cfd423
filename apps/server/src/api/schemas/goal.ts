import { type Goal, type GoalExplanation, type GoalRequest, modelStrategies } from '@chorale/lib-client';
import { goalStates } from '@chorale/module-goals';
import { z } from 'zod';
import { count, goalId, json, list, name, priority, projectId, time, timeGiven } from './fields.ts';
import { failureSchema } from './problem.ts';
import { sessionSchema } from './session.ts';

const goalStateSchema = z.enum(goalStates);

export const goalSchema = z
  .strictObject({
    goalId,
    projectId: z.string(),
    title: z.string(),
    workflow: z.string(),
    state: goalStateSchema,
    version: z.int(),
    planVersion: z.int(),
    planHash: z.string(),
    inputs: z.record(z.string(), json),
    outputs: z.record(z.string(), json).exactOptional(),
    priority,
    eventSeq: count,
    tasksOpen: count,
    tasksRunning: count,
    tasksTotal: count,
    tasksFailed: count,
    createdAt: time,
    startAt: time.exactOptional(),
    deadlineAt: time.exactOptional(),
    finishedAt: time.exactOptional(),
    archivedAt: time.exactOptional().describe('Since when it is in the archive, where nothing changes.'),
    restoredIn: count
      .exactOptional()
      .describe('The number of the restore of the database that left it open, until it is reconciled.'),
    requestedBy: z.string(),
    parentGoalId: goalId.exactOptional(),
    parentTaskNo: count.exactOptional(),
    depth: count,
    failure: failureSchema.extend({ taskKey: z.string().exactOptional() }).exactOptional(),
  })
  .meta({ id: 'Goal' }) satisfies z.ZodType<Goal>;

/** A workflow file as text; the body as a whole has a limit of its own. */
export const definitionLengthMax = 500_000;

export const goalRequestSchema = z
  .strictObject({
    workflow: name.exactOptional().describe('Name of a workflow in the catalogue.'),
    definition: z.string().min(1).max(definitionLengthMax).exactOptional().describe('Text of a workflow file.'),
    definitionFile: z
      .string()
      .min(1)
      .max(1000)
      .exactOptional()
      .describe('Path of the file it is from: named in its mistakes.'),
    inputs: z.record(z.string(), json).exactOptional(),
    projectId: projectId.exactOptional().describe('Where it belongs. Default: that of the key, or `default`.'),
    title: z.string().min(1).max(500).exactOptional(),
    priority: priority.exactOptional(),
    startAt: timeGiven.exactOptional(),
    deadlineAt: timeGiven.exactOptional(),
    budgetUsd: z
      .number()
      .min(0)
      .max(1_000_000)
      .exactOptional()
      .describe('What models may cost for it and all its sub-goals, in US dollars.'),
    strategy: z
      .enum(modelStrategies)
      .exactOptional()
      .describe("How its agents' calls choose a model, where the agent's file does not say; sub-goals inherit it."),
  })
  .refine((request) => (request.workflow === undefined) !== (request.definition === undefined), {
    message: 'needs exactly one of `workflow` and `definition`',
  })
  .meta({ id: 'GoalRequest', description: 'Exactly one of `workflow` and `definition` is given.' }) satisfies z.ZodType<
  GoalRequest,
  GoalRequest
>;

export const goalChangeSchema = z
  .strictObject({ reason: z.string().max(2000).exactOptional() })
  .meta({ id: 'GoalChange' });

const waitCauseSchema = z.strictObject({
  kind: z.enum(['task', 'approval', 'signal', 'sub-goal', 'items', 'time', 'worker', 'goal']),
  name: z.string().exactOptional(),
  state: z.string().exactOptional(),
  until: time.exactOptional(),
});

const taskExplanationSchema = z.strictObject({
  no: count,
  key: z.string(),
  title: z.string().exactOptional(),
  state: z.string(),
  reason: z.string().exactOptional(),
  sentence: z.string(),
  waitsFor: list(waitCauseSchema),
  attempts: count,
  run: count,
  workerId: z.string().exactOptional(),
  workerName: z.string().exactOptional(),
  failure: failureSchema.exactOptional(),
  waitedMs: z.number().exactOptional(),
  ranMs: z.number().exactOptional(),
  session: sessionSchema.exactOptional(),
});

export const goalExplanationSchema = z
  .strictObject({
    goalId,
    title: z.string(),
    state: goalStateSchema,
    summary: z.string(),
    at: time,
    tasks: list(taskExplanationSchema),
  })
  .meta({ id: 'GoalExplanation' }) satisfies z.ZodType<GoalExplanation>;
