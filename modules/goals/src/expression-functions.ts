// The functions and methods of expressions: CEL's own, its strings and lists extensions, and nothing with side effects.
//
// `matches` is absent on purpose: JavaScript's regular expressions can take exponential time on a text an agent wrote.
import type { Json } from './json.ts';
import {
  equalValues,
  isList,
  isObject,
  orderValues,
  show,
  sizeOf,
  textLengthMax,
  toText,
  typeName,
  type Fuel,
} from './expression-values.ts';

/** What a function may throw: the caller adds the place. */
export class BadArgument extends Error {}

type ArgumentType = 'text' | 'number' | 'list' | 'any';

export interface ExpressionFunction {
  /** A trailing `?` marks an argument that may be left out. For a method the first is what stands before the dot. */
  readonly takes: readonly (ArgumentType | `${ArgumentType}?`)[];
  readonly run: (values: never[], fuel: Fuel) => Json;
}

function integer(value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw new BadArgument(`needs a whole number that is exact, found ${value}`);
}

function place(value: number, length: number): number {
  if (integer(value) >= 0 && value <= length) return value;
  throw new BadArgument(`${value} is outside the text of ${length} characters`);
}

function boundedText(length: number, fuel: Fuel): void {
  fuel.spendOnText(length);
  if (length > textLengthMax) throw new BadArgument(`would give a text of more than ${textLengthMax} characters`);
}

function size(value: Json, fuel: Fuel): number {
  if (isList(value)) return value.length;
  if (isObject(value)) return Object.keys(value).length;
  if (typeof value !== 'string') throw new BadArgument(`needs a text, a list or an object, found ${typeName(value)}`);
  fuel.spendOnText(value.length * 8);
  return Array.from(value).length;
}

function toInteger(value: Json): number {
  if (typeof value === 'number') return integer(Math.trunc(value) + 0);
  if (typeof value === 'string' && /^[+-]?\d{1,20}$/.test(value)) return integer(Number(value));
  throw new BadArgument(`needs a number or a text like "42", found ${show(value)}`);
}

function toNumber(value: Json): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/.test(value)) {
    const number = Number(value);
    if (Number.isFinite(number)) return number;
  }
  throw new BadArgument(`needs a number or a text like "4.2", found ${show(value)}`);
}

function toBoolean(value: Json): boolean {
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  throw new BadArgument(`needs true, false, "true" or "false", found ${show(value)}`);
}

function toBoundedText(value: Json, fuel: Fuel): string {
  boundedText(sizeOf(value, textLengthMax), fuel);
  return value === null ? 'null' : toText(value);
}

function split([text, separator, limit]: [string, string, number?], fuel: Fuel): Json {
  fuel.spend(text.length);
  const parts = text.split(separator);
  if (limit === undefined || integer(limit) < 0 || parts.length <= limit) return parts;
  return limit === 0 ? [] : [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)];
}

function replace([text, from, to]: [string, string, string], fuel: Fuel): Json {
  fuel.spend(text.length);
  const parts = text.split(from);
  boundedText(text.length + (parts.length - 1) * (to.length - from.length), fuel);
  return parts.join(to);
}

function join([list, separator = '']: [readonly Json[], string?], fuel: Fuel): Json {
  let length = 0;
  for (const item of list) {
    if (typeof item !== 'string') {
      throw new BadArgument(
        `needs a list of texts, found ${typeName(item)} in it; map its items with string(...) first`,
      );
    }
    length += item.length + separator.length;
  }
  fuel.spend(list.length);
  boundedText(length, fuel);
  return (list as readonly string[]).join(separator);
}

function sort([list]: [readonly Json[]], fuel: Fuel): Json {
  fuel.spend(list.length * Math.ceil(Math.log2(list.length + 2)));
  return list.toSorted((left, right) => {
    const order = orderValues(left, right);
    if (order !== undefined) return order;
    throw new BadArgument(`can order numbers or texts, found ${typeName(left)} beside ${typeName(right)}`);
  });
}

function distinct([list]: [readonly Json[]], fuel: Fuel): Json {
  const simple = new Set<Json>();
  const kept: Json[] = [];
  const structures: Json[] = [];
  for (const item of list) {
    fuel.spend(1);
    const seen = typeof item === 'object' && item !== null ? structures : undefined;
    if (seen === undefined ? simple.has(item) : seen.some((other) => equalValues(item, other, fuel))) continue;
    if (seen === undefined) simple.add(item);
    else seen.push(item);
    kept.push(item);
  }
  return kept;
}

