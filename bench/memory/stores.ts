// A store of memory for one measurement, and short words for what is done with it.

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openPostgresStores } from '@chorale/adapter-postgres';
import { openSqliteStores } from '@chorale/adapter-sqlite';
import type { TenantId } from '@chorale/lib-ids';
import type { EpisodeOutcome, MemoryStore, NewEpisode } from '@chorale/module-memory';
import postgres from 'postgres';
import type { BenchContext } from '../harness/index.ts';

const postgresUrl = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';

export type StoreName = 'sqlite' | 'postgres';
export const storeNames: readonly StoreName[] = ['sqlite', 'postgres'];

export interface OpenedStore {
  readonly memory: MemoryStore;
  /** What the database does by itself some time after many rows came. */
  settle(): Promise<void>;
  /** Every row of every table, as text. */
  dump(): Promise<string>;
  close(): Promise<void>;
}

/** As it runs in a server: SQLite in its threads on a file, PostgreSQL in a database of its own. */
export async function openStore(name: StoreName, context: BenchContext, label: string): Promise<OpenedStore> {
  return name === 'sqlite' ? await openSqlite(join(context.scratch, `${label}.db`)) : await openPostgres();
}

async function openSqlite(path: string): Promise<OpenedStore> {
  const { memory, close } = await openSqliteStores({ path });
  return {
    memory,
    settle: async () => undefined,
    dump: async () => {
      const database = new DatabaseSync(path, { readOnly: true });
      const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
      const rows = tables.map(({ name }) => database.prepare(`SELECT * FROM "${String(name)}"`).all());
      database.close();
      return JSON.stringify(rows);
    },
    close,
  };
}

async function openPostgres(): Promise<OpenedStore> {
  const server = postgres(postgresUrl, { max: 1, onnotice: () => undefined });
  const name = `chorale_bench_${randomBytes(6).toString('hex')}`;
  await server`CREATE DATABASE ${server(name)}`;
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  const { memory, close } = await openPostgresStores({ url: url.href });
  const sql = postgres(url.href, { max: 1, onnotice: () => undefined });
  return {
    memory,
    settle: async () => void (await sql`VACUUM (ANALYZE)`),
    dump: async () => {
      const tables = await sql<{ name: string }[]>`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`;
      return JSON.stringify(await Promise.all(tables.map((table) => sql`SELECT * FROM ${sql(table.name)}`)));
    },
    close: async () => {
      await Promise.all([sql.end(), close()]);
      await server`DROP DATABASE ${server(name)} WITH (FORCE)`;
      await server.end();
    },
  };
}

const episodesAtOnce = 100;
/** Commands under way; the next are made while these are written. */
const commandsAtOnce = 8;

/** In their order: what follows in a session is sent after what came before. */
export async function recordAll(
  memory: MemoryStore,
  tenantId: TenantId,
  episodes: readonly NewEpisode[],
): Promise<readonly EpisodeOutcome[]> {
  const outcomes: EpisodeOutcome[] = [];
  for (let at = 0; at < episodes.length; at += episodesAtOnce * commandsAtOnce) {
    const commands = Array.from({ length: commandsAtOnce }, (_, index) => {
      const from = at + index * episodesAtOnce;
      return episodes.slice(from, from + episodesAtOnce);
    });
    const replies = await Promise.all(
      commands
        .filter(({ length }) => length > 0)
        .map((part) => memory.execute({ command: 'record-episodes', tenantId, episodes: part })),
    );
    outcomes.push(...replies.flatMap(({ outcomes: these }) => these));
  }
  return outcomes;
}
