// Turns an answer that is no success, or no answer at all, into an `UpstreamFailure` of the failure table.
//
// A key never appears in what is made here: providers repeat parts of it in their messages.

import { UpstreamFailure, type FailureKind } from '@chorale/module-models';
import { networkTable } from './fault-table.ts';
import { findFaultRow, readFaultBody, type FaultyAnswer } from './find-fault-row.ts';
import { readRetryAfter } from './retry-after.ts';

export interface FaultContext {
  /** Whom the message names, e.g. the id of the deployment. */
  readonly who: string;
  readonly nowMs: number;
  /** What must not appear anywhere. */
  readonly secret?: string | undefined;
}

const messageLengthMax = 500;

export function failureOfAnswer(answer: FaultyAnswer, context: FaultContext): UpstreamFailure {
  const said = readFaultBody(answer);
  const kind = findFaultRow(answer.status, said)?.kind ?? kindWithoutRow(answer.status);
  const retryAfterMs = waits.has(kind) ? readRetryAfter(answer.headers, answer.body, context.nowMs) : undefined;
  const message = redact(said.message, context.secret).slice(0, messageLengthMax);
  const status = answer.status === undefined ? 'in the stream' : `status ${answer.status}`;
  return new UpstreamFailure(kind, `${context.who}: ${message === '' ? 'no message' : message} (${status})`, {
    ...(answer.status === undefined ? {} : { status: answer.status }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

const waits: ReadonlySet<FailureKind> = new Set([
  'rate-limited',
  'overloaded',
  'quota-exhausted',
  'credit-exhausted',
  'server-error',
]);

function kindWithoutRow(status: number | undefined): FailureKind {
  if (status === undefined || status >= 500) return 'server-error';
  return status >= 400 ? 'invalid-request' : 'malformed';
}

/** An error of Node or undici: the connection, the name, TLS, the HTTP parser. */
export function failureOfNetwork(error: unknown, context: FaultContext): UpstreamFailure {
  if (error instanceof UpstreamFailure) return error;
  const code = codeOf(error);
  const row = networkTable.find((row) => row.codes.test(code));
  const means = row?.means ?? (error instanceof Error ? redact(error.message, context.secret) : 'unknown error');
  return new UpstreamFailure(row?.kind ?? 'connection', `${context.who}: ${means}${code === '' ? '' : ` (${code})`}`, {
    cause: error,
  });
}

function codeOf(error: unknown): string {
  for (let current = error, depth = 0; current instanceof Error && depth < 8; current = current.cause, depth++) {
    const code = (current as Error & { code?: unknown }).code;
    if (typeof code === 'string') return code;
    // Some of undici's parser errors have a name and no code.
    if (current.name === 'HTTPParserError') return 'HPE_INVALID';
  }
  return '';
}

/** Also what only looks like a key: vendors show its beginning and end with stars between. */
export function redact(text: string, secret: string | undefined): string {
  const without = secret === undefined || secret === '' ? text : text.replaceAll(secret, '[key]');
  return without.replaceAll(/\b(sk|pk|rk|gsk|xai|nvapi|key|AIza|ABSK|Bearer)[-_ ]?[\w*.+/=-]{8,}/g, (found) =>
    /[\d*]/.test(found) ? '[key]' : found,
  );
}
