// Answers that were given before: to the very same question, and to one that means the same where a model of embeddings is
// configured for it.
import { hash } from 'node:crypto';
import type { TenantId } from '@chorale/lib-ids';
import type { Clock } from '@chorale/lib-time';
import { createResponseCache, createSimilarAnswers, type RouterPorts, type SpendStore } from '@chorale/module-models';
import type { ModelsConfig } from '../config/models-config.ts';
import { embedTexts, type EmbeddingParts } from './embed-texts.ts';

export interface CacheParts {
  readonly config: ModelsConfig['cache'];
  readonly spend: SpendStore;
  readonly clock: Clock;
  readonly models: EmbeddingParts['models'];
}

export interface AnswerCaches {
  readonly ports: Pick<RouterPorts, 'cache' | 'similar'>;
  forget(tenantId: TenantId): Promise<void>;
}

const sha256Hex = (text: string): string => hash('sha256', text, 'hex');

export function openAnswerCaches(parts: CacheParts): AnswerCaches {
  const { config, spend, clock } = parts;
  const { enabled, minutes, sizeMib } = config;
  const limits = { ageMsMax: minutes * 60_000, entriesMax: 100_000, bytesMax: sizeMib * 1024 * 1024 };
  const cache = enabled ? createResponseCache({ clock, sha256Hex, limits }) : undefined;
  return {
    ports: {
      ...(cache === undefined ? {} : { cache }),
      ...(config.semantic.enabled ? { similar: openSimilar(parts) } : {}),
    },
    async forget(tenantId) {
      cache?.clear();
      await spend.execute({ command: 'drop-answers', tenantId });
    },
  };
}

/** The caller waits; without a vector the call is made as any other. */
const embeddingMsMax = 2_000;

function openSimilar({ config, spend, clock, models }: CacheParts): NonNullable<RouterPorts['similar']> {
  const { model, similarityMin, minutes, answersMax } = config.semantic;
  const embedding = { models, model, now: () => clock.now(), random: Math.random };
  return createSimilarAnswers({
    spend,
    clock,
    sha256Hex,
    model,
    limits: { similarityMin, ageMsMax: minutes * 60_000, answersMax },
    async embed(text, { tenantId, keyId, agent }) {
      const who = { tenantId, ...(keyId === undefined ? {} : { keyId }), ...(agent === undefined ? {} : { agent }) };
      const [vector = []] = await embedTexts(embedding, [text], { ...who, msMax: embeddingMsMax });
      return vector;
    },
  });
}
