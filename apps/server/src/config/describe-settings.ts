// The settings as help text.

import { configSchema } from './config-schema.ts';
import { settings } from './settings.ts';

export function describeSettings(): string {
  const defaults: unknown = configSchema.parse({});
  const width = Math.max(...settings.map((setting) => setting.flag.length));
  return settings
    .map(({ flag, path, about }) => `  ${flag.padEnd(width)}  ${about} (${showValue(valueAt(defaults, path))})`)
    .join('\n');
}

function valueAt(tree: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((node, name) => (node as { readonly [name: string]: unknown } | undefined)?.[name], tree);
}

function showValue(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(',');
  return typeof value === 'string' ? value || 'empty' : JSON.stringify(value);
}
