// How OpenAI says that a request breaks its rules.

import { bracketPath, ShapeViolation, type Shape, type ShapeRules } from '../core/shape.ts';
import { VendorError } from '../core/vendor-error.ts';

export function invalid(message: string, param: string | null, code: string | null = null): VendorError {
  return new VendorError(400, message, { type: 'invalid_request_error', param, code });
}

export function invalidValue(param: string, detail: string): VendorError {
  return invalid(`Invalid value for '${param}': ${detail}`, param, 'invalid_value');
}

const quoted = (values: readonly unknown[]): string => {
  const words = values.map((value) => `'${String(value)}'`);
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')}, and ${words.at(-1)}`;
};

function said({ path, breach }: ShapeViolation): VendorError {
  const at = bracketPath(path);
  switch (breach.why) {
    case 'missing':
      return invalid(`Missing required parameter: '${at}'.`, at, 'missing_required_parameter');
    case 'unknown':
      return invalid(`Unknown parameter: '${at}'.`, at, 'unknown_parameter');
    case 'type':
      return invalid(
        `Invalid type for '${at}': expected ${breach.expected}, but got ${breach.found} instead.`,
        at,
        'invalid_type',
      );
    case 'value':
      return invalid(
        `Invalid value: '${String(breach.found)}'. Supported values are: ${quoted(breach.allowed)}.`,
        at,
        'invalid_value',
      );
    case 'long':
      return invalid(
        `Invalid '${at}': ${breach.what} too long. Expected ${breach.what === 'string' ? 'a' : 'an'} ${breach.what} with maximum length ${breach.max}, but got ${breach.what === 'string' ? 'a' : 'an'} ${breach.what} with length ${breach.found} instead.`,
        at,
        breach.what === 'string' ? 'string_above_max_length' : 'array_above_max_length',
      );
    case 'short':
      return invalid(
        `Invalid '${at}': empty ${breach.what}. Expected ${breach.what === 'string' ? 'a' : 'an'} ${breach.what} with minimum length ${breach.min}, but got an empty ${breach.what} instead.`,
        at,
        breach.what === 'string' ? 'empty_string' : 'empty_array',
      );
    case 'pattern':
      return invalid(
        `Invalid '${at}': string does not match pattern. Expected a string that matches the pattern '${breach.pattern}'.`,
        at,
        'invalid_value',
      );
    case 'range': {
      const below = breach.min !== undefined && breach.found < breach.min;
      return invalid(
        `Invalid '${at}': ${below ? 'decimal below minimum' : 'decimal above maximum'} value. Expected a value ${below ? '>=' : '<='} ${below ? breach.min : breach.max}, but got ${breach.found} instead.`,
        at,
        below ? 'decimal_below_min_value' : 'decimal_above_max_value',
      );
    }
  }
}

export function checkShape(shape: Shape, value: unknown, rules: ShapeRules): void {
  try {
    shape(value, [], rules);
  } catch (error) {
    throw error instanceof ShapeViolation ? said(error) : error;
  }
}
