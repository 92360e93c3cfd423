// The bodies with which Google refuses for reasons other than the request.

import type { StatusFault } from '../core/fault.ts';
import type { VendorState } from '../core/protocol.ts';
import { VendorError } from '../core/vendor-error.ts';
import { invalid } from './invalid.ts';

const secondMs = 1_000;
const googleapis = 'type.googleapis.com/google.rpc';

function exhausted(quota: string, retryAfterMs: number | undefined): VendorError {
  const delay = retryAfterMs === undefined ? '' : `\nPlease retry in ${retryAfterMs / secondMs}s.`;
  return new VendorError(
    429,
    `You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.\n* Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_requests, limit: 3${delay}`,
    {
      type: 'RESOURCE_EXHAUSTED',
      details: [
        {
          '@type': `${googleapis}.QuotaFailure`,
          violations: [
            {
              quotaMetric: 'generativelanguage.googleapis.com/generate_content_requests',
              quotaId: quota,
              quotaValue: '3',
            },
          ],
        },
        // The vendor says how long to wait in the body, not in a header.
        ...(retryAfterMs === undefined
          ? []
          : [{ '@type': `${googleapis}.RetryInfo`, retryDelay: `${retryAfterMs / secondMs}s` }]),
      ],
    },
  );
}

/** Each body as the vendor has it. */
export function describeGoogleFault(fault: StatusFault, model: string, state: VendorState): VendorError {
  switch (fault.kind) {
    case 'rate-limited':
      return exhausted('GenerateRequestsPerMinutePerProjectPerModel', fault.retryAfterMs);
    case 'quota':
      return exhausted('GenerateRequestsPerDayPerProjectPerModel', undefined);
    case 'billing-limit':
      return new VendorError(
        400,
        'Gemini API free tier is not available in your country. Please enable billing on your project in Google AI Studio.',
        {
          type: 'FAILED_PRECONDITION',
        },
      );
    case 'payment-required':
      return new VendorError(
        402,
        'Your prepayment credits are depleted. Please go to AI Studio to manage your project and billing.',
        {
          type: 'RESOURCE_EXHAUSTED',
        },
      );
    case 'unauthorized':
      return keyNotValid();
    case 'forbidden':
      return new VendorError(403, 'The caller does not have permission', { type: 'PERMISSION_DENIED' });
    case 'not-found':
      return unknownModel(model);
    case 'context-length':
      return promptTooLong(state.models.get(model)?.contextTokens ?? 1_048_576, 2_000_000);
    case 'content-policy':
      return invalid('The input was blocked because it violates the usage policies.');
    case 'server-error': {
      const status = fault.status ?? 500;
      if (status === 503 || status === 529) {
        return new VendorError(status, 'The model is overloaded. Please try again later.', { type: 'UNAVAILABLE' });
      }
      return status === 504
        ? new VendorError(504, 'Deadline expired before operation could complete.', { type: 'DEADLINE_EXCEEDED' })
        : new VendorError(
            status,
            'An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
            {
              type: 'INTERNAL',
            },
          );
    }
  }
}

/** A wrong key is a bad request here, not a 401. */
export function keyNotValid(): VendorError {
  return invalid('API key not valid. Please pass a valid API key.', [
    { '@type': `${googleapis}.ErrorInfo`, reason: 'API_KEY_INVALID', domain: 'googleapis.com' },
  ]);
}

export function unknownModel(model: string): VendorError {
  return new VendorError(
    404,
    `models/${model} is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.`,
    { type: 'NOT_FOUND' },
  );
}

export function promptTooLong(tokensMax: number, tokens: number): VendorError {
  return invalid(`The input token count (${tokens}) exceeds the maximum number of tokens allowed (${tokensMax}).`);
}
