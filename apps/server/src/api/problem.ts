// Turns whatever was thrown into problem details (RFC 9457).
//
// Invariants: PR1 a defect's own words never reach the caller: they are for the log, under the same request id.
//             PR2 nothing the caller sent in the address is repeated.
import { STATUS_CODES } from 'node:http';
import type { Json, Problem, ProblemIssue } from '@chorale/lib-client';
import { broken, ChoraleError, type ErrorFamily, refused } from '@chorale/lib-errors';
import { findWireCode, statusOfCode } from './problem-table.ts';

export const problemMediaType = 'application/problem+json; charset=utf-8';

/** For refusals that list several mistakes of one request. */
export function invalidRequest(issues: readonly ProblemIssue[]): ChoraleError {
  const [first] = issues;
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more, see issues)` : '';
  const detail = first === undefined ? 'the request does not fit this route' : `${first.at} ${first.message}${more}`;
  return refused('request-invalid', detail, {
    action: 'send what /openapi.json describes for this route',
    data: { issues },
  });
}

export function toProblem(error: unknown, requestId: string): Problem {
  const known = error instanceof ChoraleError ? error : fromFramework(error);
  const status = findStatus(known);
  const { issues, ...data } = known.data ?? {};
  const internal = known.family === 'broken';
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: internal ? 'the server has met a defect of its own; its log has more under this request' : known.message,
    instance: requestId,
    code: known.code,
    family: known.family,
    retryable: known.family === 'temporary',
    ...(known.retryAfterMs === undefined ? {} : { retryAfterMs: known.retryAfterMs }),
    ...(known.action === undefined ? {} : { action: known.action }),
    ...(issues === undefined ? {} : { issues: issues as readonly ProblemIssue[] }),
    ...(internal || Object.keys(data).length === 0 ? {} : { data: data as { readonly [key: string]: Json } }),
    ...findWireCode(known.code),
  };
}

const statusOfFamily: Readonly<Record<ErrorFamily, number>> = { refused: 422, temporary: 503, broken: 500 };

function findStatus(error: ChoraleError): number {
  const status = statusOfCode.get(error.code) ?? statusOfFamily[error.family];
  // The same code may be a passing trouble once and a defect another time: what may be tried again is never 500.
  return status === 500 && error.family === 'temporary' ? statusOfFamily.temporary : status;
}

/** Refusals of Fastify itself, by its codes. Whatever else was thrown is a defect. */
function fromFramework(error: unknown): ChoraleError {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return refused('body-too-large', 'the body is larger than this route takes');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_EMPTY_TYPE':
      return refused('media-type-unsupported', 'a body must be JSON', {
        action: 'send Content-Type: application/json',
      });
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return refused('request-malformed', 'the body is not as long as its Content-Length says');
    case 'FST_ERR_BAD_URL':
      return refused('request-malformed', 'the address holds a broken percent-encoding');
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return refused('address-too-long', 'a part of the address is longer than any name here');
    default:
      return broken('internal', error instanceof Error ? error.message : String(error), { cause: error });
  }
}
