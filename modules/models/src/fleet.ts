// The deployments there are, in the configured order, and the names they can be asked for by.

import type { Deployment } from './deployment.ts';

export interface Fleet {
  /** In the order of the configuration: what `failover` keeps to. */
  readonly deployments: readonly Deployment[];
  /** Other names, each for models or deployments, best first: `fast` for `gpt-5-mini` and `claude-haiku`. */
  readonly aliases: Readonly<Record<string, readonly string[]>>;
}

/** Aliases of aliases are followed so far and no further, so that a circle ends. */
const aliasDepthMax = 5;

interface NameIndex {
  /** By deployment id and by model name. */
  readonly byName: ReadonlyMap<string, readonly number[]>;
  readonly resolved: Map<string, ReadonlyMap<string, number>>;
}

/** A fleet is replaced as a whole when something changes, so what was looked up in one stays true of it. */
const indexes = new WeakMap<Fleet, NameIndex>();
const resolvedMax = 1_000;

function indexOf(fleet: Fleet): NameIndex {
  const known = indexes.get(fleet);
  if (known !== undefined) return known;
  const byName = new Map<string, number[]>();
  fleet.deployments.forEach(({ id, model }, position) => {
    for (const name of new Set([id, model])) byName.set(name, [...(byName.get(name) ?? []), position]);
  });
  const index = { byName, resolved: new Map() };
  indexes.set(fleet, index);
  return index;
}

function collectInto(target: Map<string, number>, { fleet, name, depth }: Lookup): void {
  for (const position of indexOf(fleet).byName.get(name) ?? []) {
    const id = fleet.deployments[position]?.id;
    if (id !== undefined && !target.has(id)) target.set(id, target.size);
  }
  if (depth >= aliasDepthMax || !Object.hasOwn(fleet.aliases, name)) return;
  for (const other of fleet.aliases[name] ?? []) collectInto(target, { fleet, name: other, depth: depth + 1 });
}

interface Lookup {
  readonly fleet: Fleet;
  readonly name: string;
  readonly depth: number;
}

/** The deployments that the names mean, each with its place in their order. */
export function resolveNames(fleet: Fleet, names: readonly string[]): ReadonlyMap<string, number> {
  const { resolved } = indexOf(fleet);
  const key = names.join('\n');
  const known = resolved.get(key);
  if (known !== undefined) return known;
  const places = new Map<string, number>();
  for (const name of names) collectInto(places, { fleet, name, depth: 0 });
  if (resolved.size >= resolvedMax) resolved.clear();
  resolved.set(key, places);
  return places;
}
