// A session of memory in few words.
import { summariseSession } from '@chorale/module-memory';
import { estimateTextTokens } from '@chorale/module-models';
import { checkScope, ownScope } from '../../memory/memory-access.ts';
import { createSummaryWriter } from '../../memory/write-summary.ts';
import { defineRoute, type Route } from '../route.ts';
import { memorySummarySchema, summaryRequestSchema } from '../schemas/memory.ts';
import { memoryView } from '../views/memory-view.ts';

const tokensDefault = 400;

const summarise = defineRoute({
  method: 'POST',
  address: '/v1/memories/summaries',
  operation: 'summariseMemory',
  summary: 'Sum a session up, and keep the summary with what it was made of',
  description:
    "In a model's words where one answers, else in sentences of the session itself. It replaces the session's earlier summary, and goes when something goes that it was made of.",
  tag: 'memory',
  permit: 'memory.write',
  record: 'work',
  body: summaryRequestSchema,
  responses: { 200: { description: 'The summary.', schema: memorySummarySchema } },
  refusals: ['memory-invalid'],
  handle: async ({ body, caller, request }, { services }) => {
    const { scope = ownScope(caller), session: sessionId, tokensMax = tokensDefault } = body;
    checkScope(services.access, caller, scope);
    const { memory, models, now, random, log } = services;
    const onFailure = (error: unknown): void =>
      log({
        level: 'error',
        message: 'no model summed the session up; its own sentences do',
        requestId: request.id,
        method: 'POST',
        route: '/v1/memories/summaries',
        status: 200,
        durationMs: 0,
        error,
      });
    const write = createSummaryWriter({ models, now, random, onFailure }, caller.tenantId);
    const estimateTokens = (text: string): number => estimateTextTokens(text).expected;
    const made = await summariseSession(
      { memory, estimateTokens, write },
      { tenantId: caller.tenantId, scope, sessionId, tokensMax },
    );
    return { status: 200, body: { ...made, memory: memoryView(made.memory) } };
  },
});

export const memorySummaryRoutes: readonly Route[] = [summarise];
