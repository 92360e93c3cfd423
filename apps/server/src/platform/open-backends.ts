// What the process keeps things in and speaks to others through: the database, the bytes, the broker and the cache.
import type { Redis } from '@chorale/adapter-redis';
import type { Bus } from '@chorale/module-messaging';
import { type KeptBytes, openArtifacts } from './open-artifacts.ts';
import { carryHints, openBus } from './open-bus.ts';
import { openCache } from './open-cache.ts';
import { openStores, type Stores } from './open-store.ts';
import type { PlatformOptions } from './open-platform.ts';

export interface Backends {
  readonly stores: Stores;
  readonly bytes: KeptBytes;
  readonly bus: Bus;
  /** Without one each process has its own. */
  readonly cache: Redis | undefined;
}

export async function openBackends({ config, env, log }: PlatformOptions): Promise<Backends> {
  const { values } = config;
  const bytes = await openArtifacts(values, env);
  const bus = await openBus(values, env, log);
  const cache = await openCache(values, env, log);
  try {
    return { stores: await openStores(values, env, carryHints(bus)), bytes, bus, cache };
  } catch (error) {
    // Connections that stay would keep the process from ending.
    await Promise.all([bus.close(), cache?.close()]);
    throw error;
  }
}
