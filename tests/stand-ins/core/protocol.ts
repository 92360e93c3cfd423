// What a vendor's wire format is to the server that carries all of them.

import type { IncomingHttpHeaders } from 'node:http';
import type { BrainRequest } from './brain.ts';
import type { StatusFault } from './fault.ts';
import type { MadeReply } from './make-reply.ts';
import type { Signer } from './signature.ts';
import type { PromptSegment } from './tokens.ts';
import type { VendorError } from './vendor-error.ts';

export type VendorKind = 'openai' | 'anthropic' | 'google' | 'bedrock' | 'openai-compatible';

export interface VendorModel {
  readonly id: string;
  readonly contextTokens?: number;
  readonly outputTokensMax?: number;
  /** Thinks before it answers; some vendors treat requests to such models differently. */
  readonly reasons?: boolean;
  /** Decides itself how long, and takes no sampling parameters: the newest of Anthropic's. */
  readonly adaptiveOnly?: boolean;
}

/** What some servers of a wire format cannot do. */
export type Lack = 'json-schema' | 'tools' | 'images' | 'streaming';

export interface VendorState {
  readonly kind: VendorKind;
  readonly keys: readonly string[];
  readonly models: ReadonlyMap<string, VendorModel>;
  readonly lacks: readonly Lack[];
  readonly signer: Signer;
  /** Of the vendor's looks: a prefix and characters that no other id of this stand-in has. */
  newId(prefix: string, length: number): string;
  /** Seconds since 1970. */
  now(): number;
  /** Answers that a later request may refer to, by their id. */
  readonly kept: Map<string, unknown>;
}

export interface VendorRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  /** Undefined when the body is not JSON. */
  readonly json: unknown;
}

export type Answer =
  | { readonly form: 'json'; readonly body: unknown }
  | { readonly form: 'bytes'; readonly contentType: string; readonly bytes: Buffer }
  | {
      readonly form: 'stream';
      /** Each is written by itself. */
      readonly chunks: readonly (string | Buffer)[];
      /** Default: server-sent events. */
      readonly contentType?: string;
      /** How the vendor says, after so many chunks, that it failed. */
      errorEvent(chunksSent: number): string | Buffer;
    };

/** A request that follows the rules: what is asked, and how to answer. */
export type Operation =
  | {
      readonly what: 'conversation';
      readonly model: VendorModel;
      readonly asked: Omit<BrainRequest, 'callNo'>;
      readonly prompt: readonly PromptSegment[];
      readonly caching: 'automatic' | 'marked';
      /** Only prompts of the same one meet in the cache. */
      readonly cacheKey: string;
      contextError(promptTokens: number): VendorError;
      answer(made: MadeReply): Answer;
    }
  | {
      readonly what: 'plain';
      readonly model: string;
      readonly inputTokens: number;
      readonly answer: Answer;
    }
  /** Free of charge, such as the list of models. */
  | { readonly what: 'free'; readonly answer: Answer };

export interface Protocol {
  /** @throws VendorError when the key is missing or unknown. */
  authenticate(request: VendorRequest, state: VendorState): string;
  /** @throws VendorError for every breach of the vendor's rules. */
  read(request: VendorRequest, state: VendorState): Operation;
  renderError(error: VendorError, requestId: string): unknown;
  describeFault(fault: StatusFault, model: string, state: VendorState): VendorError;
  /** Sent with every answer. */
  headers(requestId: string): Readonly<Record<string, string>>;
}
