// Loads the protocol's client. Inside the workspace packages are found under the condition `source`, which leads to
// TypeScript; two packages the client needs use the same word for sources of theirs, which Node does not run from
// node_modules. While the client is loaded, packages of others are found without it.

import { registerHooks } from 'node:module';
import type * as Mcp from '@modelcontextprotocol/client';

type Loaded = typeof Mcp;

let loading: Promise<Loaded> | undefined;

export function loadMcpClient(): Promise<Loaded> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Loaded> {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const isOfOthers = context.parentURL?.includes('/node_modules/') === true;
      if (!isOfOthers) return next(specifier, context);
      return next(specifier, { ...context, conditions: context.conditions.filter((name) => name !== 'source') });
    },
  });
  try {
    return await import('@modelcontextprotocol/client');
  } finally {
    hooks.deregister();
  }
}
