// A value that a JSON Schema accepts, as small as can be, and the places in it where something else may be put.

import type { Json } from '@chorale/lib-client';

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly Json[];
  readonly const?: Json;
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly minItems?: number;
  readonly items?: Schema;
  readonly properties?: { readonly [name: string]: Schema };
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

export type Components = { readonly [name: string]: Schema };
export type Place = readonly (string | number)[];

const depthMax = 5;
const texts = [
  'x',
  'a1',
  '0',
  '* * * * *',
  'UTC',
  '2026-03-01T00:00:00Z',
  '127.0.0.1',
  'x@y',
  'ab:cd',
  `sha256:${'a'.repeat(64)}`,
  'https://example.org/',
  'goal.read',
];

export class Sampler {
  readonly #components: Components;
  /** What is known to be there, by the name of a parameter. */
  readonly #known: { readonly [name: string]: Json };

  constructor(components: Components, known: { readonly [name: string]: Json }) {
    this.#components = components;
    this.#known = known;
  }

  sample(given: Schema, name = '', depth = 0): Json {
    const schema = this.#open(given);
    if (this.#known[name] !== undefined) return this.#known[name];
    if (schema.const !== undefined) return schema.const;
    if (schema.enum !== undefined) return schema.enum[0] ?? null;
    const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
    if (type === 'object' || schema.properties !== undefined) {
      if (depth > depthMax) return {};
      const required = (schema.required ?? []).flatMap((key) => {
        const inner = schema.properties?.[key];
        return inner === undefined ? [] : [[key, this.sample(inner, key, depth + 1)] as const];
      });
      return Object.fromEntries(required);
    }
    switch (type) {
      case 'array':
        return (schema.minItems ?? 0) > 0 && depth <= depthMax
          ? [this.sample(schema.items ?? {}, name, depth + 1)]
          : [];
      case 'integer':
      case 'number':
        return Math.max(schema.minimum ?? 1, 1);
      case 'boolean':
        return false;
      case 'null':
        return null;
      default:
        return textFor(schema);
    }
  }

  /** Every place a value can be put at, optional ones too. */
  places(given: Schema, depth = 0): readonly Place[] {
    const schema = this.#open(given);
    if (depth > depthMax) return [[]];
    const inner = Object.entries(schema.properties ?? {}).flatMap(([key, value]) =>
      this.places(value, depth + 1).map((place): Place => [key, ...place]),
    );
    const items =
      schema.items === undefined ? [] : this.places(schema.items, depth + 1).map((place): Place => [0, ...place]);
    const extra =
      typeof schema.additionalProperties === 'object'
        ? this.places(schema.additionalProperties, depth + 1).map((place): Place => ['any', ...place])
        : [];
    return [[], ...inner, ...items, ...extra];
  }

  #open(schema: Schema): Schema {
    if (schema.$ref !== undefined) return this.#open(this.#components[schema.$ref.split('/').at(-1) ?? ''] ?? {});
    const [first] = schema.anyOf ?? schema.oneOf ?? schema.allOf ?? [];
    return first === undefined ? schema : { ...this.#open(first), ...withoutChoices(schema) };
  }
}

function withoutChoices({ anyOf: _any, oneOf: _one, allOf: _all, ...rest }: Schema): Schema {
  return rest;
}

function textFor({ pattern, minLength = 1, format }: Schema): string {
  if (format === 'date-time') return '2026-03-01T00:00:00Z';
  const fits = texts.find(
    (text) => text.length >= minLength && (pattern === undefined || new RegExp(pattern, 'u').test(text)),
  );
  return fits ?? 'x'.repeat(minLength);
}

/** The value with something else at a place; what is missing on the way is made. */
export function putAt(value: Json, place: Place, put: Json): Json {
  const [key, ...rest] = place;
  if (key === undefined) return put;
  if (typeof key === 'number') {
    const list = Array.isArray(value) ? (value as readonly Json[]) : [];
    return [putAt(list[0] ?? null, rest, put), ...list.slice(1)];
  }
  const object =
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as { readonly [name: string]: Json })
      : {};
  return { ...object, [key]: putAt(object[key] ?? null, rest, put) };
}
