// Checks arguments against a JSON Schema (2020-12) and says every mistake in words a person or a model can act on.

import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import type { Json } from '@chorale/module-goals';

export interface CheckedArguments {
  /** A copy with the schema's defaults filled in. */
  readonly value: Json;
  /** Empty when the arguments fit. */
  readonly mistakes: readonly string[];
}

export type ArgumentCheck = (args: Json) => CheckedArguments;

const mistakesMax = 20;

// Not strict: tools of others bring schemas with keywords of their own, which must not keep them from being used.
const settings = { allErrors: true, strict: false, useDefaults: true, validateFormats: false };

type Schema = { readonly [key: string]: Json };

/** What it compiles is gone with it: for schemas that come and go. */
export function createArgumentCompiler(): (schema: Schema) => ArgumentCheck {
  const ajv = new Ajv2020(settings);
  return (schema) => compile(ajv, schema);
}

function compile(ajv: Ajv2020, schema: Schema): ArgumentCheck {
  const validate = ajv.compile(schema);
  return (args) => {
    const value = JSON.parse(JSON.stringify(args)) as Json;
    if (validate(value)) return { value, mistakes: [] };
    const mistakes = (validate.errors ?? []).map(describeMistake);
    return { value, mistakes: [...new Set(mistakes)].slice(0, mistakesMax) };
  };
}

function describeMistake(error: ErrorObject): string {
  const path = error.instancePath.slice(1).replaceAll('/', '.');
  const at = path === '' ? 'the arguments' : `\`${path}\``;
  const within = path === '' ? '' : `${path}.`;
  const params = error.params as Readonly<Record<string, unknown>>;
  switch (error.keyword) {
    case 'required':
      return `\`${within}${String(params['missingProperty'])}\` is missing`;
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return `\`${within}${String(params['additionalProperty'] ?? params['unevaluatedProperty'])}\` is not known`;
    case 'enum':
      return `${at} must be one of ${(params['allowedValues'] as readonly unknown[]).map((item) => JSON.stringify(item)).join(', ')}`;
    case 'const':
      return `${at} must be ${JSON.stringify(params['allowedValue'])}`;
    default:
      return `${at} ${error.message ?? `breaks the rule ${error.keyword}`}`;
  }
}
