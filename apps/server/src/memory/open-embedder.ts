// The embedder of memory: vectors of texts from a configured model.

import type { Embedder } from '@chorale/module-memory';
import { embedTexts, type EmbeddingParts } from '../models/embed-texts.ts';

/** Somebody waits for the vector of a question; without it, words find alone. */
const questionMsMax = 3_000;
const batchMsMax = 60_000;

export function openEmbedder(parts: EmbeddingParts): Embedder {
  return {
    model: parts.model,
    embed: (tenantId, texts) =>
      embedTexts(parts, texts, { tenantId, msMax: texts.length === 1 ? questionMsMax : batchMsMax }),
  };
}
