// Maps the text in JSON: values and the names of fields.

import type { Json } from '@chorale/module-goals';

export type MapText = (text: string) => string;

/** Every string leaf and every name. The same object where nothing changed. */
export function mapJsonText(value: Json, map: MapText): Json {
  if (typeof value === 'string') return map(value);
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return mapList(value, (item) => mapJsonText(item, map));
  let changed = false;
  const entries = Object.entries(value).map(([name, item]): [string, Json] => {
    const entry: [string, Json] = [map(name), mapJsonText(item, map)];
    changed ||= entry[0] !== name || entry[1] !== item;
    return entry;
  });
  return changed ? Object.fromEntries(entries) : value;
}

/** The source of JSON, as models write the arguments of calls; what is no JSON is mapped as text. */
export function mapJsonSource(source: string, map: MapText): string {
  const value = parse(source);
  if (value === undefined) return map(source);
  const mapped = mapJsonText(value, map);
  return mapped === value ? source : JSON.stringify(mapped);
}

function parse(source: string): Json | undefined {
  try {
    return JSON.parse(source) as Json;
  } catch {
    return undefined;
  }
}

export const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

export function mapList<Item>(items: readonly Item[], map: (item: Item) => Item): readonly Item[] {
  const mapped = items.map((item) => map(item));
  return mapped.some((item, at) => item !== items[at]) ? mapped : items;
}
