// The form of a workflow's inputs: what is typed, and the JSON it stands for.
import type { InputDefinition, Json } from '@chorale/lib-client';

export type InputDefinitions = { readonly [name: string]: InputDefinition };

/** What stands in the fields: text for all but booleans. */
export type TypedInputs = { readonly [name: string]: string | boolean };

export interface ReadInputs {
  readonly inputs: { readonly [name: string]: Json };
  /** By input name; empty when everything can be sent. */
  readonly errors: { readonly [name: string]: string };
}

export function firstTypedInputs(definitions: InputDefinitions): TypedInputs {
  return Object.fromEntries(
    Object.entries(definitions).map(([name, { type, default: fallback }]) => {
      if (type === 'boolean') return [name, fallback === true];
      if (fallback === undefined) return [name, ''];
      return [name, typeof fallback === 'string' ? fallback : JSON.stringify(fallback, undefined, 2)];
    }),
  );
}

/** An empty field is left out, so that the workflow's default holds. */
export function readTypedInputs(definitions: InputDefinitions, typed: TypedInputs): ReadInputs {
  const inputs: Record<string, Json> = {};
  const errors: Record<string, string> = {};
  for (const [name, definition] of Object.entries(definitions)) {
    const value = typed[name] ?? '';
    if (value === '') {
      if (isRequired(definition)) errors[name] = 'This input is needed.';
      continue;
    }
    const read = readTyped(definition.type, value);
    if ('error' in read) errors[name] = read.error;
    else inputs[name] = read.value;
  }
  return { inputs, errors };
}

export function isRequired(definition: InputDefinition): boolean {
  return definition.required === true && definition.default === undefined;
}

type ReadValue = { readonly value: Json } | { readonly error: string };

function readTyped(type: InputDefinition['type'], typed: string | boolean): ReadValue {
  if (typeof typed === 'boolean' || type === 'string') return { value: typed };
  if (type === 'number') {
    const value = Number(typed);
    return typed.trim() !== '' && Number.isFinite(value) ? { value } : { error: `“${typed}” is not a number.` };
  }
  return type === 'list' ? readList(typed) : readObject(typed);
}

/** A JSON list, or one entry a line. */
function readList(typed: string): ReadValue {
  if (!typed.trimStart().startsWith('[')) {
    return {
      value: typed
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== ''),
    };
  }
  const read = parseJson(typed);
  return 'value' in read && !Array.isArray(read.value) ? { error: 'This is not a list.' } : read;
}

function readObject(typed: string): ReadValue {
  const read = parseJson(typed);
  const isObject =
    'value' in read && read.value !== null && typeof read.value === 'object' && !Array.isArray(read.value);
  return 'error' in read || isObject ? read : { error: 'This is not a JSON object such as {"key": "value"}.' };
}

export function parseJson(text: string): ReadValue {
  try {
    return { value: JSON.parse(text) as Json };
  } catch (error) {
    return { error: `This is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}
