import { createClient } from '@chorale/lib-client';
import type { TenantId } from '@chorale/lib-ids';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLog } from '../process/log.ts';
import { ManualClock, settled } from '../process/manual-clock.ts';
import { rekeySecrets } from '../secrets/secret-beats.ts';
import { startTestApi, type TestApi } from './api-fixture.ts';

let api: TestApi;
const value = 'a-value-that-nobody-sees';
const tenantId = 'default' as TenantId;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const as = (who: string) => createClient({ baseUrl: api.baseUrl, key: who });

test('[SEC1] a secret is put in versions, named, and removed; no answer has its value', async () => {
  const answers: unknown[] = [];
  answers.push(await api.client.putSecret('TOKEN', value));
  answers.push(await api.client.putSecret('TOKEN', `${value}-2`));
  expect(answers).toMatchObject([
    { name: 'TOKEN', version: 1, createdBy: 'owner' },
    { name: 'TOKEN', version: 2 },
  ]);
  const listed = await api.client.listSecrets();
  expect(listed).toMatchObject([{ name: 'TOKEN', version: 2, dataKey: 1 }]);
  expect(await as('owner@south').listSecrets()).toEqual([]);
  const { items } = await api.client.listAuditEntries({ what: 'secret.manage' });
  expect(items).toHaveLength(4);
  expect(JSON.stringify([answers, listed, items])).not.toContain(value);
  expect(await api.services.secrets.vault.reveal(tenantId, 'TOKEN')).toBe(`${value}-2`);
  await api.client.removeSecret('TOKEN');
  expect(await api.client.listSecrets()).toEqual([]);
  await expect(api.client.removeSecret('TOKEN')).rejects.toMatchObject({ problem: { code: 'secret-not-found' } });
});

test('[SEC1] who may only use secrets lists them, and neither puts nor removes any', async () => {
  await api.client.putSecret('TOKEN', value);
  const developer = as('developer@default');
  expect(await developer.listSecrets()).toHaveLength(1);
  const refused = { problem: { code: 'not-permitted' } };
  await expect(developer.putSecret('TOKEN', 'another')).rejects.toMatchObject(refused);
  await expect(developer.removeSecret('TOKEN')).rejects.toMatchObject(refused);
  await expect(as('viewer@default').listSecrets()).rejects.toMatchObject(refused);
});

test('[SEC1] what cannot be a secret is refused without its value', async () => {
  for (const [name, given] of [
    ['1TOKEN', value],
    ['a/b', value],
    ['TOKEN', ''],
    ['TOKEN', `${value}\ud800`],
  ] as const) {
    const error = await api.client.putSecret(name, given).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ problem: { family: 'refused' } });
    expect(JSON.stringify(error)).not.toContain(value);
  }
});

test('[SEC6] a new key seals at once, and the rest follows in the background while all can be used', async () => {
  for (const name of ['A', 'B']) await api.client.putSecret(name, `${value}-${name}`);
  expect(await api.client.rotateSecretKey()).toEqual({ dataKey: 2 });
  await api.client.putSecret('C', `${value}-C`);
  const keyOf = async (name: string) => (await api.client.listSecrets()).find((one) => one.name === name)?.dataKey;
  expect([await keyOf('A'), await keyOf('C')]).toEqual([1, 2]);
  const log = openLog({ level: 'error', format: 'json', now: Date.now, write: () => {} });
  const beat = rekeySecrets(api.services.secrets, { clock: new ManualClock(), log });
  const ended = beat.run();
  await settled();
  await beat.drain();
  await ended;
  expect([await keyOf('A'), await keyOf('B'), await keyOf('C')]).toEqual([2, 2, 2]);
  expect(await api.services.secrets.store.listDataKeys(tenantId)).toHaveLength(1);
  for (const name of ['A', 'B', 'C'])
    expect(await api.services.secrets.vault.reveal(tenantId, name)).toBe(`${value}-${name}`);
});

test('[SEC4] a problem does not say a secret that it was met with', async () => {
  await api.client.putSecret('TOKEN', value);
  const error = await api.client.getGoal(`goal-${value}`).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ problem: { code: 'goal-not-found' } });
  expect(JSON.stringify((error as { readonly problem: object }).problem)).not.toContain(value);
});
