// What the process keeps things in and speaks to others through: the database, the bytes, the broker and the cache.
import type { Redis } from '@chorale/adapter-redis';
import type { Bus } from '@chorale/module-messaging';
import { type KeptBytes, openArtifacts } from './open-artifacts.ts';
import { carryHints, openBus } from './open-bus.ts';
import { openCache } from './open-cache.ts';
import { openStores, type Stores } from './open-store.ts';
import type { PlatformOptions } from './open-platform.ts';
import { openServiceLinks, type ServiceLinks } from './service-tls.ts';

export interface Backends {
  readonly stores: Stores;
  readonly bytes: KeptBytes;
  readonly bus: Bus;
  /** Without one each process has its own. */
  readonly cache: Redis | undefined;
  readonly links: ServiceLinks;
}

export async function openBackends({ config, env, log }: PlatformOptions): Promise<Backends> {
  const { values } = config;
  const links = openServiceLinks(values.services, log);
  const linked = { config: values, env, log, links };
  const bytes = await openArtifacts(values, env, links);
  const bus = await openBus(linked);
  const cache = await openCache(linked);
  try {
    return { stores: await openStores(linked, carryHints(bus)), bytes, bus, cache, links };
  } catch (error) {
    // Connections that stay would keep the process from ending.
    await Promise.all([bus.close(), cache?.close()]);
    throw error;
  }
}
