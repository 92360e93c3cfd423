import type { GoalBatchResult, SubmittedItem } from '@chorale/lib-client';
import { z } from 'zod';
import { toProblem } from '../problem.ts';
import { defineRoute, type Route } from '../route.ts';
import { list } from '../schemas/fields.ts';
import { goalRequestSchema, goalSchema } from '../schemas/goal.ts';
import { problemSchema } from '../schemas/problem.ts';
import { submitGoal } from '../submit-goal.ts';
import { goalView } from '../views/goal-view.ts';

/** One request is answered within a fraction of a second; more goals go in more requests. */
const goalsMax = 500;

const item = goalRequestSchema
  .safeExtend({
    idempotencyKey: z
      .string()
      .min(1)
      .max(200)
      .exactOptional()
      .describe('The same key with the same goal gives the same goal, however often it is sent.'),
  })
  .meta({ id: 'GoalBatchItem', description: 'As one goal is submitted, with the idempotency key of its own.' });

const resultSchema = z.strictObject({
  items: list(
    z
      .strictObject({
        status: z.int().describe('As the answer to that goal alone would have: 201, 200, or that of the problem.'),
        goal: goalSchema.exactOptional(),
        problem: problemSchema.exactOptional(),
      })
      .meta({ id: 'SubmittedItem' }),
  ).describe('One for each goal, in the order in which they were given.'),
}) satisfies z.ZodType<GoalBatchResult>;

const submitMany = defineRoute({
  method: 'POST',
  address: '/v1/goals/batch',
  operation: 'submitGoals',
  summary: 'Submit many goals at once',
  description:
    'Each goal is taken in or refused by itself, and each that was taken in is durable. A request that does not fit the schema is refused as a whole.',
  tag: 'goals',
  permit: 'goal.submit',
  record: 'work',
  inProjects: true,
  body: z.strictObject({ goals: z.array(item).min(1).max(goalsMax).readonly() }),
  responses: { 200: { description: 'What became of each goal.', schema: resultSchema } },
  handle: async ({ caller, body, request }, { services }) => {
    const { redactors } = services.secrets;
    const submit = async ({ idempotencyKey, ...goal }: (typeof body.goals)[number]): Promise<SubmittedItem> => {
      try {
        const submitted = await submitGoal(services, caller, { ...goal, idempotencyKey });
        return { status: submitted.existing ? 200 : 201, goal: goalView(submitted.goal) };
      } catch (error) {
        const problem = toProblem(error, request.id);
        // A defect is one of the whole request: it is in the log, under its id.
        if (problem.family === 'broken') throw error;
        const said = redactors.of(caller.tenantId).redact(JSON.stringify(problem));
        return { status: problem.status, problem: JSON.parse(said) as typeof problem };
      }
    };
    return { status: 200, body: { items: await Promise.all(body.goals.map(submit)) } };
  },
});

export const goalBatchRoutes: readonly Route[] = [submitMany];
