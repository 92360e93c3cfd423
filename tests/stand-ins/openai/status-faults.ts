// The bodies with which OpenAI, and servers of its format, refuse for reasons other than the request.

import type { StatusFault } from '../core/fault.ts';
import type { VendorState } from '../core/protocol.ts';
import { VendorError } from '../core/vendor-error.ts';

const secondMs = 1_000;

function rateLimited(fault: Extract<StatusFault, { kind: 'rate-limited' }>, model: string): VendorError {
  const seconds = (fault.retryAfterMs ?? secondMs) / secondMs;
  return new VendorError(
    429,
    `Rate limit reached for ${model} in organization org-standin on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in ${seconds}s. Visit https://platform.openai.com/account/rate-limits to learn more.`,
    {
      type: 'requests',
      code: 'rate_limit_exceeded',
      headers: {
        ...(fault.retryAfterMs === undefined
          ? {}
          : { 'retry-after': String(Math.ceil(seconds)), 'retry-after-ms': String(fault.retryAfterMs) }),
        ...(fault.resetHeaders === true
          ? {
              'x-ratelimit-limit-requests': '3',
              'x-ratelimit-remaining-requests': '0',
              'x-ratelimit-reset-requests': `${seconds}s`,
            }
          : {}),
      },
    },
  );
}

/** Each body as the vendor has it. */
export function describeOpenaiFault(fault: StatusFault, model: string, state: VendorState): VendorError {
  switch (fault.kind) {
    case 'rate-limited':
      return rateLimited(fault, model);
    case 'quota':
      return new VendorError(
        429,
        'You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.',
        { type: 'insufficient_quota', code: 'insufficient_quota' },
      );
    case 'billing-limit':
      return new VendorError(400, 'Billing hard limit has been reached', {
        type: 'invalid_request_error',
        code: 'billing_hard_limit_reached',
      });
    case 'payment-required':
      return new VendorError(402, 'Insufficient Balance', { type: 'unknown_error', code: 'invalid_request_error' });
    case 'unauthorized':
      return new VendorError(
        401,
        'Incorrect API key provided: sk-***. You can find your API key at https://platform.openai.com/account/api-keys.',
        { type: 'invalid_request_error', code: 'invalid_api_key' },
      );
    case 'forbidden':
      return new VendorError(403, `Project \`proj_standin\` does not have access to model \`${model}\``, {
        type: 'invalid_request_error',
        code: 'model_not_found',
      });
    case 'not-found':
      return unknownModel(model);
    case 'context-length':
      return contextTooLong(state.models.get(model)?.contextTokens ?? 128_000, 1_000_000);
    case 'content-policy':
      return new VendorError(
        400,
        'Invalid prompt: your prompt was flagged as potentially violating our usage policy. Please try again with a different prompt.',
        { type: 'invalid_request_error', code: 'invalid_prompt' },
      );
    case 'server-error':
      return new VendorError(
        fault.status ?? 500,
        fault.status === 503
          ? 'The engine is currently overloaded, please try again later'
          : 'The server had an error while processing your request. Sorry about that!',
        { type: fault.status === 503 ? 'service_unavailable_error' : 'server_error' },
      );
  }
}

export function unknownModel(model: string): VendorError {
  return new VendorError(404, `The model \`${model}\` does not exist or you do not have access to it.`, {
    type: 'invalid_request_error',
    code: 'model_not_found',
  });
}

export function contextTooLong(tokensMax: number, tokens: number): VendorError {
  return new VendorError(
    400,
    `This model's maximum context length is ${tokensMax} tokens. However, your messages resulted in ${tokens} tokens. Please reduce the length of the messages.`,
    { type: 'invalid_request_error', param: 'messages', code: 'context_length_exceeded' },
  );
}
