// Services of this machine that a run uses, each in a place of its own.

import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import type { BenchContext } from '../harness/index.ts';

export const broker = process.env.CHORALE_TEST_RABBITMQ ?? 'amqp://guest:guest@127.0.0.1:5672';
export const database = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';

export interface OwnSchema {
  readonly url: string;
  readonly schema: string;
  drop(): Promise<void>;
}

/** Refuses a server whose commits are not on disk when they are acknowledged. */
export async function makeSchema(context: BenchContext): Promise<OwnSchema> {
  const sql = postgres(database, { max: 1, onnotice: () => undefined });
  for (const setting of ['fsync', 'synchronous_commit']) {
    const [row] = await sql<{ found: string }[]>`SELECT current_setting(${setting}) AS found`;
    if (row?.found !== 'on') throw new Error(`${setting} is ${row?.found} there; only what is durable is measured.`);
  }
  const [version] = await sql<{ server_version: string }[]>`SHOW server_version`;
  context.recordVersion('PostgreSQL', version?.server_version ?? 'unknown');
  const schema = `chorale_bench_${randomBytes(6).toString('hex')}`;
  return {
    url: database,
    schema,
    async drop() {
      await sql`DROP SCHEMA ${sql(schema)} CASCADE`;
      await sql.end();
    },
  };
}