function flatten([list]: [readonly Json[]], fuel: Fuel): Json {
  fuel.spend(list.reduce<number>((total, item) => total + (isList(item) ? item.length : 1), 0));
  return list.flat(1);
}

function slice([list, start, end = list.length]: [readonly Json[], number, number?], fuel: Fuel): Json {
  if (integer(start) < 0 || integer(end) < start || end > list.length) {
    throw new BadArgument(`${start} to ${end} is outside the list of ${list.length}`);
  }
  fuel.spend(end - start);
  return list.slice(start, end);
}

function range([count]: [number], fuel: Fuel): Json {
  if (integer(count) < 0) throw new BadArgument(`needs a number that is not negative, found ${count}`);
  fuel.spend(count);
  return Array.from({ length: count }, (_, index) => index);
}

type Run = ExpressionFunction['run'];
const define = (takes: ExpressionFunction['takes'], run: unknown): ExpressionFunction => ({ takes, run: run as Run });

export const functions: ReadonlyMap<string, ExpressionFunction> = new Map([
  ['size', define(['any'], ([value]: [Json], fuel: Fuel) => size(value, fuel))],
  ['string', define(['any'], ([value]: [Json], fuel: Fuel) => toBoundedText(value, fuel))],
  ['int', define(['any'], ([value]: [Json]) => toInteger(value))],
  ['double', define(['any'], ([value]: [Json]) => toNumber(value))],
  ['bool', define(['any'], ([value]: [Json]) => toBoolean(value))],
  ['lists.range', define(['number'], range)],
]);

export const methods: ReadonlyMap<string, ExpressionFunction> = new Map([
  ['size', define(['any'], ([value]: [Json], fuel: Fuel) => size(value, fuel))],
  ['contains', define(['text', 'text'], ([text, part]: [string, string]) => text.includes(part))],
  ['startsWith', define(['text', 'text'], ([text, part]: [string, string]) => text.startsWith(part))],
  ['endsWith', define(['text', 'text'], ([text, part]: [string, string]) => text.endsWith(part))],
  [
    'indexOf',
    define(['text', 'text', 'number?'], ([text, part, from = 0]: [string, string, number?]) =>
      text.indexOf(part, place(from, text.length)),
    ),
  ],
  ['lastIndexOf', define(['text', 'text'], ([text, part]: [string, string]) => text.lastIndexOf(part))],
  [
    'substring',
    define(['text', 'number', 'number?'], ([text, start, end = text.length]: [string, number, number?]) => {
      if (place(end, text.length) < place(start, text.length)) throw new BadArgument(`${end} comes before ${start}`);
      return text.slice(start, end);
    }),
  ],
  ['lowerAscii', define(['text'], ([text]: [string]) => text.replaceAll(/[A-Z]+/g, (part) => part.toLowerCase()))],
  ['upperAscii', define(['text'], ([text]: [string]) => text.replaceAll(/[a-z]+/g, (part) => part.toUpperCase()))],
  ['trim', define(['text'], ([text]: [string]) => text.trim())],
  ['split', define(['text', 'text', 'number?'], split)],
  ['replace', define(['text', 'text', 'text'], replace)],
  ['join', define(['list', 'text?'], join)],
  ['sort', define(['list'], sort)],
  ['distinct', define(['list'], distinct)],
  ['flatten', define(['list'], flatten)],
  ['slice', define(['list', 'number', 'number?'], slice)],
  [
    'reverse',
    define(['list'], ([list]: [readonly Json[]], fuel: Fuel) => {
      fuel.spend(list.length);
      return list.toReversed();
    }),
  ],
]);

export function argumentCounts({ takes }: ExpressionFunction): { readonly min: number; readonly max: number } {
  return { min: takes.filter((type) => !type.endsWith('?')).length, max: takes.length };
}

const expected: Readonly<Record<ArgumentType, string>> = {
  text: 'a text',
  number: 'a number',
  list: 'a list',
  any: 'a value',
};

/** Throws `BadArgument` when a value has the wrong type or the function refuses it. */
export function callFunction(called: ExpressionFunction, values: readonly Json[], fuel: Fuel): Json {
  for (const [index, value] of values.entries()) {
    const type = (called.takes[index] ?? 'any').replace('?', '') as ArgumentType;
    if (type !== 'any' && typeName(value) !== expected[type]) {
      throw new BadArgument(`needs ${expected[type]}, found ${show(value)}`);
    }
    if (typeof value === 'string') fuel.spendOnText(value.length);
  }
  return called.run(values as never[], fuel);
}
