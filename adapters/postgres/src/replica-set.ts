// Reads from servers that copy the primary, where who asks puts up with what is a little old.
//
// How old a copy is: every look notes what the primary had written (its LSN) and when it was asked; a copy that has replayed that
// much shows everything that was acknowledged before that moment. The time that a copy names itself says nothing while nothing
// is written.
//
// Invariants: RP1 what is read was true within the bound that is named, and after the last command that anybody of the tenant gave here.
//             RP2 a copy that is away, too far behind, or has become a primary is not asked; what fails there is asked of the
//                 primary.
import type { TenantId } from '@chorale/lib-ids';
import type { Command, Freshness, GoalReads } from '@chorale/module-goals';
import type { Sql } from 'postgres';
import { connect, connectScheduler, type ConnectOptions } from './connect.ts';
import { Connection } from './connection.ts';
import { readDatabaseAddress } from './server-address.ts';

const readersMax = 4;
const lookEachMs = 200;
/** Looks are kept for as long: who puts up with more gets what is younger. */
const looksMax = 300;
/** One look that went wrong is nothing that anybody need be told. */
const looksUntilTold = 5;
const tenantsMax = 10_000;

/** What workers and schedulers do for a tenant, all the time: nobody reads on from there. */
const nobodys: ReadonlySet<Command['command']> = new Set<Command['command']>([
  'finish-attempt',
  'record-step',
  'wake-task',
  'release-task',
  'wake-goal',
  'expire-approval',
  'fire-schedule',
]);

interface Look {
  /** Of this process, before the primary was asked. */
  readonly at: number;
  /** The primary's clock then or later. */
  readonly clockMs: number;
  readonly lsn: number;
}

interface Replica {
  readonly readers: Sql;
  readonly scheduler: Sql;
  readonly reads: GoalReads;
  /** HOST:PORT. */
  readonly server: string;
  /** What it has replayed; nothing while it does not answer. */
  replayed: number;
  found: ReplicaState;
  /** Looks in a row that found the same. */
  looks: number;
  told: ReplicaState;
}

/** `primary`: it takes writes by itself, and is a copy of nothing. */
export type ReplicaState = 'copy' | 'away' | 'primary';

export type TellReplica = (server: string, state: ReplicaState) => void;

export interface ReplicaOptions {
  readonly primary: ConnectOptions;
  readonly replicas: readonly ConnectOptions[];
  /** Told when one is used no more, and when it is again. */
  readonly tellReplica?: TellReplica;
  /** Of the primary: what fails at a copy is asked again there. */
  readonly instead: GoalReads;
  readonly makeReads: (connections: { readonly readers: Sql; readonly scheduler: Sql }) => GoalReads;
}

const lookAtPrimary = `SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint`;
const lookAtReplica = `SELECT CASE WHEN pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint END`;

export class ReplicaSet {
  readonly #primary: Sql;
  readonly #replicas: readonly Replica[];
  readonly #tell: TellReplica | undefined;
  readonly #written = new Map<TenantId, number>();
  /** Oldest first. */
  #looks: Look[] = [];
  #writtenFloor = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #turn = 0;
  #isClosed = false;

  constructor({ primary, replicas, tellReplica, instead, makeReads }: ReplicaOptions) {
    this.#tell = tellReplica;
    this.#primary = connect(primary, 1, {});
    this.#replicas = replicas.map((options) => {
      const pools = { readers: connect(options, readersMax, {}), scheduler: connectScheduler(options, {}) };
      const { servers } = readDatabaseAddress(options.url);
      return {
        ...pools,
        reads: orElse(makeReads(pools), instead),
        server: servers.map(({ host, port }) => `${host}:${port}`).join(','),
        replayed: Number.NEGATIVE_INFINITY,
        found: 'copy',
        looks: 0,
        told: 'copy',
      };
    });
    this.#schedule(0);
  }

  /** What a read that may lag goes to; undefined where it has to be the primary. */
  reading({ tenantId, withinMs, since }: Freshness): GoalReads | undefined {
    const notBefore = Math.max(performance.now() - withinMs, this.#written.get(tenantId) ?? this.#writtenFloor);
    const needed = this.#looks.find(({ at, clockMs }) => at >= notBefore && (since === undefined || clockMs >= since));
    if (needed === undefined) return undefined;
    const fresh = this.#replicas.filter(({ replayed }) => replayed >= needed.lsn);
    return fresh[(this.#turn += 1) % fresh.length]?.reads;
  }

  /** A command was acknowledged: whoever gave it is shown what came of it. */
  noteDone(command: Command): void {
    if (!('tenantId' in command) || nobodys.has(command.command)) return;
    if (this.#written.size >= tenantsMax) {
      this.#written.clear();
      this.#writtenFloor = performance.now();
    }
    this.#written.set(command.tenantId, performance.now());
  }

  /** A time of the primary's clock after all that this process has seen acknowledged; undefined while it is not known. */
  get writtenUntil(): number | undefined {
    const last = this.#looks.at(-1);
    return last === undefined ? undefined : Math.ceil(last.clockMs + (performance.now() - last.at));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    const pools = [this.#primary, ...this.#replicas.flatMap(({ readers, scheduler }) => [readers, scheduler])];
    await Promise.all(pools.map((sql) => sql.end({ timeout: 5 })));
  }

  #schedule(ms: number): void {
    if (!this.#isClosed)
      this.#timer = setTimeout(() => void this.#look().finally(() => this.#schedule(lookEachMs)), ms);
  }

  async #look(): Promise<void> {
    const at = performance.now();
    const asked = this.#replicas.map(async (replica) => {
      const [row] = await new Connection(replica.readers).values(lookAtReplica);
      replica.replayed = (row?.[0] as number | null | undefined) ?? Number.NEGATIVE_INFINITY;
      this.#note(replica, replica.replayed === Number.NEGATIVE_INFINITY ? 'primary' : 'copy');
    });
    const primary = new Connection(this.#primary).values(lookAtPrimary).then(([row]) => {
      const [clockMs, lsn] = row as readonly [number, number];
      this.#looks.push({ at, clockMs, lsn });
      if (this.#looks.length > looksMax) this.#looks.shift();
    });
    const [, ...found] = await Promise.allSettled([primary, ...asked]);
    for (const [index, { status }] of found.entries()) {
      if (status !== 'rejected') continue;
      const replica = this.#replicas[index]!;
      replica.replayed = Number.NEGATIVE_INFINITY;
      this.#note(replica, 'away');
    }
  }

  #note(replica: Replica, found: ReplicaState): void {
    replica.looks = replica.found === found ? replica.looks + 1 : 1;
    replica.found = found;
    if (replica.looks < looksUntilTold || replica.told === found || this.#isClosed) return;
    replica.told = found;
    this.#tell?.(replica.server, found);
  }
}

type Read = (...given: readonly unknown[]) => Promise<unknown>;

function orElse(reads: GoalReads, instead: GoalReads): GoalReads {
  const others = instead as unknown as Record<string, Read>;
  const wrapped = Object.entries(reads as unknown as Record<string, Read>).map(([name, read]) => [
    name,
    async (...given: readonly unknown[]) => {
      try {
        return await read(...given);
      } catch (error) {
        if ((error as { readonly family?: string }).family !== 'temporary') throw error;
        return await others[name]!(...given);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as GoalReads;
}
