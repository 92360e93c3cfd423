import { expect, test } from 'vitest';
import { describeApi } from './openapi.ts';
import { routes } from './routes/index.ts';

interface Described {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly requestBody?: object;
  readonly responses: { readonly [status: string]: object };
}

const description = describeApi(routes, '1.0.0') as {
  readonly paths: { readonly [address: string]: { readonly [method: string]: Described } };
  readonly components: { readonly schemas: { readonly [name: string]: object } };
};
const operations = Object.entries(description.paths).flatMap(([address, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ address, method, operation })),
);

test('[API20] every route is described once, under an id of its own', () => {
  expect(operations.length).toBe(routes.length);
  expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(routes.length);
});

test('[API20] every reference leads to a schema, and every schema is referred to', () => {
  const text = JSON.stringify(description);
  const references = new Set(
    [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map((match) => match[1] ?? ''),
  );
  expect(references.size).toBeGreaterThan(20);
  expect([...references].toSorted()).toEqual(Object.keys(description.components.schemas).toSorted());
  expect(text).not.toContain('#/$defs/');
});

test('[API20] every part of an address is a described path parameter', () => {
  for (const { address, operation } of operations) {
    const inAddress = [...address.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    const described = (operation.parameters ?? [])
      .filter((parameter) => parameter.in === 'path')
      .map(({ name }) => name);
    expect(described, address).toEqual(inAddress);
  }
});

test('[API20] every operation describes its success and a Problem for its refusals', () => {
  for (const { operation } of operations) {
    const statuses = Object.keys(operation.responses);
    expect(
      // A browser is led elsewhere by some.
      statuses.some((status) => status.startsWith('2') || status === '303'),
      operation.operationId,
    ).toBe(true);
    expect(JSON.stringify(operation.responses['400']), operation.operationId).toContain('#/components/schemas/Problem');
  }
});

test('[API20] a body is described where one is taken', () => {
  for (const route of routes) {
    const operation = description.paths[route.address.replace('{+', '{')]?.[route.method.toLowerCase()];
    expect(operation?.requestBody !== undefined, route.operation).toBe(route.body !== undefined);
  }
});
