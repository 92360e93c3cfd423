import { operations as allOperations, roles, type Operation } from '@chorale/module-access';
import type { TenantId } from '@chorale/lib-ids';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAiAddresses } from '../openai/register-openai.ts';
import { startTestApi, type TestApi } from './api-fixture.ts';
import { plantTenant, type PlantedTenant } from './tenant-canaries.fixture.ts';

interface Schema {
  readonly [name: string]: unknown;
}
interface Described {
  readonly operationId: string;
  readonly 'x-permit': Operation | 'public';
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
  readonly responses: { readonly [status: string]: { readonly content?: object } };
}
interface Called {
  readonly method: string;
  readonly address: string;
  readonly operation: Described;
}

let at: TestApi;
let home: PlantedTenant;
let north: PlantedTenant;
let south: PlantedTenant;
let schemas: { readonly [name: string]: Schema };
let described: readonly Called[];

beforeAll(async () => {
  at = await startTestApi();
  for (const tenantId of ['north', 'south']) await at.client.createTenant({ tenantId, owner: `owner-of-${tenantId}` });
  [home, north, south] = (await Promise.all(
    ['default', 'north', 'south'].map((tenantId) => plantTenant(at, tenantId as TenantId)),
  )) as [PlantedTenant, PlantedTenant, PlantedTenant];
  const answer = await fetch(`${at.baseUrl}/openapi.json`);
  const document = (await answer.json()) as {
    readonly paths: { readonly [address: string]: { readonly [method: string]: Described } };
    readonly components: { readonly schemas: { readonly [name: string]: Schema } };
  };
  schemas = document.components.schemas;
  described = Object.entries(document.paths).flatMap(([address, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), address, operation })),
  );
});
afterAll(() => at.close());

/** The least that a schema takes; what it refines beyond its form may refuse it. */
function example(schema: Schema): unknown {
  const {
    $ref,
    const: only,
    enum: choices,
    anyOf,
    oneOf,
    type,
  } = schema as {
    readonly $ref?: string;
    readonly const?: unknown;
    readonly enum?: readonly unknown[];
    readonly anyOf?: readonly Schema[];
    readonly oneOf?: readonly Schema[];
    readonly type?: string;
  };
  if ($ref !== undefined) return example(schemas[$ref.split('/').at(-1) ?? ''] ?? {});
  if (only !== undefined) return only;
  if (choices !== undefined) return choices[0];
  const [first] = anyOf ?? oneOf ?? [];
  if (first !== undefined) return example(first);
  if (type === 'object') {
    const properties = (schema['properties'] ?? {}) as { readonly [name: string]: Schema };
    const required = (schema['required'] ?? []) as readonly string[];
    return Object.fromEntries(required.map((name) => [name, example(properties[name] ?? {})]));
  }
  if (type === 'array') return (schema['minItems'] ?? 0) === 0 ? [] : [example((schema['items'] ?? {}) as Schema)];
  if (type === 'boolean') return false;
  if (type === 'number' || type === 'integer') return schema['minimum'] ?? 1;
  return 'x'.repeat(Math.max(1, (schema['minLength'] as number | undefined) ?? 1));
}

/** Of whom somebody is a member, and whose things the address names. */
interface Place {
  readonly tenantId: TenantId;
  readonly of: PlantedTenant;
}

interface Asking {
  readonly by: string;
  /** Whose things the address names. */
  readonly of: PlantedTenant;
}

async function call({ method, address, operation }: Called, { by, of }: Asking) {
  const path = address.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(of.ids[nameOf(address, name)] ?? 'none'),
  );
  const isStream = 'text/event-stream' in (operation.responses['200']?.content ?? {});
  const schema = operation.requestBody?.content['application/json'].schema;
  const response = await fetch(`${at.baseUrl}${path}`, {
    // HEAD answers as GET does, and opens no stream.
    method: isStream ? 'HEAD' : method,
    headers: { authorization: `Bearer ${by}`, ...(schema === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(schema === undefined ? {} : { body: JSON.stringify(example(schema)) }),
  });
  const text = await response.text();
  const isProblem = response.headers.get('content-type')?.includes('problem+json') === true && text !== '';
  return { status: response.status, text, code: isProblem ? (JSON.parse(text) as { code: string }).code : undefined };
}

/** One word stands for different things in different addresses. */
function nameOf(address: string, name: string): string {
  if (name === 'name' && address.startsWith('/v1/secrets')) return 'secret';
  if (name === 'name' && address.includes('/signals/')) return 'signal';
  return name;
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

/** Of the same form, and nobody's. */
function noneOf(name: string, id: string): string {
  if (name === 'hash') return `sha256:${'0'.repeat(64)}`;
  return `${id.slice(0, -3)}${id.endsWith('zzz') ? 'yyy' : 'zzz'}`;
}
