// Errors in OpenAI's own shape: what its client libraries read, and what decides whether they try again.
import { ChoraleError } from '@chorale/lib-errors';
import { toProblem } from '../api/problem.ts';

export interface OpenAiError {
  readonly status: number;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly body: { readonly error: OpenAiErrorBody };
}

export interface OpenAiErrorBody {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

/** Where OpenAI has a code of its own for the same thing, clients compare that one. */
const codes: Readonly<Record<string, string>> = {
  'model-key-invalid': 'invalid_api_key',
  'model-key-missing': 'invalid_api_key',
  'model-unknown': 'model_not_found',
  'budget-exhausted': 'insufficient_quota',
  'context-too-long': 'context_length_exceeded',
  'content-refused': 'content_policy_violation',
  'route-not-found': 'unknown_url',
  'parameter-unsupported': 'unsupported_parameter',
};

function typeOf(status: number, code: string): string {
  if (code === 'budget-exhausted') return 'insufficient_quota';
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}

export function toOpenAiError(error: unknown, requestId: string): OpenAiError {
  const { status, detail, code, action, retryable, retryAfterMs } = toProblem(error, requestId);
  const param = error instanceof ChoraleError ? error.data?.['param'] : undefined;
  return {
    status,
    retryable,
    retryAfterMs,
    body: {
      error: {
        message: action === undefined ? detail : `${sentence(detail)} ${sentence(action)}`,
        type: typeOf(status, code),
        param: typeof param === 'string' ? param : null,
        code: codes[code] ?? code.replaceAll('-', '_'),
      },
    },
  };
}

function sentence(action: string): string {
  const text = action.charAt(0).toUpperCase() + action.slice(1);
  return text.endsWith('.') ? text : `${text}.`;
}
