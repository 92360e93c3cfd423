// Nor does PostgreSQL, when one of the processes that spend on it is killed.

import postgres from 'postgres';
import { expect, test } from 'vitest';
import { killSpenders } from './spend-trial.ts';

const url = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';

test('[SL14, SL1, SL7] a process killed three times while it spends loses, doubles and overspends nothing', async () => {
  const schema = `chorale_spend_killed_${process.pid}`;
  try {
    const { settled, cutOff, refused, findings } = await killSpenders(`${url}#${schema}`, 3);
    expect(findings).toEqual([]);
    expect(settled).toBeGreaterThan(300);
    expect(cutOff).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
  } finally {
    const sql = postgres(url, { onnotice: () => undefined });
    await sql`DROP SCHEMA IF EXISTS ${sql(schema)} CASCADE`;
    await sql.end();
  }
}, 120_000);
