// One small call to one deployment, through everything a call goes through.
import type { DeploymentTest } from '@chorale/lib-client';
import { toErrorRecord } from '@chorale/lib-errors';
import { makeId, type Random, type TenantId } from '@chorale/lib-ids';
import type { CallContext, Deployment, ModelCallId, RouteBody, UpstreamAnswer } from '@chorale/module-models';
import { nanoDollars } from './configured-budgets.ts';
import type { ModelServices } from './model-services.ts';

const testMsMax = 60_000;
const answerLengthMax = 200;
const question = 'Answer with the one word: ready';

interface TestWorld {
  /** Who pays. */
  readonly tenantId: TenantId;
  readonly now: () => number;
  readonly random: Random;
}

export async function testDeployment(
  models: ModelServices,
  deployment: Deployment,
  { tenantId, now, random }: TestWorld,
): Promise<DeploymentTest> {
  const startedAt = now();
  const callId: ModelCallId = makeId('call', startedAt, random);
  const context: CallContext = {
    callId,
    tenantId,
    models: [deployment.id],
    dataClass: 'public',
    deadlineAt: startedAt + testMsMax,
  };
  const { signal } = new AbortController();
  const base = { deploymentId: deployment.id, callId };
  try {
    const routed = await models.route({ context, body: bodyFor(deployment), stream: false, signal });
    const firstByteAt = now();
    const said = await readAnswer(routed.answer);
    const record = await routed.finished;
    return {
      ...base,
      ok: true,
      durationMs: now() - startedAt,
      firstByteMs: firstByteAt - startedAt,
      ...said,
      costUsd: (record?.cost ?? 0) / nanoDollars,
    };
  } catch (error) {
    const { code, message } = toErrorRecord(error);
    return { ...base, ok: false, durationMs: now() - startedAt, costUsd: 0, failure: { code, message } };
  }
}

function bodyFor({ capabilities }: Deployment): RouteBody {
  if (!capabilities.includes('embeddings'))
    return {
      form: 'chat',
      request: {
        messages: [{ role: 'user', parts: [{ type: 'text', text: question }] }],
        outputTokensMax: outputTokensMax(capabilities.includes('reasoning')),
      },
    };
  return {
    form: 'made',
    demands: {
      operation: 'embeddings',
      taskClass: 'other',
      needs: [],
      inputTokens: 4,
      inputTokensMost: 8,
      outputTokens: 0,
      outputTokensMax: 0,
      shape: 'embeddings',
    },
    bodyFor: ({ wire, model }) => ({
      form: 'bytes',
      wire,
      path: '/embeddings',
      contentType: 'application/json',
      bytes: Buffer.from(JSON.stringify({ model, input: 'ready' })),
    }),
  };
}

/** A model that reasons first must have room for that as well. */
const outputTokensMax = (reasons: boolean): number => (reasons ? 1_024 : 16);

async function readAnswer(answer: UpstreamAnswer): Promise<{ readonly answer?: string; readonly model?: string }> {
  if (answer.form === 'bytes') {
    for await (const _piece of answer.bytes);
    return {};
  }
  for await (const event of answer.events) {
    if (event.type !== 'end') continue;
    const text = event.reply.parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
    return { answer: text.slice(0, answerLengthMax), model: event.reply.by.model };
  }
  return {};
}
