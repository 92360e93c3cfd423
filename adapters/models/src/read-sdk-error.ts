// What the provider packages throw, or put into a stream as an error, as an `UpstreamFailure`.

import { UpstreamFailure, type FailureKind } from '@chorale/module-models';
import type { LaneCall } from './open-upstream.ts';
import { failureOfAnswer, redact } from './read-fault.ts';

const kindByName: Readonly<Record<string, FailureKind>> = {
  AI_UnsupportedFunctionalityError: 'unsupported',
  AI_InvalidPromptError: 'invalid-request',
  AI_InvalidArgumentError: 'invalid-request',
};

interface SdkError {
  readonly name: string;
  readonly message: string;
  readonly statusCode?: number;
  readonly responseBody?: string;
  readonly data?: unknown;
}

const causesMax = 8;

export function failureOfSdk(error: unknown, lane: LaneCall): UpstreamFailure {
  for (let current: unknown = error, depth = 0; current instanceof Error && depth < causesMax; depth++) {
    if (current instanceof UpstreamFailure) return current;
    current = current.cause;
  }
  if (typeof error === 'string') return inStream({ error: { message: error } }, lane);
  if (typeof error !== 'object' || error === null) return malformed('an error without words', lane);
  if (!(error instanceof Error)) return inStream('error' in error ? error : { error }, lane);

  const { name, message, statusCode, responseBody, data }: SdkError = error;
  const known = kindByName[name];
  if (known !== undefined)
    return new UpstreamFailure(known, `${lane.context.who}: ${redact(message, lane.context.secret)}`);
  if (/ended without a finish reason/.test(message)) return brokenOff(lane);
  // An error that the package read from the stream itself before anything of the answer.
  if (name === 'AI_APICallError' && (data !== undefined || (responseBody ?? '') !== '')) {
    const body = data === undefined ? (responseBody ?? '') : JSON.stringify({ error: data });
    const failed = statusCode !== undefined && statusCode >= 400;
    return failureOfAnswer({ status: failed ? statusCode : undefined, headers: {}, body }, lane.faults());
  }
  return malformed(message, lane);
}

/** A stream that ends without saying why. */
export function brokenOff(lane: LaneCall): UpstreamFailure {
  return new UpstreamFailure('connection', `${lane.context.who}: the stream broke off before the end of the answer`);
}

function inStream(body: object, lane: LaneCall): UpstreamFailure {
  return failureOfAnswer({ status: undefined, headers: {}, body: JSON.stringify(body) }, lane.faults());
}

function malformed(message: string, lane: LaneCall): UpstreamFailure {
  const words = redact(message, lane.context.secret).split('\n')[0]?.slice(0, 200) ?? '';
  return new UpstreamFailure('malformed', `${lane.context.who}: the answer is not the wire format: ${words}`);
}
