// Loads a provider package when its wire format is first spoken: each takes a tenth of a second and some megabytes, and
// most installations need one or two.
//
// Run from sources, Node is told to follow the `source` condition to our own TypeScript. `eventsource-parser`, which all
// the packages stand on, has a condition of the same name for its own, and Node runs no TypeScript below node_modules.
// While a package loads, that one name is therefore resolved without the condition.

import { registerHooks } from 'node:module';

const foreignSources = /^eventsource-parser(\/|$)/;

const loading = new Map<string, Promise<unknown>>();

export function loadPackage<T>(name: string, load: () => Promise<T>): Promise<T> {
  const known = loading.get(name);
  if (known !== undefined) return known as Promise<T>;
  const loaded = withoutForeignSources(load);
  loading.set(name, loaded);
  return loaded;
}

async function withoutForeignSources<T>(load: () => Promise<T>): Promise<T> {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (!foreignSources.test(specifier)) return next(specifier, context);
      return next(specifier, { ...context, conditions: context.conditions.filter((each) => each !== 'source') });
    },
  });
  try {
    return await load();
  } finally {
    hooks.deregister();
  }
}
