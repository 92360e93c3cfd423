import type { Json } from '@chorale/module-goals';

export type Mapping = { readonly [key: string]: Json };

export function isMapping(value: Json | undefined): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
