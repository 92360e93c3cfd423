// What holds for the interface as a whole, read from its description and asked of a server.
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from './api-fixture.ts';
import { describeApi } from './openapi.ts';
import { routes } from './routes/index.ts';

let at: TestApi;
beforeAll(async () => {
  at = await startTestApi();
});
afterAll(() => at.close());

interface Schema {
  readonly type?: string;
  readonly properties?: { readonly [name: string]: Schema };
  readonly additionalProperties?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly $ref?: string;
}

const description = describeApi(routes, '1') as unknown as {
  readonly paths: { readonly [address: string]: { readonly [method: string]: Operation } };
  readonly components: { readonly schemas: { readonly [name: string]: Schema } };
};
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: { readonly [type: string]: { readonly schema: Schema } } };
}
const operations = Object.entries(description.paths).flatMap(([address, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ address, method, ...operation })),
);

function ask(
  method: string,
  path: string,
): Promise<{ readonly status: number; readonly type: string; readonly headers: object }> {
  const { hostname, port } = new URL(at.baseUrl);
  return new Promise((resolve, reject) => {
    const call = request({ hostname, port, method, path }, (response) => {
      response.resume();
      resolve({
        status: response.statusCode ?? 0,
        type: response.headers['content-type'] ?? '',
        headers: response.headers,
      });
    });
    call.on('error', reject);
    call.end();
  });
}

test('[API135] nothing secret stands in an address: no path or query parameter is a key, token, password or secret', () => {
  const secret = /pass|token|secret|ticket|credential|authorization|^key$|apikey|session$/i;
  const found = operations.flatMap(({ operationId, parameters = [] }) =>
    parameters
      .filter((one) => one.in !== 'header' && secret.test(one.name))
      .map(({ name }) => `${operationId} ${name}`),
  );
  // A link is what it opens: one file, for minutes. Names of tasks, ids of keys and passkeys, and the conversation a memory is from: none opens anything.
  const names =
    /^(?:(?:retryTask|rerunFromTask|sendMessage|listModelCalls) key|listMemories session|openLinkedArtifact token|removePasskey passkeyId)$/;
  expect(found.filter((one) => !names.test(one))).toEqual([]);
});

test('[API136] what a body may hold is named: no object takes keys that its schema does not know, unless they are the caller’s own', () => {
  const seen = new Set<string>();
  const open: string[] = [];
  const look = (schema: Schema | undefined, place: string): void => {
    if (schema === undefined) return;
    if (schema.$ref !== undefined) {
      const name = schema.$ref.split('/').at(-1) ?? '';
      if (seen.has(name)) return;
      seen.add(name);
      return look(description.components.schemas[name], name);
    }
    if (schema.properties !== undefined && schema.additionalProperties !== false) open.push(place);
    for (const [name, inner] of Object.entries(schema.properties ?? {})) look(inner, `${place}.${name}`);
    for (const inner of schema.anyOf ?? []) look(inner, place);
  };
  for (const { operationId, requestBody } of operations)
    look(requestBody?.content['application/json']?.schema, operationId);
  expect(seen.size).toBeGreaterThan(10);
  expect(open).toEqual([]);
});

test('[API137] what is asked with GET changes nothing: it takes no body, and the log has nothing to say of it but that the log was read', () => {
  const reads = routes.filter(({ method }) => method === 'GET');
  expect(reads.length).toBeGreaterThan(40);
  expect(reads.filter(({ body }) => body !== undefined).map(({ operation }) => operation)).toEqual([]);
  const logged = reads.filter(({ audit }) => audit !== undefined).map(({ operation }) => operation);
  expect(logged.filter((operation) => !/audit|export/i.test(operation))).toEqual([]);
});

test('[API138] every answer with a body says its type and, of text, its characters', async () => {
  for (const path of [
    '/healthz',
    '/readyz',
    '/openapi.json',
    '/v1/goals',
    '/v1/goals/goal_none',
    '/v1/nothing',
    '/v1/config',
    '/v1/workflow-schema',
  ])
    expect((await ask('GET', path)).type, path).toMatch(/^application\/(?:problem\+)?json; charset=utf-8$/);
});

test('[API139] TRACE and CONNECT are not there, nor are folders, settings and the history of the sources', async () => {
  for (const [method, path] of [
    ['TRACE', '/v1/goals'],
    ['TRACE', '/'],
    ['GET', '/.git/config'],
    ['GET', '/.git/HEAD'],
    ['GET', '/.env'],
    ['GET', '/package.json'],
    ['GET', '/assets/'],
    ['GET', '/node_modules/'],
  ] as const) {
    const { status, type } = await ask(method, path);
    expect({ method, path, isThere: status < 400 }).toEqual({ method, path, isThere: false });
    expect(type, path).toContain('problem+json');
  }
});

test('[API140] no answer allows another origin to read it, whatever it says of itself', async () => {
  const { hostname, port } = new URL(at.baseUrl);
  for (const method of ['GET', 'OPTIONS']) {
    const headers = await new Promise<object>((resolve, reject) => {
      const call = request(
        {
          hostname,
          port,
          method,
          path: '/v1/goals',
          headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
        },
        (response) => {
          response.resume();
          resolve(response.headers);
        },
      );
      call.on('error', reject);
      call.end();
    });
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  }
});
