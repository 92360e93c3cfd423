// Writes answers as their schemas say: what is written is known beforehand, and what no schema names is not written.
import fastJsonStringify from 'fast-json-stringify';
import { z } from 'zod';

export type Serialise = (body: unknown) => string;

interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** Made when it is first needed: a server has hundreds of schemas, and answers with few of them at first. */
export function serialiserOf(schema: z.ZodType): Serialise {
  let made: Serialise | undefined;
  return (body) => (made ??= make(schema))(body);
}

function make(schema: z.ZodType): Serialise {
  const described = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }) as JsonSchema;
  const shape = shapeOf(described, { root: described, within: [] });
  // Text by itself gains nothing, and what a value decides would have to be looked at first.
  if (shape === undefined || shape['type'] !== 'object') return (body) => JSON.stringify(body);
  return fastJsonStringify(shape) as Serialise;
}

/** Schemas by which a value decides what it is written as. */
const undecided = ['anyOf', 'oneOf', 'allOf', 'not', 'patternProperties'];
/** What is said of the form alone; `required`, `enum` and `const` are checked by tests, and would be written unseen. */
const ofForm: ReadonlySet<string> = new Set(['type', 'properties', 'items', 'additionalProperties']);

interface Place {
  readonly root: JsonSchema;
  /** References that lead here: one that leads back to itself has no end. */
  readonly within: readonly string[];
}

function shapeOf(schema: JsonSchema, { root, within }: Place): JsonSchema | undefined {
  const { $ref } = schema;
  if (typeof $ref === 'string') {
    const found = (root['$defs'] as JsonSchema | undefined)?.[$ref.replace('#/$defs/', '')];
    if (found === undefined || within.includes($ref)) return undefined;
    return shapeOf(found as JsonSchema, { root, within: [...within, $ref] });
  }
  if (undecided.some((keyword) => keyword in schema) || Array.isArray(schema['type'])) return undefined;
  const shape: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (!ofForm.has(keyword)) continue;
    if (typeof value !== 'object' || value === null) {
      shape[keyword] = value;
      continue;
    }
    const inner =
      keyword === 'properties'
        ? mapShapes(value as JsonSchema, { root, within })
        : shapeOf(value as JsonSchema, { root, within });
    if (inner === undefined) return undefined;
    shape[keyword] = inner;
  }
  return shape;
}

function mapShapes(schemas: JsonSchema, place: Place): JsonSchema | undefined {
  const shapes: Record<string, JsonSchema> = {};
  for (const [name, schema] of Object.entries(schemas)) {
    const shape = shapeOf(schema as JsonSchema, place);
    if (shape === undefined) return undefined;
    shapes[name] = shape;
  }
  return shapes;
}
