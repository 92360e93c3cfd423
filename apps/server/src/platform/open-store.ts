// The stores of goals and of spend: in the embedded database in the data directory, or in PostgreSQL.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConnectOptions, DatabaseTimeouts, HintCarrier, ReplicaState } from '@chorale/adapter-postgres';
import { openSqliteStores } from '@chorale/adapter-sqlite';
import type { AuditStore, IdentityStore, SecretStore, TenantRows } from '@chorale/module-access';
import type { EngineLimits, GoalStore } from '@chorale/module-goals';
import type { MemoryStore } from '@chorale/module-memory';
import type { MessageStore } from '@chorale/module-messaging';
import type { SpendStore } from '@chorale/module-models';
import type { Config } from '../config/config-schema.ts';
import { readAddress, readReplicas } from '../config/load-config.ts';
import { askedFor } from '../process/asked-for.ts';
import { linkDatabase, type Linked } from './service-tls.ts';
import type { WorkerTraces } from './worker-traces.ts';

export interface Stores {
  readonly goals: GoalStore;
  readonly spend: SpendStore;
  readonly messages: MessageStore;
  readonly audit: AuditStore;
  readonly memory: MemoryStore;
  readonly secrets: SecretStore;
  readonly tenantRows: TenantRows;
  readonly identity: IdentityStore;
  /** Resolves when the stores can do nothing any more: a database server that went away comes back instead, unless it was restored. */
  readonly failed: Promise<Error>;
  close(): Promise<void>;
}

/** Throws refused `service-in-plain`. */
export async function openStores(
  { config, env, log, links }: Linked,
  carrier: HintCarrier | undefined,
): Promise<Stores> {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const place = placeOf({ config, env, links });
  const stores =
    'path' in place
      ? await openSqliteStores({ ...place, askedFor })
      : await openOnPostgres({
          ...place,
          askedFor,
          tellReplica: tellReplica(log),
          ...(carrier === undefined ? {} : { carrier }),
        });
  await stores.goals.configure(limitsOf(config));
  return stores;
}

async function openOnPostgres(options: PostgresPlace): Promise<Stores> {
  const { openPostgresStores } = await import('@chorale/adapter-postgres');
  return openPostgresStores(options);
}

/** Where the database is. @throws refused `service-in-plain`. */
export function placeOf({ config, env, links }: Pick<Linked, 'config' | 'env' | 'links'>): EmbeddedPlace | ServerPlace {
  const address = readAddress(config, 'database', env);
  if (address === '') return { path: join(config.dataDir, 'chorale.db') };
  const timeouts = timeoutsOf(config);
  const linked = (url: string): ReturnType<typeof linkDatabase> => linkDatabase(url, { ...config.services, links });
  const copies = readReplicas(config, env);
  return { ...linked(address), timeouts, replicas: copies.map((url) => ({ ...linked(url), timeouts })) };
}

function tellReplica(log: Linked['log']): (server: string, state: ReplicaState) => void {
  return (server, state) => {
    if (state === 'copy') log.info('the replica is there', { server });
    else if (state === 'away') log.warn('the replica does not answer; until it does, the primary is asked', { server });
    else log.warn('what was named as a replica is a primary, and is not asked: name a standby', { server });
  };
}

type PostgresPlace = ServerPlace & {
  readonly carrier?: HintCarrier;
  readonly askedFor: typeof askedFor;
  readonly tellReplica: ReturnType<typeof tellReplica>;
};

interface EmbeddedPlace {
  readonly path: string;
}

interface ServerPlace extends ReturnType<typeof linkDatabase> {
  readonly timeouts: DatabaseTimeouts;
  readonly replicas: readonly ConnectOptions[];
}

function timeoutsOf({ databaseTimeouts: limits }: Config): DatabaseTimeouts {
  return {
    statementMs: limits.statementSeconds * 1_000,
    lockMs: limits.lockSeconds * 1_000,
    idleMs: limits.idleSeconds * 1_000,
    connectMs: limits.connectSeconds * 1_000,
  };
}

export function limitsOf({ limits }: Config): EngineLimits {
  const { lanes, tenantWeights, agingSeconds, cancelGraceSeconds, lossesMax } = limits;
  return {
    lanes: lanes.map(({ scope, maxRunning, ratePerSecond, burst }) => ({
      scope,
      ...(maxRunning === undefined ? {} : { maxRunning }),
      ...(ratePerSecond === undefined ? {} : { ratePerSecond }),
      ...(burst === undefined ? {} : { burst }),
    })),
    tenantWeights,
    agingMs: agingSeconds * 1_000,
    cancelGraceMs: cancelGraceSeconds * 1_000,
    lossesMax,
  };
}

/** Gives back the leases of workers whose process was killed, so that their tasks go on at once. */
export async function retireGoneWorkers(store: GoalStore, traces: WorkerTraces): Promise<number> {
  const gone = await traces.findGone();
  for (const workerId of gone) {
    await store.execute({ command: 'retire-worker', workerId });
    await traces.remove(workerId);
  }
  return gone.length;
}
