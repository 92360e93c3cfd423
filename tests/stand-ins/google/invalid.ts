// How Google says that a request breaks its rules.

import { bracketPath, ShapeViolation, type Path, type Shape } from '../core/shape.ts';
import { VendorError } from '../core/vendor-error.ts';

export function invalid(message: string, details: readonly unknown[] = []): VendorError {
  return new VendorError(400, message, { type: 'INVALID_ARGUMENT', details });
}

/** The vendor names fields as its own definitions do. */
const snake = (path: Path): string => bracketPath(path).replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

export function invalidField(path: Path, message: string): VendorError {
  return invalid(`* GenerateContentRequest.${snake(path)}: ${message}\n`);
}

function violation(field: string, description: string): VendorError {
  return invalid(`Invalid JSON payload received. ${description}`, [
    { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field, description }] },
  ]);
}

function said({ path, breach }: ShapeViolation): VendorError {
  const at = snake(path);
  const within = snake(path.slice(0, -1));
  switch (breach.why) {
    case 'missing':
      return invalidField(path, `${String(path.at(-1))} is not specified`);
    case 'unknown':
      return violation(
        within,
        `Unknown name "${String(path.at(-1))}"${within === '' ? '' : ` at '${within}'`}: Cannot find field.`,
      );
    case 'type':
      return violation(at, `Invalid value at '${at}': expected ${breach.expected}, found ${breach.found}.`);
    case 'value':
      return at.endsWith('role')
        ? invalid('Please use a valid role: user, model.')
        : violation(at, `Invalid value at '${at}': ${JSON.stringify(breach.found)}`);
    case 'long':
      return invalidField(path, `at most ${breach.max} allowed, found ${breach.found}`);
    case 'short':
      return invalidField(path, `${String(path.at(-1))} is not specified`);
    case 'pattern':
      return invalidField(
        path,
        'Invalid function name. Must start with a letter or an underscore. Must be alphameric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 128.',
      );
    case 'range':
      return invalidField(path, `${breach.found} is outside of the supported range`);
  }
}

export function checkShape(shape: Shape, value: unknown): void {
  try {
    shape(value, [], { unknownFields: 'refuse' });
  } catch (error) {
    throw error instanceof ShapeViolation ? said(error) : error;
  }
}
