// Vectors of memories: made by an embedder that somebody configured, in the background, and compared when a question has one.
// Without an embedder there are none, and nothing is called semantic.

import { ChoraleError, refused } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import type { MemoryId, MemoryPlace } from './memory.ts';
import type { MemorySet } from './memory-set.ts';
import type { MemoryStore } from './memory-store.ts';

export interface Embedder {
  /** Vectors of different models are never compared. */
  readonly model: string;
  /** In the order of the texts; each of the same length. */
  embed(tenantId: TenantId, texts: readonly string[]): Promise<readonly (readonly number[])[]>;
}

/** What a text is to a model. */
export interface TextVector {
  readonly model: string;
  readonly values: readonly number[];
}

export interface PutVectors {
  readonly command: 'put-vectors';
  readonly tenantId: TenantId;
  readonly model: string;
  /** At most 100. Those of memories that are gone are passed over; one without values says that none can be made. */
  readonly vectors: readonly { readonly memoryId: MemoryId; readonly values: readonly number[] }[];
}

/** Of length 1, so that the product of two says how near they are. */
export interface VectorRow extends MemoryPlace {
  readonly tenantId: TenantId;
  readonly scope: string;
  readonly model: string;
  readonly values: readonly number[];
}

export interface NearWanted extends TextVector {
  readonly tenantId: TenantId;
  /** As `scopeKey` makes them. */
  readonly scopes: readonly string[];
  readonly limit: number;
}

export interface NearPlace extends MemoryPlace {
  /** The cosine of the angle between the two: 1 for the same. */
  readonly similarity: number;
}

const vectorsMax = 100;
const dimensionMax = 4_096;
const textsAtOnce = 50;
const textMax = 8_000;

export function putVectors(set: MemorySet, { tenantId, model, vectors }: PutVectors): number {
  const some = vectors.filter(({ values }) => values.length > 0);
  const wrong = some.find(({ values }) => !isVector(values) || values.length !== some[0]!.values.length);
  if (vectors.length > vectorsMax || wrong !== undefined) {
    const found = wrong === undefined ? `${vectors.length} vectors came` : `A vector has ${wrong.values.length} values`;
    throw refused(
      'memory-invalid',
      `${found}; ${vectorsMax} of one length, with 1 to ${dimensionMax} numbers, are taken.`,
      {
        action: 'Look at what the embedder answers.',
      },
    );
  }
  let kept = 0;
  for (const { memoryId, values } of vectors) {
    const row = set.findMemory(tenantId, memoryId);
    if (row === undefined) continue;
    const { scope, session, position } = row;
    set.vectors.push({ tenantId, scope, session, position, model, values: toUnit(values) });
    kept++;
  }
  return kept;
}

function isVector(values: readonly number[]): boolean {
  return (
    values.length > 0 &&
    values.length <= dimensionMax &&
    values.every((value) => Number.isFinite(value)) &&
    values.some((value) => value !== 0)
  );
}

function toUnit(values: readonly number[]): readonly number[] {
  const length = Math.hypot(...values);
  return values.map((value) => Math.fround(value / length));
}

/** Makes the vectors that are missing, the newest memories first; answers how many. */
export async function embedMemories(
  memory: Pick<MemoryStore, 'execute' | 'listUnembedded'>,
  embedder: Embedder,
  tenantId: TenantId,
): Promise<number> {
  const { model } = embedder;
  const missing = await memory.listUnembedded(tenantId, { model, limit: textsAtOnce });
  if (missing.length === 0) return 0;
  const texts = missing.map(({ body }) => body.slice(0, textMax));
  const made = await embedder
    .embed(tenantId, texts)
    .catch((error: unknown) => embedSingly(embedder, { tenantId, texts, error }));
  const vectors = missing.map(({ memoryId }, index) => ({ memoryId, values: made[index] ?? [] }));
  return (await memory.execute({ command: 'put-vectors', tenantId, model, vectors })).kept;
}

/**
 * One text that may not leave keeps its whole batch from being embedded: each for itself, and those that are refused again get
 * none. Where all are refused it is not the texts' fault.
 */
async function embedSingly(
  embedder: Embedder,
  {
    tenantId,
    texts,
    error,
  }: { readonly tenantId: TenantId; readonly texts: readonly string[]; readonly error: unknown },
): Promise<readonly (readonly number[])[]> {
  if (!isRefused(error) || texts.length === 1) throw error;
  const made: (readonly number[])[] = [];
  for (const text of texts) {
    const [values] = await embedder.embed(tenantId, [text]).catch((cause: unknown) => {
      if (!isRefused(cause)) throw cause;
      return [[]];
    });
    made.push(values ?? []);
  }
  if (made.every((values) => values.length === 0)) throw error;
  return made;
}

function isRefused(error: unknown): boolean {
  return error instanceof ChoraleError && error.family === 'refused';
}

/** Searches with the question's vector as well; by words alone where none comes in time. */
export function searchByMeaning(
  memory: Pick<MemoryStore, 'search'>,
  embedder: Embedder,
  onFailure: (error: unknown) => void,
): Pick<MemoryStore, 'search'>['search'] {
  return async (query) => {
    const [values] = await embedder.embed(query.tenantId, [query.text.slice(0, textMax)]).catch((error: unknown) => {
      onFailure(error);
      return [undefined];
    });
    if (values === undefined || !isVector(values)) return await memory.search(query);
    return await memory.search({ ...query, vector: { model: embedder.model, values: toUnit(values) } });
  };
}
