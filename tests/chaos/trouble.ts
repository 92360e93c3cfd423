// One trouble after another, by chance of a seed. Each is over when it resolves, but for what a killed process takes to start.

import { setTimeout as wait } from 'node:timers/promises';
import type { SeededRandom } from '../simulation/kernel/seeded-random.ts';
import type { Site } from './site.ts';

const troubles = {
  'a worker is killed': 4,
  'a worker is stopped past its lease': 2,
  'a scheduler is killed': 1,
  'the API is killed': 1,
  'the API is stopped for a while': 1,
  'connections to the database are cut': 2,
  'connections to the database are torn': 2,
  'the database is slow': 1,
  'the database is restarted': 1,
  'connections to the broker are cut': 1,
  'connections to the broker are torn': 1,
  'the broker is away': 1,
  'the cache is restarted': 1,
} as const;

export type Trouble = keyof typeof troubles;

/** Undefined when whom it was to hit is only starting: to hit it again shows nothing. */
export async function makeTrouble(site: Site, random: SeededRandom, leaseMs: number): Promise<Trouble | undefined> {
  const trouble = random.weighted<Trouble>(troubles);
  const { services, workers, schedulers, api } = site;
  const { database, broker } = services.relays;
  const worker = random.pick(workers);
  const scheduler = random.pick(schedulers);
  const shortMs = random.integer(100, 1_500);
  switch (trouble) {
    case 'a worker is killed':
      if (!worker.isReady) return undefined;
      await worker.kill();
      break;
    case 'a worker is stopped past its lease':
      if (!worker.isReady) return undefined;
      worker.stop();
      await wait(leaseMs + shortMs);
      worker.resume();
      break;
    case 'a scheduler is killed':
      if (!scheduler.isReady) return undefined;
      await scheduler.kill();
      break;
    case 'the API is killed':
      if (!api.isReady) return undefined;
      await api.kill();
      break;
    case 'the API is stopped for a while':
      api.signal('SIGSTOP');
      await wait(shortMs);
      api.signal('SIGCONT');
      break;
    case 'connections to the database are cut':
      database.cut();
      await wait(shortMs);
      database.mend();
      break;
    case 'connections to the database are torn':
      database.tear();
      break;
    case 'the database is slow':
      database.delay(random.integer(5, 200));
      await wait(shortMs);
      database.delay(0);
      break;
    case 'the database is restarted':
      await services.restartDatabase();
      break;
    case 'connections to the broker are cut':
      broker.cut();
      broker.mend();
      break;
    case 'connections to the broker are torn':
      broker.tear();
      break;
    case 'the broker is away':
      broker.cut();
      await wait(2 * shortMs);
      broker.mend();
      break;
    case 'the cache is restarted':
      await services.restartCache();
  }
  return trouble;
}
