// The part of OpenAPI's schema that Google takes for parameters and answers.

import { isObject, type JsonObject, type Path } from '../core/shape.ts';
import { invalid, invalidField } from './invalid.ts';

const known = new Set(
  [
    ['type', 'format', 'title', 'description', 'nullable', 'default', 'example', 'anyOf', 'enum'],
    ['items', 'maxItems', 'minItems', 'properties', 'required', 'maxProperties', 'minProperties', 'propertyOrdering'],
    ['pattern', 'minLength', 'maxLength', 'minimum', 'maximum'],
  ].flat(),
);
const types = ['STRING', 'NUMBER', 'INTEGER', 'BOOLEAN', 'ARRAY', 'OBJECT', 'NULL'];
const formats: Readonly<Record<string, readonly string[]>> = {
  STRING: ['enum', 'date-time'],
  NUMBER: ['float', 'double'],
  INTEGER: ['int32', 'int64'],
};

/** @throws VendorError */
export function checkSchemaSubset(schema: unknown, path: Path): void {
  if (!isObject(schema)) throw invalidField(path, 'must be an object');
  const unknown = Object.keys(schema).find((keyword) => !known.has(keyword));
  if (unknown !== undefined) {
    const at = path.join('.').replaceAll(/\.(\d+)/g, '[$1]');
    throw invalid(`Invalid JSON payload received. Unknown name "${unknown}" at '${at}': Cannot find field.`, [
      {
        '@type': 'type.googleapis.com/google.rpc.BadRequest',
        fieldViolations: [{ field: at, description: `Unknown name "${unknown}": Cannot find field.` }],
      },
    ]);
  }
  const members = Array.isArray(schema['anyOf']) ? (schema['anyOf'] as unknown[]) : [];
  for (const [index, member] of members.entries()) checkSchemaSubset(member, [...path, 'anyOf', index]);
  if (schema['type'] === undefined) {
    if (members.length > 0) return;
    throw invalidField([...path, 'type'], 'must be specified');
  }
  const type = typeof schema['type'] === 'string' ? schema['type'].toUpperCase() : '';
  if (!types.includes(type)) {
    throw invalid(
      `Invalid value at '${path.join('.')}.type' (type.googleapis.com/google.ai.generativelanguage.v1beta.Type), ${JSON.stringify(schema['type'])}`,
    );
  }
  checkOfType(schema, type, path);
}

function checkOfType(schema: JsonObject, type: string, path: Path): void {
  const format = schema['format'];
  if (typeof format === 'string' && type in formats && formats[type]?.includes(format) !== true) {
    throw invalidField(
      [...path, 'format'],
      `only ${(formats[type] ?? []).map((name) => `'${name}'`).join(' and ')} are supported for ${type} type`,
    );
  }
  if (schema['enum'] !== undefined) {
    const named = Array.isArray(schema['enum']) && schema['enum'].every((value) => typeof value === 'string');
    if (type !== 'STRING' || !named) throw invalidField([...path, 'enum'], 'only allowed for STRING type');
    if ((schema['enum'] as unknown[]).includes('')) throw invalidField([...path, 'enum'], 'cannot be empty');
  }
  if (type === 'ARRAY') {
    if (schema['items'] === undefined) throw invalidField([...path, 'items'], 'missing field.');
    checkSchemaSubset(schema['items'], [...path, 'items']);
  }
  if (type !== 'OBJECT') return;
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  if (Object.keys(properties).length === 0) {
    throw invalidField([...path, 'properties'], 'should be non-empty for OBJECT type');
  }
  for (const [name, property] of Object.entries(properties)) checkSchemaSubset(property, [...path, 'properties', name]);
  const required = Array.isArray(schema['required']) ? (schema['required'] as unknown[]) : [];
  for (const [index, name] of required.entries()) {
    if (!Object.hasOwn(properties, String(name))) {
      throw invalidField([...path, 'required', index], 'property is not defined');
    }
  }
}
