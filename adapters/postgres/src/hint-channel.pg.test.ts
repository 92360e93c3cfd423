import { randomBytes } from 'node:crypto';
import { defaultTenant, makeId } from '@chorale/lib-ids';
import postgres from 'postgres';
import { afterAll, expect, test, vi } from 'vitest';
import { openPostgresStores } from './open-postgres-stores.ts';

const url = process.env['CHORALE_TEST_POSTGRES'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const schema = `chorale_test_${randomBytes(6).toString('hex')}`;

afterAll(async () => {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  await sql`DROP SCHEMA IF EXISTS ${sql(schema)} CASCADE`;
  await sql.end();
});

test('another process is told of every goal, however many one commit is of', { timeout: 60_000 }, async () => {
  const here = await openPostgresStores({ url, schema });
  const there = await openPostgresStores({ url, schema });
  const heard = new Set<string>();
  there.goals.onCommit(({ goals }) => {
    for (const { goalId } of goals) heard.add(goalId);
  });
  const definition = { workflow: 'w', inputs: {}, tasks: [{ key: 'a', kind: 'signal', needs: [] }] } as const;
  const common = {
    command: 'submit-goal',
    tenantId: defaultTenant,
    title: 't',
    definition,
    planHash: 'h',
    inputs: {},
  } as const;
  const ids = Array.from({ length: 700 }, () => makeId<'goal'>('goal', Date.now(), Math.random));
  await Promise.all(ids.map((goalId) => here.goals.execute({ ...common, goalId, priority: 2, requestedBy: 'owner' })));
  await vi.waitFor(() => expect(heard.size).toBe(ids.length), { timeout: 10_000 });
  await here.close();
  await there.close();
});
