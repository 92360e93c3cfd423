// Looks an entry of the catalogue up to show it; to run it, it must also be trusted (`getUsable`).
import { refused } from '@chorale/lib-errors';
import type { CatalogEntry } from '@chorale/module-catalog';
import { closestName } from '@chorale/module-goals';

/** Throws `catalog-unknown`. */
export function findEntry<Value>(
  kind: 'agent' | 'skill' | 'workflow',
  entries: ReadonlyMap<string, CatalogEntry<Value>>,
  name: string,
): CatalogEntry<Value> {
  const entry = entries.get(name);
  if (entry !== undefined) return entry;
  const near = closestName(name, entries.keys());
  const action = near === undefined ? `see the list of ${kind}s for what there is` : `did you mean ${near}?`;
  throw refused('catalog-unknown', `the catalogue holds no ${kind} ${name}`, { action });
}
