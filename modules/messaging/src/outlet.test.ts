import type { TenantId } from '@chorale/lib-ids';
import { expect, test } from 'vitest';
import { executeMessages } from './execute-messages.ts';
import { LoadedMailboxes } from './loaded-mailboxes.ts';
import type { MessageCommand, MessageStore } from './message-store.ts';
import { forwardMessages, type Outlet } from './outlet.ts';

const tenantId = 'north' as TenantId;
const of = { tenantId, name: 'crm' };

function open() {
  const rows = new LoadedMailboxes({ mailboxes: [], messages: [], subscriptions: [], topics: [] });
  let now = 1_000;
  const execute = (async (command: MessageCommand) =>
    executeMessages({ rows, now }, command)) as MessageStore['execute'];
  const sent: string[] = [];
  const outlet = { isUp: true, refuses: new Set<string>(), space: 1_000 };
  const port: Outlet = {
    get isUp() {
      return outlet.isUp;
    },
    room: async () => outlet.space,
    async send(_of, { messageId }) {
      if (outlet.refuses.has(messageId)) throw new Error('refused');
      sent.push(messageId);
    },
    close: async () => undefined,
  };
  let takes = 0;
  return {
    sent,
    outlet,
    forward: () => forwardMessages({ messages: { execute }, outlet: port, newTakeId: () => `take-${++takes}` }, of),
    post: (messageId: string, sender = 'agent:anna') =>
      execute({ command: 'post-message', tenantId, messageId, sender, address: 'service:crm', payload: null }),
    state: (messageId: string) => rows.message(tenantId, 'service:crm', messageId)?.state,
    pass: (ms: number) => (now += ms),
  };
}

test('[OL1] what lies there is handed on in order, and has ended when it is there', async () => {
  const at = open();
  for (const id of ['a', 'b', 'c']) await at.post(id);
  expect(await at.forward()).toEqual({ sent: 3, more: false });
  expect(at.sent).toEqual(['a', 'b', 'c']);
  expect(at.state('c')).toBe('handled');
  expect(await at.forward()).toEqual({ sent: 0, more: false });
});

test('[OL1] what does not go keeps back what its sender sent behind it, and nobody else’s', async () => {
  const at = open();
  for (const id of ['a', 'b', 'c']) await at.post(id);
  await at.post('d', 'agent:ben');
  at.outlet.refuses.add('b');
  await at.forward();
  expect(at.sent.toSorted()).toEqual(['a', 'd']);
  at.outlet.refuses.clear();
  await at.forward();
  expect(at.sent.slice(2)).toEqual(['b', 'c']);
});

test('[OL2] while there is no room, or nobody to carry it, nothing is taken and nothing dies', async () => {
  const at = open();
  await at.post('a');
  for (let round = 0; round < 20; round++) {
    at.outlet.space = 0;
    await at.forward();
    at.outlet.isUp = false;
    at.outlet.space = 10;
    await at.forward();
    at.outlet.isUp = true;
    at.pass(60_000);
  }
  expect(at.state('a')).toBe('waiting');
  await at.forward();
  expect(at.sent).toEqual(['a']);
});

test('[OL2] no more is taken than there is room for', async () => {
  const at = open();
  for (const id of ['a', 'b', 'c']) await at.post(id);
  at.outlet.space = 2;
  expect(await at.forward()).toEqual({ sent: 2, more: true });
  expect(at.state('c')).toBe('waiting');
});
