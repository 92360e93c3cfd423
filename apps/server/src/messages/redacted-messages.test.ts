import { openSqliteStores } from '@chorale/adapter-sqlite';
import { defaultTenant } from '@chorale/lib-ids';
import { expect, test } from 'vitest';
import { redactCommands } from '../secrets/redacting-store.ts';
import { Redactors } from '../secrets/redactors.ts';

test('a secret that this process knows is in no mailbox', async () => {
  const stores = await openSqliteStores({ path: ':memory:' });
  const redactors = new Redactors();
  redactors.learn({ name: 'office', value: 'correct-horse-battery-staple' });
  const messages = redactCommands(stores.messages, redactors);
  await messages.execute({
    command: 'post-message',
    tenantId: defaultTenant,
    messageId: 'm',
    sender: 'agent:anna',
    address: 'agent:ben',
    payload: { text: 'use correct-horse-battery-staple' },
  });
  const found = await messages.findMessage(defaultTenant, 'agent:ben', 'm');
  expect(found?.sender).toBe('agent:anna');
  expect(JSON.stringify(found?.payload)).toContain('use ');
  expect(JSON.stringify(found?.payload)).not.toContain('correct-horse');
  await stores.close();
});
