// What makes two requests the same question: a text that is equal for both, to be hashed.

import type { Json } from '@chorale/module-goals';
import type { ChatRequest } from './conversation.ts';
import type { CallContext } from './model-call.ts';

/** Fields of a body that change how the answer is carried or counted, not what is asked. */
const besideTheQuestion = new Set([
  'stream',
  'stream_options',
  'user',
  'metadata',
  'safety_identifier',
  'prompt_cache_key',
  'store',
  'service_tier',
]);

/** Unlike JSON's own order of fields, the same for equal values. Fields that are undefined are left out. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`;
  const fields = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, item]) => `${JSON.stringify(name)}:${canonicalJson(item)}`);
  return `{${fields.join(',')}}`;
}

export interface Asker {
  readonly context: Pick<CallContext, 'tenantId' | 'models' | 'region' | 'retention' | 'dataClass'>;
  /** What the caller's key allows; empty: all. */
  readonly allowed: readonly string[];
}

/** Whose question it is: no tenant ever sees an answer of another, and what may answer one key may not answer each. */
function canonicalAsker({ context, allowed }: Asker): Record<string, unknown> {
  const { tenantId, models, region, retention, dataClass } = context;
  return { tenantId, models, region, retention, dataClass, allowed: allowed.toSorted() };
}

/** `cacheKey` only says where a provider's own cache is warm. */
export function canonicalRequest(asker: Asker, request: ChatRequest): string {
  const { cacheKey: _, ...question } = request;
  return canonicalJson({ ...canonicalAsker(asker), question });
}

/** A body in a provider's own format; `path` tells operations of one body apart. */
export function canonicalBody(asker: Asker, path: string, body: { readonly [name: string]: Json }): string {
  const question = Object.fromEntries(Object.entries(body).filter(([name]) => !besideTheQuestion.has(name)));
  return canonicalJson({ ...canonicalAsker(asker), path, question });
}
