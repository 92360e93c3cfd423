import { openSqliteStores, type SqliteStores } from '@chorale/adapter-sqlite';
import type { TenantId } from '@chorale/lib-ids';
import { eraseSubject, type HoldId, type ReceiptId } from '@chorale/module-memory';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { forgetMessagesOf } from './forget-person.ts';

const [north, south] = ['north' as TenantId, 'south' as TenantId];
let stores: SqliteStores;
beforeEach(async () => {
  stores = await openSqliteStores({ path: ':memory:' });
});
afterEach(() => stores.close());

let count = 0;
const post = (tenantId: TenantId, sender: string, address: string) =>
  stores.messages.execute({
    command: 'post-message',
    tenantId,
    messageId: `m${++count}`,
    sender,
    address,
    payload: { text: `from ${sender}` },
  } as never);

const left = async (tenantId: TenantId): Promise<readonly string[]> =>
  (await stores.messages.listMessages(tenantId, { limit: 10_000 }))
    .map(({ sender, mailbox }) => `${sender} to ${mailbox}`)
    .toSorted();

test('[MF1] what a person sent and was sent goes with the memory of them, and nothing of others', async () => {
  for (const tenantId of [north, south]) {
    await post(tenantId, 'person:ann', 'agent:scout');
    await post(tenantId, 'agent:scout', 'person:ann');
    await post(tenantId, 'agent:scout', 'person:anna');
    await post(tenantId, 'agent:ann', 'agent:scout');
  }
  const place = forgetMessagesOf(stores.messages);
  const ann = { kind: 'user', id: 'ann' } as const;
  await place.forget(north, { scope: { kind: 'project', id: 'ann' } });
  await place.forget(north, { scope: ann, sessionId: 'one of many' });
  expect((await left(north)).length).toBe(4);
  await place.forget(north, { scope: ann });
  expect(await left(north)).toEqual(['agent:ann to agent:scout', 'agent:scout to person:anna']);
  expect((await left(south)).length).toBe(4);
});

test('[MF1] nothing of who is under a legal hold goes, wherever it is', async () => {
  await post(north, 'person:ann', 'agent:scout');
  const scope = { kind: 'user', id: 'ann' } as const;
  const hold = { holdId: 'hold_1' as HoldId, scope, reason: 'case 7', placedBy: 'eve' };
  await stores.memory.execute({ command: 'place-hold', tenantId: north, hold });
  const world = { memory: stores.memory, places: [forgetMessagesOf(stores.messages)], sign: async () => 'signed' };
  const request = { tenantId: north, receiptId: 'receipt_1' as ReceiptId, subject: { scope }, requestedBy: 'bob' };
  await expect(eraseSubject(world, request)).rejects.toMatchObject({ code: 'memory-held' });
  expect(await left(north)).toEqual(['person:ann to agent:scout']);
  await stores.memory.execute({ command: 'lift-hold', tenantId: north, scope, holdId: hold.holdId });
  await eraseSubject(world, request);
  expect(await left(north)).toEqual([]);
});

test('[MF1] however many there are', async () => {
  for (let no = 0; no < 1_100; no++) await post(north, no % 2 === 0 ? 'person:ann' : 'person:ben', `agent:a${no % 7}`);
  await forgetMessagesOf(stores.messages).forget(north, { scope: { kind: 'user', id: 'ann' } });
  expect(new Set((await left(north)).map((one) => one.split(' ')[0]))).toEqual(new Set(['person:ben']));
  expect((await left(north)).length).toBe(550);
});
