// The values expressions work on, and what working on them costs.
//
// Owns:       types, equality and order of JSON values; the fuel that bounds an evaluation.
// Invariants: V1 a value is JSON and is never changed, so parts of the scope are handed on without copying.
//             V2 every operation whose work grows with its operands spends fuel before it works.
//             V3 a number is a JSON number; one that cannot be exact is a fault, never a silent rounding.
import type { Json } from './json.ts';

/** What is wrong with an expression or its evaluation. `start` and `end` are offsets into its text. */
export class ExpressionFault extends Error {
  readonly start: number;
  readonly end: number;
  constructor(message: string, at: { readonly start: number; readonly end: number }) {
    super(message);
    this.start = at.start;
    this.end = at.end;
  }
}

/** Not a fault: `||`, `&&` and `exists` forgive faults, but an evaluation that ran out of fuel is over. */
export class FuelSpent extends Error {}

/** Evaluating one node of an expression costs 1; so does looking at one element or at 64 characters. */
const evaluationFuel = 1_000_000;
/** A text that an expression builds holds at most this many characters. */
export const textLengthMax = 1_048_576;
const charactersPerFuel = 64;

export class Fuel {
  #left = evaluationFuel;

  spend(amount: number): void {
    this.#left -= amount;
    if (this.#left < 0) {
      throw new FuelSpent(`takes more than ${evaluationFuel} steps; work on a shorter list or move the work to a task`);
    }
  }

  /** Making a fault costs far more than a step, so forgiving one does too. */
  spendOnFault(): void {
    this.spend(100);
  }

  spendOnText(length: number): void {
    this.spend(Math.ceil(length / charactersPerFuel));
  }
}

export type JsonObject = { readonly [key: string]: Json };

export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

export function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object's own value under `name`; undefined when it has none, or when `value` is not an object. */
export function findField(value: Json, name: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

export function typeName(value: Json): string {
  if (value === null) return 'null';
  if (isList(value)) return 'a list';
  if (typeof value === 'string') return 'a text';
  if (typeof value === 'number') return 'a number';
  return typeof value === 'boolean' ? 'a boolean' : 'an object';
}

/** A value as messages show it: short, whatever it holds. */
export function show(value: Json): string {
  if (isList(value)) return `a list of ${value.length}`;
  if (isObject(value)) return `an object with ${showNames(Object.keys(value), 'key')}`;
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
}

const namesShownMax = 12;

export function showNames(names: readonly string[], noun: string): string {
  if (names.length === 0) return `no ${noun}s`;
  const shown = names.slice(0, namesShownMax).join(', ');
  return names.length > namesShownMax
    ? `${noun}s ${shown} and ${names.length - namesShownMax} more`
    : `${noun}s ${shown}`;
}

export function equalValues(left: Json, right: Json, fuel: Fuel): boolean {
  fuel.spend(1);
  if (left === right) return true;
  if (isList(left) && isList(right)) {
    return left.length === right.length && left.every((item, index) => equalValues(item, right[index] ?? null, fuel));
  }
  if (isObject(left) && isObject(right)) {
    const keys = Object.keys(left);
    if (keys.length !== Object.keys(right).length) return false;
    return keys.every((key) => Object.hasOwn(right, key) && equalValues(left[key] ?? null, right[key] ?? null, fuel));
  }
  return false;
}

/** Less than 0, 0 or more than 0 for two numbers or two texts; undefined for anything else. */
export function orderValues(left: Json, right: Json): number | undefined {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left !== 'string' || typeof right !== 'string') return undefined;
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** Keys in the order of their characters: stores may keep an object's keys in an order of their own. */
export function sortedKeys(value: JsonObject): string[] {
  return Object.keys(value).sort();
}

/** How a value reads inside a text: texts as they are, null as nothing, lists and objects as JSON. */
export function toText(value: Json): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The length of the value's JSON, roughly; stops counting once it passes `max`. */
export function sizeOf(value: Json, max: number): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 5;
  let size = 2;
  for (const [key, item] of Object.entries(value)) {
    size += (isList(value) ? 1 : key.length + 4) + sizeOf(item, max - size);
    if (size > max) return size;
  }
  return size;
}
