// Reads the fields of a body in OpenAI's format, one at a time: what is wrong is named by its path, as OpenAI does it.
// Null and absent mean the same there.
import type { Json } from '@chorale/lib-client';
import { type ChoraleError, refused } from '@chorale/lib-errors';

export type Fields = { readonly [name: string]: unknown };

/** An object of the body and where in it that stands: `messages[2].`, empty at the top. */
export interface Place {
  readonly fields: Fields;
  readonly at: string;
}

export function invalidField(param: string, expected: string, found?: unknown): ChoraleError {
  const seen = found === undefined ? '' : `, found ${show(found)}`;
  return refused('request-invalid', `${param} ${expected}${seen}`, {
    action: 'send what the reference of the OpenAI API describes',
    data: { param },
  });
}

export function unsupportedField(param: string, why: string): ChoraleError {
  return refused('parameter-unsupported', `${param} is not supported here: ${why}`, {
    action: `leave ${param} out`,
    data: { param },
  });
}

const shownLengthMax = 40;

function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > shownLengthMax ? `${text.slice(0, shownLengthMax)}…` : text;
}

function find(place: Place, name: string): unknown {
  return place.fields[name] ?? undefined;
}

export function findText(place: Place, name: string): string | undefined {
  const value = find(place, name);
  if (value === undefined || typeof value === 'string') return value;
  throw invalidField(`${place.at}${name}`, 'must be a string', value);
}

export function getText(place: Place, name: string): string {
  const value = findText(place, name);
  if (value !== undefined) return value;
  throw invalidField(`${place.at}${name}`, 'is missing');
}

export function findNumber(place: Place, name: string): number | undefined {
  const value = find(place, name);
  if (value === undefined || typeof value === 'number') return value;
  throw invalidField(`${place.at}${name}`, 'must be a number', value);
}

export function findCount(place: Place, name: string): number | undefined {
  const value = findNumber(place, name);
  if (value === undefined || (Number.isSafeInteger(value) && value > 0)) return value;
  throw invalidField(`${place.at}${name}`, 'must be a whole number from 1', value);
}

export function findFlag(place: Place, name: string): boolean | undefined {
  const value = find(place, name);
  if (value === undefined || typeof value === 'boolean') return value;
  throw invalidField(`${place.at}${name}`, 'must be true or false', value);
}

export function findFields(place: Place, name: string): Place | undefined {
  const value = find(place, name);
  if (value === undefined) return undefined;
  return readFields(value, `${place.at}${name}`);
}

export function getFields(place: Place, name: string): Place {
  const found = findFields(place, name);
  if (found !== undefined) return found;
  throw invalidField(`${place.at}${name}`, 'is missing');
}

export function readFields(value: unknown, at: string): Place {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return { fields: value as Fields, at: at === '' ? '' : `${at}.` };
  throw invalidField(at === '' ? 'the body' : at, 'must be an object', value);
}

/** The items as objects, each with its place. */
export function findItems(place: Place, name: string): readonly Place[] | undefined {
  const value = find(place, name);
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw invalidField(`${place.at}${name}`, 'must be a list', value);
  return value.map((item: unknown, index) => readFields(item, `${place.at}${name}[${index}]`));
}

export function findOneOf<Choice extends string>(
  place: Place,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const value = find(place, name);
  if (value === undefined) return undefined;
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw invalidField(`${place.at}${name}`, `must be one of ${choices.join(', ')}`, value);
}

/** A JSON Schema or other object that is passed on as it is. */
export function findObject(place: Place, name: string): { readonly [key: string]: Json } | undefined {
  return findFields(place, name)?.fields as { readonly [key: string]: Json } | undefined;
}
