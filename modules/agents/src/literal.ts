// Texts that a model wrote are not templates: an expression in them is meant as it stands.

import type { Json } from '@chorale/module-goals';

/** The value with every `${{` in its texts escaped. */
export function literal(value: Json): Json {
  if (typeof value === 'string') return value.replaceAll('${{', () => '$${{');
  if (Array.isArray(value)) return value.map(literal);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, literal(inner)]));
}
