// How Bedrock says that a request breaks its rules.

import { ShapeViolation, type Shape } from '../core/shape.ts';
import { VendorError } from '../core/vendor-error.ts';

/** The type stands in a header, the message in the body. */
export function refusal(status: number, type: string, message: string): VendorError {
  return new VendorError(status, message, { type, headers: { 'x-amzn-errortype': type } });
}

export const invalid = (message: string): VendorError => refusal(400, 'ValidationException', message);

export function checkShape(shape: Shape, value: unknown): void {
  try {
    shape(value, [], { unknownFields: 'refuse' });
  } catch (error) {
    if (!(error instanceof ShapeViolation)) throw error;
    const { breach, path } = error;
    const at = path.join('.');
    throw breach.why === 'unknown'
      ? invalid(`The model returned the following errors: ${at}: Extra inputs are not permitted`)
      : invalid(
          `1 validation error detected: Value at '${at}' failed to satisfy constraint: ${JSON.stringify(breach)}`,
        );
  }
}
