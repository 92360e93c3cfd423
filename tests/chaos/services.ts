// What the trial's processes speak to: a PostgreSQL and a Redis of their own, which may be restarted, and a broker that others
// use too unless one of their own is asked for, each behind a relay.

import { setTimeout as wait } from 'node:timers/promises';
import { openCutProxy, type CutProxy } from '../cluster/cut-proxy.ts';
import { freePort } from '../../tools/services/free-port.ts';
import { findPostgresPrograms } from '../../tools/services/postgres.ts';
import { startPrivatePostgres, type PrivatePostgres } from '../../tools/services/private-postgres.ts';
import { startPrivateRabbitmq } from '../../tools/services/rabbitmq.ts';
import { startPrivateRedis } from '../../tools/services/redis.ts';

const sharedBroker = process.env['CHORALE_TEST_RABBITMQ'] ?? 'amqp://guest:guest@127.0.0.1:5672';

export interface ChaosServices {
  readonly relays: { readonly database: CutProxy; readonly broker: CutProxy; readonly cache: CutProxy };
  /** Past the relay. */
  readonly database: string;
  readonly ownsBroker: boolean;
  /** As after a crash; resolves when it answers again. */
  restartDatabase(): Promise<void>;
  killDatabase(): Promise<void>;
  /** After `killDatabase`; resolves when it answers. */
  startDatabase(): Promise<void>;
  restartBroker(): Promise<void>;
  restartCache(): Promise<void>;
  close(): Promise<void>;
}

export async function openServices({ ownsBroker }: { readonly ownsBroker: boolean }): Promise<ChaosServices> {
  const programs = findPostgresPrograms();
  if (programs === undefined)
    throw new Error(
      'PostgreSQL is not installed here, and one that others use is not restarted: apt-get install -y postgresql',
    );
  const postgres = await startPrivatePostgres(programs, { keepsCommits: true });
  const broker = ownsBroker ? await startPrivateRabbitmq() : undefined;
  const cachePort = await freePort();
  let redis = await startPrivateRedis(cachePort);
  const relays = {
    database: await openCutProxy(postgres.url),
    broker: await openCutProxy(broker?.url ?? sharedBroker),
    cache: await openCutProxy(redis.url),
  };
  return {
    relays,
    database: postgres.url,
    ownsBroker,
    restartDatabase: () => postgres.restart(),
    killDatabase: () => postgres.kill(),
    startDatabase: () => startAfterKill(postgres),
    async restartBroker() {
      await broker?.restart();
    },
    async restartCache() {
      await redis.close();
      redis = await startPrivateRedis(cachePort);
    },
    async close() {
      await Promise.all(Object.values(relays).map((relay) => relay.close()));
      await redis.close();
      await broker?.close();
      await postgres.close();
    },
  };
}

const startWithinMs = 20_000;

/** It refuses while processes of the one before are on their way out. */
async function startAfterKill(postgres: PrivatePostgres): Promise<void> {
  const until = performance.now() + startWithinMs;
  for (;;) {
    try {
      return await postgres.restart();
    } catch (error) {
      if (performance.now() > until) throw error;
      await wait(100);
    }
  }
}
