// What is said to a model and what it answers, in our own terms. Every wire format is translated to and from this.
//
// Invariants: CV1 a part that a model made says which (`by` of its message): a reasoning part is only ever sent back to
//                 the provider that signed it.
//             CV2 a tool result follows, in the next message, the call it answers.

import type { Json } from '@chorale/module-goals';

/** Which model made something. */
export interface Provenance {
  /** The provider's kind, e.g. `anthropic`: what decides whether a signature is understood. */
  readonly provider: string;
  readonly model: string;
}

export interface TextPart {
  readonly type: 'text';
  readonly text: string;
}

export interface ImagePart {
  readonly type: 'image';
  readonly mediaType: string;
  /** Base 64, or an https address the provider fetches itself. */
  readonly source: { readonly base64: string } | { readonly url: string };
}

/** What a model thought. Of use to its own provider only, which checks `signature`. */
export interface ReasoningPart {
  readonly type: 'reasoning';
  /** Empty where the provider shows none of it. */
  readonly text: string;
  /** Opaque; given back as it came. */
  readonly signature?: string;
}

export interface ToolCallPart {
  readonly type: 'tool-call';
  readonly id: string;
  readonly name: string;
  /** As the model wrote it when it is not valid JSON: then a string under `invalid`. */
  readonly arguments: Json;
  readonly invalid?: string;
  /** Opaque; some providers sign calls as well. */
  readonly signature?: string;
}

export interface ToolResultPart {
  readonly type: 'tool-result';
  readonly callId: string;
  readonly name: string;
  readonly content: string;
  readonly isError: boolean;
}

export interface RefusalPart {
  readonly type: 'refusal';
  readonly text: string;
}

export type UserPart = TextPart | ImagePart;
export type AssistantPart = TextPart | ReasoningPart | ToolCallPart | RefusalPart;

export type Message =
  | { readonly role: 'system'; readonly parts: readonly TextPart[] }
  | { readonly role: 'user'; readonly parts: readonly UserPart[] }
  | {
      readonly role: 'assistant';
      readonly parts: readonly AssistantPart[];
      /** Absent when a caller wrote it: then nothing of it is signed. */
      readonly by?: Provenance;
    }
  | { readonly role: 'tool'; readonly parts: readonly ToolResultPart[] };

export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON Schema 2020-12 of an object. */
  readonly inputSchema: { readonly [key: string]: Json };
}

export type ToolChoice = 'auto' | 'none' | 'required' | { readonly tool: string };

/** The answer must be JSON of this schema. */
export interface OutputSchema {
  readonly name: string;
  readonly schema: { readonly [key: string]: Json };
}

export type ReasoningEffort = 'minimal' | 'low' | 'medium' | 'high';

export interface ChatRequest {
  readonly messages: readonly Message[];
  readonly tools?: readonly ToolSpec[];
  /** Default `auto` when there are tools. */
  readonly toolChoice?: ToolChoice;
  /** Default true. */
  readonly parallelToolCalls?: boolean;
  readonly output?: OutputSchema;
  readonly outputTokensMax?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly stop?: readonly string[];
  readonly seed?: number;
  readonly reasoningEffort?: ReasoningEffort;
  /** The same for all calls of a conversation: keeps them where the provider's prompt cache is warm. */
  readonly cacheKey?: string;
}

export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'refusal' | 'content-filter';

/** As the provider metered it. Reasoning is part of output, cached and written tokens are part of input. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens: number;
  readonly cacheWriteTokens: number;
  readonly reasoningTokens: number;
}

export interface ChatReply {
  readonly parts: readonly AssistantPart[];
  readonly finish: FinishReason;
  readonly usage: Usage;
  /** Which model really answered, as the provider names it. */
  readonly by: Provenance;
  /** The provider's id of the answer, for its support. */
  readonly providerReplyId?: string;
}

/** One piece of an answer that is still being made. The last is always `end`. */
export type ChatEvent =
  | { readonly type: 'text'; readonly delta: string }
  | { readonly type: 'refusal'; readonly delta: string }
  | { readonly type: 'reasoning'; readonly delta: string; readonly signature?: string }
  | { readonly type: 'tool-call-start'; readonly index: number; readonly id: string; readonly name: string }
  | { readonly type: 'tool-call-arguments'; readonly index: number; readonly delta: string }
  | { readonly type: 'tool-call-end'; readonly index: number; readonly call: ToolCallPart }
  | { readonly type: 'end'; readonly reply: ChatReply };
