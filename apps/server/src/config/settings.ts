// The schema's leaves as settings: `worker.slots` is `--worker-slots` and CHORALE_WORKER_SLOTS.

import { z } from 'zod';
import { configSchema } from './config-schema.ts';

export interface Setting {
  readonly path: readonly string[];
  readonly flag: string;
  readonly variable: string;
  readonly kind: 'text' | 'number' | 'switch' | 'list' | 'json';
  readonly about: string;
}

interface SchemaNode {
  readonly type?: string;
  readonly properties?: { readonly [name: string]: SchemaNode };
  readonly items?: SchemaNode;
  readonly description?: string;
}

export const settings: readonly Setting[] = collect(
  z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as SchemaNode,
  [],
);

function collect(node: SchemaNode, path: readonly string[]): readonly Setting[] {
  if (node.properties !== undefined) {
    return Object.entries(node.properties).flatMap(([name, child]) => collect(child, [...path, name]));
  }
  const words = path.flatMap((part) => part.split(/(?=[A-Z])/)).map((word) => word.toLowerCase());
  return [
    {
      path,
      flag: `--${words.join('-')}`,
      variable: `CHORALE_${words.join('_').toUpperCase()}`,
      kind: kindOf(node),
      about: node.description ?? '',
    },
  ];
}

function kindOf({ type, items }: SchemaNode): Setting['kind'] {
  if (type === 'boolean') return 'switch';
  if (type === 'number' || type === 'integer') return 'number';
  if (type === 'array') return items?.type === 'string' ? 'list' : 'json';
  return type === 'object' ? 'json' : 'text';
}

/** Reads the text of a variable or flag; what does not fit is left as text, for the schema to complain about. */
export function readSetting({ kind }: Setting, text: string): unknown {
  switch (kind) {
    case 'text':
      return text;
    case 'number':
      return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
    case 'switch':
      return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : text;
    case 'list':
      return text === '' ? [] : text.split(',').map((item) => item.trim());
    case 'json':
      try {
        return JSON.parse(text) as unknown;
      } catch {
        return text;
      }
  }
}
