import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { connect } from './connect.ts';
import { reserve } from './reserve.ts';

const url = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const owner = postgres(url, { max: 1, onnotice: () => undefined });
const name = `chorale_reserve_${process.pid}`;
const sql = connect({ url }, 1, { application_name: name, role: 'none' });

afterAll(async () => {
  await Promise.all([owner.end(), sql.end()]);
});

test('what is asked of a connection that was lost fails, and the next one is a new one', async () => {
  const lost = await reserve(sql);
  await lost.unsafe('BEGIN');
  await owner`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = ${name}`;
  await lost.unsafe('SELECT 1').catch(() => undefined);
  // The driver by itself ends the process here: it writes to a socket that is gone.
  const code = await lost.unsafe('ROLLBACK').catch((error: { readonly code: string }) => error.code);
  expect(code).toBe('CONNECTION_CLOSED');
  lost.release();
  // Refused perhaps at first: the driver hands on what the server said when it ended the one before.
  const next = await reserve(sql).catch(() => reserve(sql));
  expect(await next.unsafe('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  next.release();
});
