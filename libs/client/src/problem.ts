// How the server says no: RFC 9457 problem details, with what a program needs in order to decide what to do next.
import type { Json } from './json.ts';

/** `refused` is the caller's to mend, `temporary` is worth another try, `broken` is a defect of the server. */
export type ErrorFamily = 'refused' | 'temporary' | 'broken';

/** A failure as it is kept with a task or a goal. */
export interface Failure {
  readonly family: ErrorFamily;
  /** Stable: what programs compare. */
  readonly code: string;
  readonly message: string;
  readonly action?: string;
  readonly retryAfterMs?: number;
  readonly data?: { readonly [key: string]: Json };
  /** The number this failure has on the wire of older clients, such as 4201 for AGENT_TIMEOUT. */
  readonly wireCode?: number;
}

/** One mistake in a request: where it is and what is wrong there. */
export interface ProblemIssue {
  /** `body.inputs.depth`, `query.limit`, or `header.If-Match`. */
  readonly at: string;
  readonly message: string;
}

/** The body of every answer of 400 and above, as `application/problem+json`. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The request's id, to find it in the server's log. */
  readonly instance: string;
  readonly code: string;
  readonly family: ErrorFamily;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  /** What can be done about it, in one sentence. */
  readonly action?: string;
  readonly issues?: readonly ProblemIssue[];
  readonly data?: { readonly [key: string]: Json };
  readonly wireCode?: number;
  readonly wireName?: string;
}

export type ClientErrorKind =
  /** The server answered with a problem. */
  | 'problem'
  /** No answer: refused, reset or timed out. */
  | 'unreachable'
  /** An answer that is not one of Chorale's: usually another program or a proxy on that address. */
  | 'foreign-answer';

/** Every failed call of the client, except an abort by the caller's own signal, which passes through as it is. */
export class ClientError extends Error {
  readonly kind: ClientErrorKind;
  readonly problem: Problem | undefined;

  constructor(kind: ClientErrorKind, message: string, details: { problem?: Problem; cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'ClientError';
    this.kind = kind;
    this.problem = details.problem;
  }

  /** The problem's stable code; `unreachable` or `foreign-answer` when there is no problem. */
  get code(): string {
    return this.problem?.code ?? this.kind;
  }

  get status(): number | undefined {
    return this.problem?.status;
  }

  get retryable(): boolean {
    return this.problem?.retryable ?? this.kind === 'unreachable';
  }
}
