// Checks one part of a request against its schema, and says what is wrong with it in the caller's words.
import type { ProblemIssue } from '@chorale/lib-client';
import { closestName } from '@chorale/module-goals';
import { z } from 'zod';
import { controls, findUnkeepable, noText, unkeepableMessage } from './unkeepable.ts';

export type Part = 'body' | 'query' | 'path' | 'header';

export type Checked<Value> =
  | { readonly value: Value; readonly issues?: undefined }
  | { readonly issues: readonly ProblemIssue[] };

/** More mistakes than these help nobody. */
const issuesMax = 20;

export class Validator<Schema extends z.ZodType> {
  readonly #schema: Schema;
  readonly #part: Part;
  /** Made when the first unknown key asks what would have been known. */
  #description: JsonSchema | undefined;

  constructor(schema: Schema, part: Part) {
    this.#schema = schema;
    this.#part = part;
  }

  check(given: unknown): Checked<z.output<Schema>> {
    const unkeepable =
      this.#part === 'body' ? undefined : findUnkeepable(given, this.#part === 'path' ? controls : noText);
    if (unkeepable !== undefined) return { issues: [{ at: this.#place(unkeepable), message: unkeepableMessage }] };
    const result = this.#schema.safeParse(given);
    if (result.success) return { value: result.data };
    return { issues: result.error.issues.slice(0, issuesMax).flatMap((issue) => this.#toIssues(issue)) };
  }

  #toIssues(issue: z.core.$ZodIssue): readonly ProblemIssue[] {
    const at = this.#place(issue.path);
    if (issue.code === 'unrecognized_keys') {
      const known = this.#knownKeys(issue.path);
      return issue.keys.slice(0, issuesMax).map((key) => {
        const near = closestName(key, known);
        const hint = near === undefined ? `known are: ${known.join(', ')}` : `did you mean ${near}?`;
        return { at: `${at}.${shorten(key)}`, message: `is not known; ${hint}` };
      });
    }
    if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) {
      return [{ at, message: `is missing; it must be ${issue.expected}` }];
    }
    if (issue.code === 'invalid_union' && issue.message === 'Invalid input' && issue.errors.length > 0) {
      const reasons = issue.errors.flatMap((branch) => branch.slice(0, 1).map(sayIssue));
      return [{ at, message: reasons.length === 0 ? issue.message : reasons.join(', or ') }];
    }
    return [{ at, message: sayIssue(issue) }];
  }

  #place(path: readonly PropertyKey[]): string {
    let place: string = this.#part;
    for (const key of path) place += typeof key === 'number' ? `[${key}]` : `.${shorten(String(key))}`;
    return place;
  }

  #knownKeys(path: readonly PropertyKey[]): readonly string[] {
    this.#description ??= z.toJSONSchema(this.#schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
    const root = this.#description;
    let places: readonly JsonSchema[] = open(root, root);
    for (const key of path) {
      places = places.flatMap((place) => {
        const next =
          typeof key === 'number' ? place.items : (place.properties?.[String(key)] ?? place.additionalProperties);
        return typeof next === 'object' ? open(next, root) : [];
      });
    }
    return [...new Set(places.flatMap((place) => Object.keys(place.properties ?? {})))];
  }
}

/** What a schema says of itself is said as it is; only what the library says by itself is put into other words. */
function sayIssue(issue: z.core.$ZodIssue): string {
  const { message } = issue;
  if (issue.code === 'invalid_value' && message.startsWith('Invalid option'))
    return `must be one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'too_small' && message.startsWith('Too small') && issue.inclusive !== false)
    return issue.minimum === 1 && issue.origin in units
      ? 'is empty'
      : `must be at least ${sayBound(issue.minimum, issue)}`;
  if (issue.code === 'too_big' && message.startsWith('Too big') && issue.inclusive !== false)
    return `must be at most ${sayBound(issue.maximum, issue)}`;
  return message.replace(/^Invalid input: /, '');
}

const units: { readonly [origin: string]: string } = { string: 'characters', array: 'items' };

function sayBound(bound: number | bigint, { origin }: { readonly origin: string }): string {
  const unit = units[origin];
  return unit === undefined ? `${bound}` : `${bound} ${unit}`;
}

interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: { readonly [name: string]: JsonSchema };
  readonly properties?: { readonly [name: string]: JsonSchema };
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

/** The schema itself and the alternatives in it, with references followed. */
function open(schema: JsonSchema, root: JsonSchema): readonly JsonSchema[] {
  if (schema.$ref !== undefined) {
    const target = root.$defs?.[schema.$ref.replace('#/$defs/', '')];
    return target === undefined ? [] : open(target, root);
  }
  const alternatives = schema.anyOf ?? schema.oneOf;
  return alternatives === undefined ? [schema] : alternatives.flatMap((alternative) => open(alternative, root));
}

function shorten(key: string): string {
  return key.length <= 64 ? key : `${key.slice(0, 64)}…`;
}
