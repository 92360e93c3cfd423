// Vectors of texts from a configured model, through the same router as any call: budgets, health and privacy hold for it.
import type { Random } from '@chorale/lib-ids';
import { makeId } from '@chorale/lib-ids';
import { broken } from '@chorale/lib-errors';
import type { CallContext, UpstreamAnswer } from '@chorale/module-models';
import { makeBody, shield } from '../openai/pass-through.ts';
import { tokensOfEmbeddings } from '../openai/passed-tokens.ts';
import type { ModelServices } from './model-services.ts';

export interface EmbeddingParts {
  readonly models: Pick<ModelServices, 'route' | 'privacy' | 'dataClass'>;
  readonly model: string;
  readonly now: () => number;
  readonly random: Random;
}

/** Whose budgets it counts against, and how long it may take. */
export type EmbeddingCall = Pick<CallContext, 'tenantId' | 'keyId' | 'agent'> & { readonly msMax: number };

export async function embedTexts(
  { models, model, now, random }: EmbeddingParts,
  texts: readonly string[],
  { msMax, ...who }: EmbeddingCall,
): Promise<readonly (readonly number[])[]> {
  const callId = makeId<'model-call'>('call', now(), random);
  const context: CallContext = {
    ...who,
    callId,
    models: [model],
    dataClass: models.dataClass,
    deadlineAt: now() + msMax,
  };
  const shielded = shield(models, context, texts);
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
