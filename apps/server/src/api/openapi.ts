// Describes the API in OpenAPI 3.1, from the very schemas that check requests.
import { z } from 'zod';
import { statusOfCode } from './problem-table.ts';
import type { ResponseDescription, Route } from './route.ts';
import { problemSchema } from './schemas/problem.ts';

type JsonObject = { [key: string]: unknown };

/** Refusals that no route needs to name: bad requests, foreign hosts and origins, defects. */
const everywhere = ['request-invalid', 'host-refused', 'internal'];

export function describeApi(routes: readonly Route[], version: string): JsonObject {
  const components = new Components();
  const paths: { [address: string]: JsonObject } = {};
  for (const route of routes) {
    // Of a part that has slashes in it OpenAPI knows nothing.
    const path = (paths[route.address.replace('{+', '{')] ??= {});
    path[route.method.toLowerCase()] = describeRoute(route, components);
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Chorale',
      version,
      description: 'Runs teams of AI agents on real work, durably. Every refusal is a Problem (RFC 9457).',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    servers: [{ url: '/' }],
    paths,
    components: { schemas: components.schemas, securitySchemes },
  };
}

const securitySchemes = {
  key: { type: 'http', scheme: 'bearer', description: 'A key of a member or a service account.' },
  session: { type: 'apiKey', in: 'cookie', name: 'chorale-session', description: 'What the page has after a log-in.' },
};

/** Refusals of every route that is not public. */
const ofCallers = ['unauthenticated', 'not-permitted'];

function describeRoute(route: Route, components: Components): JsonObject {
  const parameters = [
    ...describeParameters(route.path, 'path', components),
    ...describeParameters(route.query, 'query', components),
    ...describeParameters(route.headers, 'header', components),
  ];
  const responses: JsonObject = {};
  for (const [status, response] of Object.entries(route.responses))
    responses[status] = describeResponse(response, components);
  Object.assign(responses, describeRefusals(route, components));
  return {
    operationId: route.operation,
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    tags: [route.tag],
    security: route.permit === 'public' ? [] : [{ key: [] }, { session: [] }],
    // The operation of the roles' matrix that whoever asks must be permitted.
    'x-permit': route.permit,
    // Whoever may do it in some projects alone is let in as well, to the things of those.
    ...(route.inProjects === true ? { 'x-in-projects': true } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: route.bodyOptional !== true,
            content: { 'application/json': { schema: components.describe(route.body as z.ZodType, 'input') } },
          },
        }),
    responses,
  };
}

function describeParameters(schema: unknown, place: 'path' | 'query' | 'header', components: Components): JsonObject[] {
  if (schema === undefined) return [];
  const described = components.describe(schema as z.ZodType, 'input');
  const required = new Set(described['required'] as readonly string[] | undefined);
  return Object.entries(described['properties'] as { [name: string]: JsonObject }).map(
    ([name, { description, ...rest }]) => ({
      name,
      in: place,
      required: place === 'path' || required.has(name),
      ...(description === undefined ? {} : { description }),
      // Numbers in an address are taken from text: what is sent is digits.
      schema: Object.keys(rest).length === 0 ? { type: 'string' } : rest,
    }),
  );
}

function describeResponse(
  { description, schema, mediaType, headers }: ResponseDescription,
  components: Components,
): JsonObject {
  const described = Object.entries(headers ?? {}).map(([name, text]) => [
    name,
    { description: text, schema: { type: 'string' } },
  ]);
  return {
    description,
    ...(described.length === 0 ? {} : { headers: Object.fromEntries(described) }),
    ...(schema === undefined
      ? {}
      : { content: { [mediaType ?? 'application/json']: { schema: components.describe(schema, 'output') } } }),
  };
}

function describeRefusals(route: Route, components: Components): JsonObject {
  const byStatus = new Map<number, string[]>();
  const known = route.permit === 'public' ? everywhere : [...everywhere, ...ofCallers];
  for (const code of new Set([...known, ...(route.refusals ?? [])])) {
    const status = statusOfCode.get(code);
    if (status === undefined)
      throw new TypeError(`${route.operation} names ${code}, which the table of problems does not hold`);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const schema = components.describe(problemSchema, 'output');
  const answers = [...byStatus].toSorted(([left], [right]) => left - right);
  return Object.fromEntries(
    answers.map(([status, codes]) => [
      status,
      { description: `Refused: ${codes.join(', ')}.`, content: { 'application/problem+json': { schema } } },
    ]),
  );
}

/** Schemas that have a name, each described once. */
class Components {
  readonly schemas: { [name: string]: JsonObject } = {};

  describe(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
    const {
      $schema: _dialect,
      $defs,
      ...root
    } = z.toJSONSchema(schema, { io, unrepresentable: 'any', override: tidy }) as JsonObject;
    for (const [name, definition] of Object.entries(($defs ?? {}) as { [name: string]: JsonObject }))
      this.#add(name, definition);
    const { id, ...rest } = root;
    if (typeof id !== 'string') return this.#link(root);
    this.#add(id, rest);
    return { $ref: `#/components/schemas/${id}` };
  }

  #add(name: string, definition: JsonObject): void {
    const { id: _id, ...rest } = definition;
    const linked = this.#link(rest);
    const known = this.schemas[name];
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(linked)) {
      throw new TypeError(
        `the schema ${name} means two things; give what is sent and what is answered names of their own`,
      );
    }
    this.schemas[name] = linked;
  }

  #link(value: JsonObject): JsonObject {
    return JSON.parse(JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/')) as JsonObject;
  }
}

/** Here `readOnly` only means that TypeScript may not change a list; in OpenAPI it would mean "never sent". */
function tidy({ jsonSchema }: { jsonSchema: JsonObject }): void {
  delete jsonSchema['readOnly'];
}
