// A database for one contestant's run, on the server of CHORALE_TEST_POSTGRES or of this machine.

import { randomBytes } from 'node:crypto';
import { findListener } from '../harness/index.ts';
import { openPool, type Pool } from './peers/pg.ts';

const postgresUrl = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const localHosts = new Set(['127.0.0.1', 'localhost', '[::1]', '']);

export interface OwnDatabase {
  readonly url: string;
  sizeBytes(): Promise<number>;
  /** The position in the server's write-ahead log, in bytes. */
  logBytes(): Promise<number>;
  drop(): Promise<void>;
}

/** Refuses a server whose commits are not on disk when they are acknowledged. */
export async function makeDatabase(): Promise<OwnDatabase> {
  const pool = openPool(postgresUrl);
  try {
    await refuseWithoutDurability(pool);
    const name = `chorale_bench_${randomBytes(6).toString('hex')}`;
    await pool.query(`CREATE DATABASE ${name}`);
    return describeDatabase(pool, name);
  } catch (error) {
    await pool.end();
    throw new Error(
      `no database could be made at ${postgresUrl}. Start PostgreSQL (service postgresql start) or set CHORALE_TEST_POSTGRES.`,
      { cause: error },
    );
  }
}

function describeDatabase(pool: Pool, name: string): OwnDatabase {
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  const askNumber = async (text: string): Promise<number> => {
    const { rows } = await pool.query<{ n: string }>(text);
    return Number(rows[0]?.n);
  };
  return {
    url: url.href,
    sizeBytes: () => askNumber(`SELECT pg_database_size('${name}') AS n`),
    logBytes: () => askNumber(`SELECT pg_current_wal_lsn() - '0/0'::pg_lsn AS n`),
    drop: async () => {
      await pool.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await pool.end();
    },
  };
}

async function refuseWithoutDurability(pool: Pool): Promise<void> {
  for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes']) {
    const { rows } = await pool.query<Record<string, string>>(`SHOW ${setting}`);
    const found = rows[0]?.[setting];
    if (found !== 'on') throw new Error(`${setting} is ${found} there; the benchmark compares durable engines only.`);
  }
}

/** The server's first process, when it runs on this machine: its CPU time is that of all databases on it. */
export async function findPostgresProcess(): Promise<number | undefined> {
  const { hostname, port } = new URL(postgresUrl);
  return localHosts.has(hostname) ? await findListener(Number(port === '' ? '5432' : port)) : undefined;
}
