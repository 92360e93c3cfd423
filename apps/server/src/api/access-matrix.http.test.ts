import { operations as allOperations, roles, type Operation } from '@chorale/module-access';
import type { TenantId } from '@chorale/lib-ids';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAiAddresses } from '../openai/register-openai.ts';
import { startTestApi, type TestApi } from './api-fixture.ts';
import { nameOf, noneOf, readDescription, type Called, type DescribedApi } from './described-routes.fixture.ts';
import { plantTenant, type PlantedTenant } from './tenant-canaries.fixture.ts';

let at: TestApi;
let home: PlantedTenant;
let north: PlantedTenant;
let south: PlantedTenant;
let described: readonly Called[];
let call: DescribedApi['call'];

beforeAll(async () => {
  at = await startTestApi();
  for (const tenantId of ['north', 'south']) await at.client.createTenant({ tenantId, owner: `owner-of-${tenantId}` });
  [home, north, south] = (await Promise.all(
    ['default', 'north', 'south'].map((tenantId) => plantTenant(at, tenantId as TenantId)),
  )) as [PlantedTenant, PlantedTenant, PlantedTenant];
  ({ called: described, call } = await readDescription(at));
});
afterAll(() => at.close());

/** Of whom somebody is a member, and whose things the address names. */
interface Place {
  readonly tenantId: TenantId;
  readonly of: PlantedTenant;
}

function mayBe(role: string, tenantId: TenantId, permit: Operation): boolean {
  const principal = { tenantId, subject: `${role}-of-${tenantId}`, roles: [role] };
  return at.services.access.permissions.decide({ principal, operation: permit, resource: { tenantId } }).allowed;
}

describe('every route of the description, every role, things of the own tenant and of another', () => {
  test(
    '[API150] whoever the matrix does not permit is refused before anything is looked at, and whoever it permits is not',
    { timeout: 300_000 },
    async () => {
      const wrong: string[] = [];
      let asked = 0;
      const ask = async (called: Called, role: string, { of, tenantId }: Place): Promise<void> => {
        const permit = called.operation['x-permit'];
        const by = `${role}@${tenantId}`;
        const { status, code } = await call(called, { by, of });
        asked += 1;
        // HEAD has no body to name a code in.
        const isRefused = status === 403 && (code === 'not-permitted' || code === undefined);
        const expected = permit !== 'public' && !mayBe(role, tenantId, permit);
        if (isRefused !== expected || status >= 500 || (status === 401 && permit !== 'public'))
          wrong.push(`${called.operation.operationId} by ${by} of ${of.tenantId}: ${status} ${code ?? ''}`);
      };
      const places: readonly Place[] = [
        { tenantId: north.tenantId, of: south },
        { tenantId: north.tenantId, of: north },
        { tenantId: home.tenantId, of: north },
        { tenantId: home.tenantId, of: home },
      ];
      for (const called of described)
        for (const place of places) for (const role of roles) await ask(called, role, place);
      expect(wrong).toEqual([]);
      expect(asked).toBeGreaterThan(described.length * roles.length * 3);
    },
  );

  test(
    '[API151] what is of another tenant is not there, for its owner and for the owner of the installation',
    { timeout: 120_000 },
    async () => {
      const wrong: string[] = [];
      const [fresh, far] = await Promise.all([
        plantTenant(at, 'west' as TenantId),
        plantTenant(at, 'east' as TenantId),
      ]);
      for (const called of described) {
        const names = [...called.address.matchAll(/\{(\w+)\}/g)].map(([, name]) => nameOf(called.address, name ?? ''));
        const about = called.operation.operationId;
        const foreign = await call(called, { by: `owner@${fresh.tenantId}`, of: far });
        if (foreign.text.includes(far.content)) wrong.push(`${about}: shows ${far.content}`);
        const naming = names.filter(
          (name) => name in far.ids && name !== 'taskNo' && name !== 'key' && name !== 'file' && name !== 'signal',
        );
        if (naming.length === 0 || called.operation['x-permit'] === 'public') continue;
        const missing = await call(called, {
          by: `owner@${fresh.tenantId}`,
          of: {
            ...far,
            ids: { ...far.ids, ...Object.fromEntries(naming.map((name) => [name, noneOf(name, far.ids[name] ?? '')])) },
          },
        });
        // As if it had never been: the same answer, word for word but for the name that was asked for.
        if (foreign.status !== missing.status || foreign.code !== missing.code)
          wrong.push(`${about}: ${foreign.status} ${foreign.code} where nothing is ${missing.status} ${missing.code}`);
        if (foreign.status < 300 && foreign.text !== missing.text)
          wrong.push(`${about}: ${foreign.text} where nothing is ${missing.text}`);
      }
      expect(wrong).toEqual([]);
      expect(
        described.every(
          ({ operation }) => operation['x-permit'] === 'public' || allOperations.includes(operation['x-permit']),
        ),
      ).toBe(true);
    },
  );

  test('[API152] nobody is let in without a key, and behind public routes there is nothing of a tenant', async () => {
    const wrong: string[] = [];
    for (const called of described) {
      const permit = called.operation['x-permit'];
      const { status, code, text } = await call(called, { by: 'nobody', of: north });
      const isRefused = status === 401 && (code === 'unauthenticated' || code === undefined);
      if (isRefused !== (permit !== 'public')) wrong.push(`${called.operation.operationId}: ${status} ${code}`);
      if (text.includes(north.content)) wrong.push(`${called.operation.operationId} shows ${north.content}`);
      if (permit !== 'public' && !allOperations.includes(permit)) wrong.push(`${permit} is in no matrix`);
    }
    expect(wrong).toEqual([]);
  });
});

test('[API153] the OpenAI-compatible routes let in who may use models, and nobody else', async () => {
  for (const { method, address } of openAiAddresses)
    for (const role of roles) {
      const answer = await fetch(`${at.baseUrl}${address.replace('{model}', 'none')}`, {
        method,
        headers: { authorization: `Bearer ${role}@north`, 'content-type': 'application/json' },
        ...(method === 'POST' ? { body: '{}' } : {}),
      });
      const refused = answer.status === 403;
      expect(refused, `${role} ${method} ${address}: ${answer.status}`).toBe(!mayBe(role, north.tenantId, 'model.use'));
    }
});
