// The bodies with which Anthropic refuses for reasons other than the request.

import type { StatusFault } from '../core/fault.ts';
import type { VendorState } from '../core/protocol.ts';
import { VendorError } from '../core/vendor-error.ts';

const secondMs = 1_000;
const dayMs = 86_400_000;

function rateLimited(fault: Extract<StatusFault, { kind: 'rate-limited' }>): VendorError {
  const waitMs = fault.retryAfterMs ?? secondMs;
  return new VendorError(
    429,
    "This request would exceed your organization's rate limit of 50 requests per minute. For details, refer to: https://docs.claude.com/en/api/rate-limits. You can see the response headers for current usage.",
    {
      type: 'rate_limit_error',
      headers: {
        ...(fault.retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(waitMs / secondMs)) }),
        ...(fault.resetHeaders === true
          ? {
              'anthropic-ratelimit-requests-limit': '50',
              'anthropic-ratelimit-requests-remaining': '0',
              'anthropic-ratelimit-requests-reset': new Date(Date.now() + waitMs).toISOString(),
            }
          : {}),
      },
    },
  );
}

const serverErrors = {
  500: { type: 'api_error', message: 'Internal server error' },
  502: { type: 'api_error', message: 'Bad gateway' },
  503: { type: 'api_error', message: 'Service unavailable' },
  504: { type: 'timeout_error', message: 'Request timed out' },
  529: { type: 'overloaded_error', message: 'Overloaded' },
} as const;

/** Each body as the vendor has it. */
export function describeAnthropicFault(fault: StatusFault, model: string, state: VendorState): VendorError {
  switch (fault.kind) {
    case 'rate-limited':
      return rateLimited(fault);
    case 'quota': {
      const until = new Date(Date.now() + dayMs).toISOString().slice(0, 10);
      return new VendorError(
        400,
        `You have reached your specified API usage limits. You will regain access on ${until} at 00:00 UTC.`,
        { type: 'invalid_request_error' },
      );
    }
    case 'billing-limit':
      return new VendorError(
        400,
        'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
        { type: 'invalid_request_error' },
      );
    case 'payment-required':
      return new VendorError(402, 'There is a problem with your billing or payment information.', {
        type: 'billing_error',
      });
    case 'unauthorized':
      return new VendorError(401, 'invalid x-api-key', { type: 'authentication_error' });
    case 'forbidden':
      return new VendorError(403, 'Your API key does not have permission to use the specified resource.', {
        type: 'permission_error',
      });
    case 'not-found':
      return unknownModel(model);
    case 'context-length':
      return promptTooLong(state.models.get(model)?.contextTokens ?? 200_000, 1_000_000);
    case 'content-policy':
      return new VendorError(400, 'Output blocked by content filtering policy', { type: 'invalid_request_error' });
    case 'server-error': {
      const status = fault.status ?? 500;
      return new VendorError(status, serverErrors[status].message, { type: serverErrors[status].type });
    }
  }
}

export function unknownModel(model: string): VendorError {
  return new VendorError(404, `model: ${model}`, { type: 'not_found_error' });
}

export function promptTooLong(tokensMax: number, tokens: number): VendorError {
  return new VendorError(400, `prompt is too long: ${tokens} tokens > ${tokensMax} maximum`, {
    type: 'invalid_request_error',
  });
}
