// A result as a model gives it: with references to what its calls gave, or as JSON inside a text.

import type { Json } from '@chorale/module-goals';

export interface FilledResult {
  readonly value: Json;
  /** Ids that stand for nothing. */
  readonly unknown: readonly string[];
}

/** Puts what the calls gave in the place of `{"$output": id}`. */
export function fillOutputs(result: Json, outputs: ReadonlyMap<string, Json>): FilledResult {
  const unknown: string[] = [];
  const fill = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [first] = entries;
    if (entries.length === 1 && first?.[0] === '$output' && typeof first[1] === 'string') {
      const found = outputs.get(first[1]);
      if (found === undefined) unknown.push(first[1]);
      return found ?? null;
    }
    return Object.fromEntries(entries.map(([name, inner]) => [name, fill(inner)]));
  };
  return { value: fill(result), unknown };
}

/** Undefined when the text holds no JSON. Fences around it are passed over. */
export function readTextResult(text: string): Json | undefined {
  const fenced = /```(?:json)?\s*\n([\s\S]*?)\n```/.exec(text);
  for (const candidate of [text, fenced?.[1]]) {
    if (candidate === undefined || candidate.trim() === '') continue;
    try {
      return JSON.parse(candidate) as Json;
    } catch {
      continue;
    }
  }
  return undefined;
}
