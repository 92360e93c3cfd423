import { openSqliteStores, type SqliteStores } from '@chorale/adapter-sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TenantId } from '@chorale/lib-ids';
import { openRetention } from './retention.ts';

const [north, south] = ['north' as TenantId, 'south' as TenantId];

let stores: SqliteStores;
beforeEach(async () => {
  stores = await openSqliteStores({ path: ':memory:', now: () => 1_000_000 });
});
afterEach(() => stores.close());

const record = (tenantId: TenantId, no: number) =>
  stores.spend.execute({
    command: 'record-call',
    tenantId,
    record: {
      tenantId,
      callId: `call_${tenantId}_${no}`,
      endedAt: no * 1_000,
      assumed: false,
      tries: [],
      candidates: [],
    } as never,
  });

test('[API141] records of calls go by their age: counted first, then deleted, of one tenant alone', async () => {
  for (let no = 0; no < 5; no++) await record(north, no);
  await record(south, 0);
  const retention = openRetention({ rows: stores.tenantRows, spend: stores.spend });
  expect(await retention.planRetention(north, 0)).toEqual({ 'model-calls': 0 });
  expect(await retention.planRetention(north, 3_000)).toEqual({ 'model-calls': 3 });
  expect((await stores.spend.listCalls(north, { limit: 10 })).length).toBe(5);
  expect(await retention.applyRetention(north, 3_000)).toEqual({ 'model-calls': 3 });
  expect(await retention.applyRetention(north, 3_000)).toEqual({ 'model-calls': 0 });
  expect((await stores.spend.listCalls(north, { limit: 10 })).map(({ callId }) => callId)).toEqual([
    'call_north_4',
    'call_north_3',
  ]);
  expect((await stores.spend.listCalls(south, { limit: 10 })).length).toBe(1);
});
