// How Anthropic says that a request breaks its rules.

import { ShapeViolation, type Path, type Shape } from '../core/shape.ts';
import { VendorError } from '../core/vendor-error.ts';

export function invalid(message: string): VendorError {
  return new VendorError(400, message, { type: 'invalid_request_error' });
}

export function invalidAt(path: Path, message: string): VendorError {
  return invalid(`${path.join('.')}: ${message}`);
}

function said({ breach }: ShapeViolation): string {
  switch (breach.why) {
    case 'missing':
      return 'Field required';
    case 'unknown':
      return 'Extra inputs are not permitted';
    case 'type':
      return `Input should be ${breach.expected === 'a string' ? 'a valid string' : breach.expected === 'an array' ? 'a valid list' : breach.expected === 'an object' ? 'an object' : breach.expected.replace(/^an? /, 'a valid ')}`;
    case 'value':
      return `Input should be ${breach.allowed.map((value) => `'${String(value)}'`).join(' or ')}`;
    case 'long':
      return breach.what === 'string'
        ? `String should have at most ${breach.max} characters`
        : `List should have at most ${breach.max} items after validation, not ${breach.found}`;
    case 'short':
      return breach.what === 'string'
        ? `String should have at least ${breach.min} character${breach.min === 1 ? '' : 's'}`
        : `List should have at least ${breach.min} item${breach.min === 1 ? '' : 's'} after validation, not ${breach.found}`;
    case 'pattern':
      return `String should match pattern '${breach.pattern}'`;
    case 'range':
      return breach.min !== undefined && breach.found < breach.min
        ? `Input should be greater than or equal to ${breach.min}`
        : `Input should be less than or equal to ${breach.max}`;
  }
}

export function checkShape(shape: Shape, value: unknown): void {
  try {
    shape(value, [], { unknownFields: 'refuse' });
  } catch (error) {
    throw error instanceof ShapeViolation ? invalidAt(error.path, said(error)) : error;
  }
}
