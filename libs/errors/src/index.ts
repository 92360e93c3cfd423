// Every failure belongs to one of three families, because an orchestrator must decide what to do with it:
// refused (the caller's fault, never retried), temporary (retried), broken (our bug: stop this unit of work, alert).

export type ErrorFamily = 'refused' | 'temporary' | 'broken';

export interface ErrorDetails {
  /** What the caller can do about it, in one sentence. */
  readonly action?: string;
  /** Shortest sensible wait before a retry, in milliseconds. Only meaningful for `temporary`. */
  readonly retryAfterMs?: number;
  /** Facts for machines: what was found, where. Never a secret. */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** The base of all errors that cross a module's border. `code` is stable and is what programs compare. */
export class ChoraleError extends Error {
  readonly family: ErrorFamily;
  readonly code: string;
  readonly action: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly data: Readonly<Record<string, unknown>> | undefined;

  constructor(record: ErrorRecord & ErrorDetails) {
    super(record.message, record.cause === undefined ? undefined : { cause: record.cause });
    this.name = 'ChoraleError';
    this.family = record.family;
    this.code = record.code;
    this.action = record.action;
    this.retryAfterMs = record.retryAfterMs;
    this.data = record.data;
  }
}

export function refused(code: string, message: string, details?: ErrorDetails): ChoraleError {
  return new ChoraleError({ ...details, family: 'refused', code, message });
}

export function temporary(code: string, message: string, details?: ErrorDetails): ChoraleError {
  return new ChoraleError({ ...details, family: 'temporary', code, message });
}

export function broken(code: string, message: string, details?: ErrorDetails): ChoraleError {
  return new ChoraleError({ ...details, family: 'broken', code, message });
}

/** An error as plain data: what crosses a thread, a process or a row. */
export interface ErrorRecord {
  readonly family: ErrorFamily;
  readonly code: string;
  readonly message: string;
  readonly action?: string;
  readonly retryAfterMs?: number;
  readonly data?: Readonly<Record<string, unknown>>;
}

export function toErrorRecord(error: unknown): ErrorRecord {
  if (error instanceof ChoraleError) {
    return {
      family: error.family,
      code: error.code,
      message: error.message,
      ...(error.action === undefined ? {} : { action: error.action }),
      ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
      ...(error.data === undefined ? {} : { data: error.data }),
    };
  }
  return { family: 'broken', code: 'internal', message: error instanceof Error ? error.message : String(error) };
}

export function fromErrorRecord(record: ErrorRecord): ChoraleError {
  return new ChoraleError(record);
}

/** Ends a `switch` over a union: compiles only while every case is handled. */
export function unreachable(value: never): never {
  throw broken('internal', `unexpected value ${JSON.stringify(value)}`);
}
