// One text for equal JSON values: RFC 8785 (JSON Canonicalization Scheme). What is hashed to name a plan.
import { refused } from '@chorale/lib-errors';

/** Deeper data overflows the stacks of those who read it. */
export const jsonDepthMax = 500;

/**
 * Keys in the order of their UTF-16 code units, no spaces, numbers as JavaScript writes them. Fields that are undefined
 * are left out. Throws `json-invalid` for what JSON cannot say: numbers without a value, functions, half characters.
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}

function write(value: unknown, depth: number): string {
  if (depth > jsonDepthMax) throw refused('json-invalid', `the data is nested more than ${jsonDepthMax} levels deep`);
  if (value === null) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string') {
    if (!/\p{Surrogate}/u.test(value)) return JSON.stringify(value);
    throw refused('json-invalid', `the text ${JSON.stringify(value.slice(0, 60))} holds half of a character`);
  }
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return JSON.stringify(value);
    throw refused('json-invalid', `the number ${value} has no place in JSON`);
  }
  if (typeof value !== 'object') throw refused('json-invalid', `a ${typeof value} has no place in JSON`);
  return Array.isArray(value) ? writeList(value, depth) : writeObject(value as Record<string, unknown>, depth);
}

function writeList(list: readonly unknown[], depth: number): string {
  return `[${list.map((item) => write(item, depth + 1)).join(',')}]`;
}

function writeObject(object: Record<string, unknown>, depth: number): string {
  const parts: string[] = [];
  // The order of Array.sort without a comparator is the order the RFC asks for.
  for (const key of Object.keys(object).sort()) {
    if (object[key] !== undefined) parts.push(`${write(key, depth)}:${write(object[key], depth + 1)}`);
  }
  return `{${parts.join(',')}}`;
}
