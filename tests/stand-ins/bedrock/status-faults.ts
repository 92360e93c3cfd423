// The bodies with which Bedrock refuses for reasons other than the request.

import type { StatusFault } from '../core/fault.ts';
import type { VendorState } from '../core/protocol.ts';
import type { VendorError } from '../core/vendor-error.ts';
import { invalid, refusal } from './invalid.ts';

const serverErrors = {
  500: [
    'InternalServerException',
    'The system encountered an unexpected error during processing. Try your request again.',
  ],
  502: ['InternalServerException', 'Bad gateway'],
  503: ['ServiceUnavailableException', 'Bedrock is unable to process your request.'],
  504: ['ModelTimeoutException', 'Model has timed out in processing the request. Try your request again.'],
  529: ['ServiceUnavailableException', 'Too many connections, please wait before trying again.'],
} as const;

export function describeBedrockFault(fault: StatusFault, model: string, state: VendorState): VendorError {
  switch (fault.kind) {
    case 'rate-limited':
      return refusal(429, 'ThrottlingException', 'Too many tokens, please wait before trying again.');
    case 'quota':
      return refusal(429, 'ThrottlingException', 'Too many tokens per day, please wait before trying again.');
    case 'billing-limit':
      return refusal(400, 'ValidationException', 'Your account has reached your monthly spend limit.');
    case 'payment-required':
      return refusal(402, 'AccessDeniedException', 'Your account has insufficient funds.');
    case 'unauthorized':
      return refusal(403, 'UnrecognizedClientException', 'The security token included in the request is invalid.');
    case 'forbidden':
      return refusal(403, 'AccessDeniedException', "You don't have access to the model with the specified model ID.");
    case 'not-found':
      return unknownModel(model);
    case 'context-length':
      return tooLong(state.models.get(model)?.contextTokens ?? 200_000);
    case 'content-policy':
      return refusal(400, 'ValidationException', 'The request was blocked by a content filter.');
    case 'server-error': {
      const status = fault.status ?? 500;
      const [type, message] = serverErrors[status];
      return refusal(status, type, message);
    }
  }
}

export function unknownModel(model: string): VendorError {
  return invalid(`The provided model identifier is invalid: ${model}`);
}

export function tooLong(tokensMax: number): VendorError {
  return invalid(`Input is too long for requested model: the prompt exceeds the maximum of ${tokensMax} tokens.`);
}
