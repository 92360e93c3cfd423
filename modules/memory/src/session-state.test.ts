import { expect, test } from 'vitest';
import type { TenantId } from '@chorale/lib-ids';
import { openSessionStatesInMemory } from './session-state-in-memory.ts';
import { describeSessionStates } from './session-state.contract.ts';

describeSessionStates('this process', async (clock) => [openSessionStatesInMemory(() => clock.now)]);

test('[MS5] what is not saved is never pushed out, what is saved and unused for long is', async () => {
  const store = openSessionStatesInMemory(() => 0, 2);
  const keyOf = (sessionId: string) =>
    ({ tenantId: 'north' as TenantId, scope: { kind: 'user', id: 'ann' }, sessionId }) as const;
  for (const name of ['a', 'b', 'c']) await store.put(keyOf(name), { expectedVersion: 0, value: name });
  expect(await store.listUnsaved(9)).toHaveLength(3);
  await store.noteSaved(keyOf('b'), 1);
  await store.find(keyOf('a'));
  await store.put(keyOf('d'), { expectedVersion: 0, value: 'd' });
  expect(await store.find(keyOf('b'))).toBeUndefined();
  expect(await store.find(keyOf('a'))).toMatchObject({ value: 'a' });
});
