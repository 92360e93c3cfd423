// The subset of JSON Schema that OpenAI takes where `strict` is true.

import { isObject, type JsonObject } from '../core/shape.ts';

const depthMax = 10;
const propertiesMax = 5_000;

const types = new Set(['string', 'number', 'boolean', 'integer', 'object', 'array', 'null']);
const known = new Set(
  [
    ['type', 'description', 'title', 'enum', 'const', 'anyOf', '$ref', '$defs', 'definitions', 'default'],
    ['$schema', '$id', '$comment', 'examples'],
    ['properties', 'required', 'additionalProperties'],
    ['items', 'minItems', 'maxItems'],
    ['pattern', 'format'],
    ['multipleOf', 'maximum', 'exclusiveMaximum', 'minimum', 'exclusiveMinimum'],
  ].flat(),
);
const formats = new Set(['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid']);

interface Walk {
  properties: number;
}

const at = (context: readonly string[]): string =>
  `In context=(${context.map((step) => `'${step}'`).join(', ')}${context.length === 1 ? ',' : ''})`;

/** What is wrong, in the vendor's words; undefined when the schema is of the subset. */
export function findStrictSchemaFault(schema: unknown): string | undefined {
  if (!isObject(schema)) return `schema must be a JSON Schema of 'type: "object"', got 'type: "None"'.`;
  if (schema['type'] !== 'object') {
    return `schema must be a JSON Schema of 'type: "object"', got 'type: "${typeof schema['type'] === 'string' ? schema['type'] : 'None'}"'.`;
  }
  if (schema['anyOf'] !== undefined) return `${at([])}, 'anyOf' is not permitted at the root.`;
  return faultOf(schema, [], { properties: 0 });
}

function faultOf(schema: unknown, context: readonly string[], walk: Walk): string | undefined {
  if (!isObject(schema)) return `${at(context)}, schema must be an object.`;
  const depth = context.filter((step) => step === 'properties' || step === 'items').length;
  if (depth > depthMax) return `${at(context)}, schema is nested deeper than ${depthMax} levels.`;
  const unknown = Object.keys(schema).find((keyword) => !known.has(keyword));
  if (unknown !== undefined) return `${at(context)}, '${unknown}' is not permitted.`;
  if (schema['$ref'] !== undefined) return faultOfReference(schema, context);
  const typed = ['type', 'anyOf', 'enum', 'const'].some((keyword) => schema[keyword] !== undefined);
  if (!typed) return `${at(context)}, schema must have a 'type' key.`;
  const named = [schema['type'] ?? []].flat();
  if (named.some((type) => typeof type !== 'string' || !types.has(type))) {
    return `${at(context)}, '${String(schema['type'])}' is not a valid type.`;
  }
  if (typeof schema['format'] === 'string' && !formats.has(schema['format'])) {
    return `${at(context)}, '${schema['format']}' is not a valid format.`;
  }
  return (
    (named.includes('object') ? faultOfObject(schema, context, walk) : undefined) ??
    (named.includes('array') ? faultOfArray(schema, context, walk) : undefined) ??
    faultOfMembers(schema, context, walk)
  );
}

function faultOfReference(schema: JsonObject, context: readonly string[]): string | undefined {
  const reference = schema['$ref'];
  if (typeof reference !== 'string' || !/^#(\/(\$defs|definitions)\/.+)?$/.test(reference)) {
    return `${at(context)}, reference can only point to definitions defined at the top level of the schema.`;
  }
  const beside = Object.keys(schema).filter((keyword) => keyword !== '$ref' && keyword !== '$defs');
  return beside.length === 0 ? undefined : `${at(context)}, $ref cannot have keywords {'${beside.join("', '")}'}.`;
}

function faultOfObject(schema: JsonObject, context: readonly string[], walk: Walk): string | undefined {
  if (schema['additionalProperties'] !== false) {
    return `${at(context)}, 'additionalProperties' is required to be supplied and to be false.`;
  }
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const names = Object.keys(properties);
  walk.properties += names.length;
  if (walk.properties > propertiesMax) return `${at(context)}, schema has more than ${propertiesMax} properties.`;
  const required = Array.isArray(schema['required']) ? schema['required'] : undefined;
  const missing = names.find((name) => required === undefined || !required.includes(name));
  if (missing !== undefined) {
    return `${at(context)}, 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
  }
  const extra = required?.find((name) => typeof name !== 'string' || !Object.hasOwn(properties, name));
  if (extra !== undefined)
    return `${at(context)}, 'required' is required to only name properties. Extra required key '${String(extra)}' supplied.`;
  for (const [name, property] of Object.entries(properties)) {
    const fault = faultOf(property, [...context, 'properties', name], walk);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function faultOfArray(schema: JsonObject, context: readonly string[], walk: Walk): string | undefined {
  if (schema['items'] === undefined) return `${at(context)}, array schema missing items.`;
  return faultOf(schema['items'], [...context, 'items'], walk);
}

function faultOfMembers(schema: JsonObject, context: readonly string[], walk: Walk): string | undefined {
  const members = Array.isArray(schema['anyOf']) ? schema['anyOf'] : [];
  for (const [index, member] of members.entries()) {
    const fault = faultOf(member, [...context, 'anyOf', String(index)], walk);
    if (fault !== undefined) return fault;
  }
  for (const keyword of ['$defs', 'definitions']) {
    const definitions = isObject(schema[keyword]) ? schema[keyword] : {};
    for (const [name, definition] of Object.entries(definitions)) {
      const fault = faultOf(definition, [...context, keyword, name], walk);
      if (fault !== undefined) return fault;
    }
  }
  return undefined;
}
