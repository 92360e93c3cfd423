// The port to the providers: carries one try of a call to one deployment.

import type { CancelSignal } from '@chorale/lib-time';
import type { ChatEvent, ChatRequest, FinishReason, Usage } from './conversation.ts';
import type { Deployment, Wire } from './deployment.ts';
import type { FailureKind } from './failure.ts';

/** What is sent: our own terms, to be translated; or bytes of the deployment's own wire, to be passed on as they are. */
export type UpstreamBody =
  | { readonly form: 'chat'; readonly request: ChatRequest }
  | {
      readonly form: 'bytes';
      /** Only a deployment of this wire can take it. */
      readonly wire: Wire;
      /** Below the base URL, e.g. `/chat/completions`. */
      readonly path: string;
      readonly contentType: string;
      /** The model's name is already the deployment's. */
      readonly bytes: Uint8Array;
    };

export interface UpstreamCall {
  readonly deployment: Deployment;
  readonly body: UpstreamBody;
  readonly stream: boolean;
  /** How long it may take to the first byte, and between two. */
  readonly firstByteMsMax: number;
  readonly silenceMsMax: number;
}

/** An answer that has begun; nothing falls back to another deployment any more. */
export type UpstreamAnswer =
  | { readonly form: 'chat'; readonly events: AsyncIterable<ChatEvent> }
  | {
      readonly form: 'bytes';
      readonly status: number;
      readonly contentType: string;
      readonly bytes: AsyncIterable<Uint8Array>;
      /** What was read off the bytes that have gone by. */
      metered(): { readonly usage: Usage | undefined; readonly finish: FinishReason | undefined };
    };

export interface Upstream {
  /**
   * Resolves at the first byte of an answer that the provider accepted; an iteration that fails afterwards throws
   * `UpstreamFailure` as well.
   *
   * @throws UpstreamFailure and nothing else.
   */
  open(call: UpstreamCall, signal: CancelSignal): Promise<UpstreamAnswer>;
}

/** A try that failed, in the words of the failure table. */
export class UpstreamFailure extends Error {
  readonly kind: FailureKind;
  readonly status: number | undefined;
  /** Milliseconds from now, as the provider said; undefined when it said nothing. */
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: FailureKind,
    message: string,
    details: { readonly status?: number; readonly retryAfterMs?: number; readonly cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'UpstreamFailure';
    this.kind = kind;
    this.status = details.status;
    this.retryAfterMs = details.retryAfterMs;
  }
}
