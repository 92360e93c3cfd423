// What turns an answer in our own terms into the caller's format: whole, or piece by piece as it is made.
import type { ChatEvent, ChatReply } from '@chorale/module-models';
import type { OpenAiErrorBody } from './openai-error.ts';

export interface AnswerWriter {
  /** The JSON of an answer that is given whole. */
  whole(reply: ChatReply): object;
  /** Sent before anything is known of the answer; may be empty. */
  begin(): string;
  /** Server-sent events for one piece; may be empty. The piece `end` gives all that is to follow. */
  piece(event: ChatEvent): string;
  /** How a stream ends that has begun and fails. */
  failed(error: OpenAiErrorBody): string;
}

export interface AnswerFacts {
  /** Without the prefix of the format. */
  readonly id: string;
  /** Seconds since 1970. */
  readonly createdAt: number;
  /** As the caller asked for it: what the answer says until the model that answers is known. */
  readonly model: string;
}
