// What the trial's processes speak to: a PostgreSQL and a Redis of their own, which may be restarted, and a broker that others
// use too, each behind a relay.

import { openCutProxy, type CutProxy } from '../cluster/cut-proxy.ts';
import { freePort } from '../../tools/services/free-port.ts';
import { findPostgresPrograms } from '../../tools/services/postgres.ts';
import { startPrivatePostgres } from '../../tools/services/private-postgres.ts';
import { startPrivateRedis } from '../../tools/services/redis.ts';

const broker = process.env['CHORALE_TEST_RABBITMQ'] ?? 'amqp://guest:guest@127.0.0.1:5672';

export interface ChaosServices {
  readonly relays: { readonly database: CutProxy; readonly broker: CutProxy; readonly cache: CutProxy };
  /** Past the relay. */
  readonly database: string;
  /** As after a crash; resolves when it answers again. */
  restartDatabase(): Promise<void>;
  restartCache(): Promise<void>;
  close(): Promise<void>;
}

export async function openServices(): Promise<ChaosServices> {
  const programs = findPostgresPrograms();
  if (programs === undefined)
    throw new Error(
      'PostgreSQL is not installed here, and one that others use is not restarted: apt-get install -y postgresql',
    );
  const postgres = await startPrivatePostgres(programs, { keepsCommits: true });
  const cachePort = await freePort();
  let redis = await startPrivateRedis(cachePort);
  const relays = {
    database: await openCutProxy(postgres.url),
    broker: await openCutProxy(broker),
    cache: await openCutProxy(redis.url),
  };
  return {
    relays,
    database: postgres.url,
    restartDatabase: () => postgres.restart(),
    async restartCache() {
      await redis.close();
      redis = await startPrivateRedis(cachePort);
    },
    async close() {
      await Promise.all(Object.values(relays).map((relay) => relay.close()));
      await redis.close();
      await postgres.close();
    },
  };
}
