// Vectors of texts from a configured model, through the same router as any call: budgets, health and privacy hold for it.

import type { Random, TenantId } from '@chorale/lib-ids';
import { makeId } from '@chorale/lib-ids';
import { broken } from '@chorale/lib-errors';
import type { Embedder } from '@chorale/module-memory';
import type { CallContext, UpstreamAnswer } from '@chorale/module-models';
import type { ModelServices } from '../models/model-services.ts';
import { makeBody, shield } from '../openai/pass-through.ts';
import { tokensOfEmbeddings } from '../openai/passed-tokens.ts';

/** Somebody waits for the vector of a question; without it, words find alone. */
const questionMsMax = 3_000;
const batchMsMax = 60_000;

export interface EmbedderParts {
  readonly models: Pick<ModelServices, 'route' | 'privacy' | 'dataClass'>;
  readonly model: string;
  readonly now: () => number;
  readonly random: Random;
}

export function openEmbedder({ models, model, now, random }: EmbedderParts): Embedder {
  return {
    model,
    async embed(tenantId, texts) {
      const context = contextOf(tenantId, texts.length);
      const shielded = shield(models as ModelServices, context, texts);
      const input = (name: string): string => JSON.stringify({ model: name, input: texts, encoding_format: 'float' });
      const body = makeBody(
        {
          operation: 'embeddings',
          path: '/embeddings',
          contentType: 'application/json',
          tokens: tokensOfEmbeddings(texts, input(model).length),
          bytesFor: (name) => Buffer.from(input(name)),
        },
        shielded,
      );
      const { signal } = new AbortController();
      const dataClass = shielded?.dataClass ?? models.dataClass;
      const { answer } = await models.route({ context: { ...context, dataClass }, body, stream: false, signal });
      return readVectors(await readAll(answer), texts.length);
    },
  };

  function contextOf(tenantId: TenantId, texts: number): CallContext {
    const callId = makeId<'model-call'>('call', now(), random);
    const deadlineAt = now() + (texts === 1 ? questionMsMax : batchMsMax);
    return { callId, tenantId, models: [model], dataClass: models.dataClass, deadlineAt };
  }
}

async function readAll(answer: UpstreamAnswer): Promise<string> {
  if (answer.form !== 'bytes') throw broken('internal', 'vectors were asked for and our own terms came');
  const pieces: Uint8Array[] = [];
  for await (const piece of answer.bytes) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

/** As OpenAI's format has them: each with the place of its text. */
function readVectors(text: string, count: number): readonly (readonly number[])[] {
  const { data } = JSON.parse(text) as { readonly data?: unknown };
  const vectors: (readonly number[])[] = [];
  for (const entry of Array.isArray(data) ? (data as readonly { index?: unknown; embedding?: unknown }[]) : []) {
    const { index, embedding } = entry;
    if (typeof index === 'number' && Array.isArray(embedding)) vectors[index] = embedding as readonly number[];
  }
  if (vectors.length === count && vectors.every((vector) => vector !== undefined)) return vectors;
  throw broken('embedding-malformed', `The embedder answered ${vectors.length} vectors for ${count} texts.`, {
    action: 'Look whether the configured model makes embeddings.',
  });
}
