import type { Attempt, Step, Task } from '@chorale/lib-client';
import { taskStates } from '@chorale/module-goals';
import { messageLengthMax } from '@chorale/module-goals';
import { z } from 'zod';
import { count, goalId, json, list, priority, time } from './fields.ts';
import { taskKinds } from './plan.ts';
import { failureSchema } from './problem.ts';

export const taskSchema = z
  .strictObject({
    goalId,
    no: count,
    key: z.string(),
    kind: z.enum(taskKinds),
    title: z.string().exactOptional(),
    needs: list(z.string()),
    agent: z.string().exactOptional(),
    skill: z.string().exactOptional(),
    tool: z.string().exactOptional(),
    definitionNo: count,
    parentNo: count.exactOptional(),
    itemIndex: count.exactOptional(),
    item: json.exactOptional(),
    state: z.enum(taskStates),
    reason: z.string().exactOptional().describe('What it waits for, or why it ended so.'),
    waitsFor: z.string().exactOptional(),
    attempt: count,
    run: count,
    failures: count,
    workerId: z.string().exactOptional(),
    priority,
    wakeAt: time.exactOptional(),
    readyAt: time.exactOptional(),
    startedAt: time.exactOptional(),
    finishedAt: time.exactOptional(),
    output: json.exactOptional(),
    failure: failureSchema.exactOptional(),
    inputOverride: json.exactOptional(),
    cancelRequested: z.boolean(),
    compensates: z.boolean(),
  })
  .meta({ id: 'Task' }) satisfies z.ZodType<Task>;

export const attemptSchema = z
  .strictObject({
    taskNo: count,
    attempt: count,
    run: count,
    workerId: z.string(),
    outcome: z.enum(['succeeded', 'failed', 'cancelled', 'lost', 'handed-back', 'uncertain', 'waiting']),
    startedAt: time,
    finishedAt: time,
    failure: failureSchema.exactOptional(),
  })
  .meta({ id: 'Attempt', description: 'One ended try at a task.' }) satisfies z.ZodType<Attempt>;

export const stepSchema = z
  .strictObject({
    taskNo: count,
    run: count,
    stepNo: count,
    attempt: count,
    kind: z.enum(['tool-call', 'model-call', 'message', 'decision', 'wait']),
    name: z.string(),
    state: z.enum(['started', 'finished', 'failed']),
    idempotent: z.boolean(),
    input: json,
    output: json.exactOptional(),
    failure: failureSchema.exactOptional(),
    startedAt: time,
    finishedAt: time.exactOptional(),
  })
  .meta({ id: 'Step', description: "One entry in the journal of a task's run." }) satisfies z.ZodType<Step>;

export const retryRequestSchema = z
  .strictObject({ input: json.exactOptional().describe('Used instead of what the plan gives the task.') })
  .meta({ id: 'RetryRequest' });

export const messageRequestSchema = z
  .strictObject({
    text: z.string().min(1).max(messageLengthMax),
    messageId: z.string().min(1).max(100).exactOptional().describe('Yours, so that a message sent again is known.'),
  })
  .meta({ id: 'MessageRequest' });
