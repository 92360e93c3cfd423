// Every route as its description has it, called with the least that it takes.
import type { Operation } from '@chorale/module-access';
import type { TestApi } from './api-fixture.ts';
import type { PlantedTenant } from './tenant-canaries.fixture.ts';

interface Schema {
  readonly [name: string]: unknown;
}
export interface Described {
  readonly operationId: string;
  readonly 'x-permit': Operation | 'public';
  readonly 'x-in-projects'?: true;
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
  readonly responses: { readonly [status: string]: { readonly content?: object } };
}
export interface Called {
  readonly method: string;
  readonly address: string;
  readonly operation: Described;
}

type Schemas = { readonly [name: string]: Schema };

export interface DescribedApi {
  readonly called: readonly Called[];
  call(route: Called, asking: Asking): Promise<Answered>;
}

export interface Answered {
  readonly status: number;
  readonly text: string;
  readonly code: string | undefined;
}

export interface Asking {
  readonly by: string;
  /** Whose things the address names. */
  readonly of: PlantedTenant;
}

export async function readDescription(at: TestApi): Promise<DescribedApi> {
  const answer = await fetch(`${at.baseUrl}/openapi.json`);
  const document = (await answer.json()) as {
    readonly paths: { readonly [address: string]: { readonly [method: string]: Described } };
    readonly components: { readonly schemas: Schemas };
  };
  const called = Object.entries(document.paths).flatMap(([address, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), address, operation })),
  );
  return { called, call: (route, asking) => call({ at, schemas: document.components.schemas }, route, asking) };
}

/** The least that a schema takes; what it refines beyond its form may refuse it. */
function example(schemas: Schemas, schema: Schema): unknown {
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
  if ($ref !== undefined) return example(schemas, schemas[$ref.split('/').at(-1) ?? ''] ?? {});
  if (only !== undefined) return only;
  if (choices !== undefined) return choices[0];
  const [first] = anyOf ?? oneOf ?? [];
  if (first !== undefined) return example(schemas, first);
  if (type === 'object') {
    const properties = (schema['properties'] ?? {}) as { readonly [name: string]: Schema };
    const required = (schema['required'] ?? []) as readonly string[];
    return Object.fromEntries(required.map((name) => [name, example(schemas, properties[name] ?? {})]));
  }
  if (type === 'array')
    return (schema['minItems'] ?? 0) === 0 ? [] : [example(schemas, (schema['items'] ?? {}) as Schema)];
  if (type === 'boolean') return false;
  if (type === 'number' || type === 'integer') return schema['minimum'] ?? 1;
  return 'x'.repeat(Math.max(1, (schema['minLength'] as number | undefined) ?? 1));
}

async function call(
  { at, schemas }: { readonly at: TestApi; readonly schemas: Schemas },
  { method, address, operation }: Called,
  { by, of }: Asking,
): Promise<Answered> {
  const path = address.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(of.ids[nameOf(address, name)] ?? 'none'),
  );
  const isStream = 'text/event-stream' in (operation.responses['200']?.content ?? {});
  const schema = operation.requestBody?.content['application/json'].schema;
  const response = await fetch(`${at.baseUrl}${path}`, {
    // HEAD answers as GET does, and opens no stream.
    method: isStream ? 'HEAD' : method,
    headers: { authorization: `Bearer ${by}`, ...(schema === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(schema === undefined ? {} : { body: JSON.stringify(example(schemas, schema)) }),
  });
  const text = await response.text();
  const isProblem = response.headers.get('content-type')?.includes('problem+json') === true && text !== '';
  return { status: response.status, text, code: isProblem ? (JSON.parse(text) as { code: string }).code : undefined };
}

/** One word stands for different things in different addresses. */
export function nameOf(address: string, name: string): string {
  if (name === 'name' && address.startsWith('/v1/secrets')) return 'secret';
  if (name === 'name' && address.includes('/signals/')) return 'signal';
  return name;
}

/** Of the same form, and nobody's. */
export function noneOf(name: string, id: string): string {
  if (name === 'hash') return `sha256:${'0'.repeat(64)}`;
  return `${id.slice(0, -3)}${id.endsWith('zzz') ? 'yyy' : 'zzz'}`;
}
