// What can be made to go wrong, and who chooses it.

import { randomFrom } from './random-from.ts';

/** An answer with an error status; each vendor has its own body for each. */
export type StatusFault =
  | {
      readonly kind: 'rate-limited';
      /** Undefined: no Retry-After header. */
      readonly retryAfterMs?: number;
      /** Sends the headers that say when the window ends. Default false. */
      readonly resetHeaders?: boolean;
    }
  /** The quota of a day or month is used up: 429 at OpenAI and Google, 400 at Anthropic. */
  | { readonly kind: 'quota' }
  /** 400 with a body that only speaks of money. */
  | { readonly kind: 'billing-limit' }
  | { readonly kind: 'payment-required' }
  | { readonly kind: 'unauthorized' }
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'context-length' }
  | { readonly kind: 'content-policy' }
  | { readonly kind: 'server-error'; readonly status?: 500 | 502 | 503 | 504 | 529 };

/** Chunks are those of a stream; a plain answer is one chunk, cut in half where it must begin. */
export type TransportFault =
  | { readonly kind: 'reset-before-headers' }
  | { readonly kind: 'reset-after-headers' }
  | { readonly kind: 'reset-after-chunks'; readonly chunks: number }
  | { readonly kind: 'stall-before-headers' }
  | { readonly kind: 'stall-after-headers' }
  | { readonly kind: 'stall-after-chunks'; readonly chunks: number }
  /** An event, or a whole body, that is not JSON. */
  | { readonly kind: 'malformed'; readonly chunks?: number }
  /** Ends cleanly in the middle, without the mark that ends a stream. */
  | { readonly kind: 'cut-short'; readonly chunks: number }
  /** The vendor's own error event within a stream. */
  | { readonly kind: 'error-event'; readonly chunks: number }
  | { readonly kind: 'slow-drip'; readonly delayMs: number };

/** The answer is well formed, and bad. */
export type ReplyFault =
  | { readonly kind: 'truncated-arguments' }
  | { readonly kind: 'wrong-tool-name'; readonly name?: string }
  | { readonly kind: 'refusal' }
  /** Says the same until the limit of output tokens, or `times` times. */
  | { readonly kind: 'repetition'; readonly times?: number };

export type Fault = StatusFault | TransportFault | ReplyFault;

/** What a chooser of faults sees of a request. */
export interface FaultedRequest {
  /** Counts requests that passed the vendor's rules, from 1. */
  readonly no: number;
  readonly path: string;
  readonly model: string;
  readonly key: string;
  readonly stream: boolean;
  readonly body: string;
}

/** A list is used up one by one by requests for answers; `undefined` in it lets one pass. */
export type Faults = readonly (Fault | undefined)[] | ((request: FaultedRequest) => Fault | undefined);

const statusKinds: ReadonlySet<string> = new Set<StatusFault['kind']>([
  'rate-limited',
  'quota',
  'billing-limit',
  'payment-required',
  'unauthorized',
  'forbidden',
  'not-found',
  'context-length',
  'content-policy',
  'server-error',
]);
const replyKinds: ReadonlySet<string> = new Set<ReplyFault['kind']>([
  'truncated-arguments',
  'wrong-tool-name',
  'refusal',
  'repetition',
]);

export const isStatusFault = (fault: Fault | undefined): fault is StatusFault =>
  fault !== undefined && statusKinds.has(fault.kind);
export const isReplyFault = (fault: Fault | undefined): fault is ReplyFault =>
  fault !== undefined && replyKinds.has(fault.kind);
export const isTransportFault = (fault: Fault | undefined): fault is TransportFault =>
  fault !== undefined && !isStatusFault(fault) && !isReplyFault(fault);

/** The same seed gives the same faults to the same sequence of requests. */
export function seededFaults(
  seed: number,
  options: { readonly rate: number; readonly faults: readonly Fault[] },
): (request: FaultedRequest) => Fault | undefined {
  const random = randomFrom(seed);
  return () => (random() < options.rate ? options.faults[Math.floor(random() * options.faults.length)] : undefined);
}

/** One of every kind that strikes before the first byte of an answer. */
export const faultsBeforeFirstByte: readonly Fault[] = [
  { kind: 'rate-limited' },
  { kind: 'rate-limited', retryAfterMs: 1_000 },
  { kind: 'rate-limited', retryAfterMs: 1_000, resetHeaders: true },
  { kind: 'quota' },
  { kind: 'billing-limit' },
  { kind: 'payment-required' },
  { kind: 'unauthorized' },
  { kind: 'forbidden' },
  { kind: 'not-found' },
  { kind: 'server-error', status: 500 },
  { kind: 'server-error', status: 502 },
  { kind: 'server-error', status: 503 },
  { kind: 'server-error', status: 529 },
  { kind: 'reset-before-headers' },
  { kind: 'reset-after-headers' },
  { kind: 'stall-before-headers' },
  { kind: 'stall-after-headers' },
  { kind: 'malformed' },
];
