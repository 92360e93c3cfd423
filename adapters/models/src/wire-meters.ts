// Where each wire format says what was used, why an answer ended, and that something failed: read from one event of a
// stream or from a whole answer, already parsed.

import type { FinishReason, Usage, Wire } from '@chorale/module-models';

export interface Reading {
  readonly usage?: Usage | undefined;
  readonly finish?: FinishReason | undefined;
  /** The provider says that it failed. */
  readonly failed?: boolean;
  /** Nothing follows. */
  readonly done?: boolean;
}

export interface WireMeter {
  /** The keys that an event must hold for `read` to find anything in it; all others go by unparsed. */
  readonly usageKey: string;
  readonly otherKeys: readonly string[];
  /** What an event that says that nothing follows has in it, where that is an event of its own. */
  readonly endMark?: string;
  /** What events say of usage: each adds to those before, or the last counts, alone in its event or not. */
  readonly usage: 'adds-up' | 'last' | 'last-with-finish';
  read(event: Json): Reading;
}

type Json = Readonly<Record<string, unknown>>;

const asJson = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const asNumber = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);
const firstOf = (value: unknown): Json => asJson(Array.isArray(value) ? value[0] : undefined);

/** The reason of OpenAI chat, which most other servers give as well. */
const chatFinishes: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  length: 'length',
  model_length: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
};

const anthropicFinishes: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  refusal: 'refusal',
};

const googleFinishes: Readonly<Record<string, FinishReason>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content-filter',
  RECITATION: 'content-filter',
  BLOCKLIST: 'content-filter',
  PROHIBITED_CONTENT: 'content-filter',
  SPII: 'content-filter',
  IMAGE_SAFETY: 'content-filter',
};

const finishOf = (table: Readonly<Record<string, FinishReason>>, said: unknown): FinishReason | undefined =>
  typeof said === 'string' ? (table[said] ?? 'stop') : undefined;

/** OpenAI's two spellings; embeddings and transcriptions use them too. */
function openAiUsage(value: unknown): Usage | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const usage = asJson(value);
  const input = asJson(usage.prompt_tokens_details ?? usage.input_tokens_details);
  const output = asJson(usage.completion_tokens_details ?? usage.output_tokens_details);
  return {
    inputTokens: asNumber(usage.prompt_tokens ?? usage.input_tokens),
    outputTokens: asNumber(usage.completion_tokens ?? usage.output_tokens),
    cachedInputTokens: asNumber(input.cached_tokens ?? usage.prompt_cache_hit_tokens),
    cacheWriteTokens: asNumber(input.cache_write_tokens),
    reasoningTokens: asNumber(output.reasoning_tokens),
  };
}

function readOpenAiChat(event: Json): Reading {
  return {
    usage: openAiUsage(event.usage),
    finish: finishOf(chatFinishes, firstOf(event.choices).finish_reason),
    failed: event.error !== undefined && event.error !== null,
  };
}

function readOpenAiResponses(event: Json): Reading {
  const response = event.response === undefined ? event : asJson(event.response);
  const failed = event.type === 'error' || response.status === 'failed';
  const reason = asJson(response.incomplete_details).reason;
  const called =
    Array.isArray(response.output) && response.output.some((item) => asJson(item).type === 'function_call');
  const finishes: Readonly<Record<string, FinishReason>> = {
    completed: called ? 'tool-calls' : 'stop',
    incomplete: reason === 'content_filter' ? 'content-filter' : 'length',
  };
  const finish = finishes[String(response.status)];
  return { usage: openAiUsage(response.usage), finish, failed, done: finish !== undefined };
}

/** The beginning says what went in, the end what came out. */
function readAnthropic(event: Json): Reading {
  const message = event.message === undefined ? event : asJson(event.message);
  const usage = asJson(event.usage ?? message.usage);
  const begins = event.type !== 'message_delta';
  const read = begins ? asNumber(usage.cache_read_input_tokens) : 0;
  const written = begins ? asNumber(usage.cache_creation_input_tokens) : 0;
  const whole = event.type === 'message' || event.type === 'message_delta';
  return {
    usage: {
      inputTokens: begins ? asNumber(usage.input_tokens) + read + written : 0,
      outputTokens: whole ? asNumber(usage.output_tokens) : 0,
      cachedInputTokens: read,
      cacheWriteTokens: written,
      reasoningTokens: 0,
    },
    finish: finishOf(anthropicFinishes, asJson(event.delta).stop_reason ?? message.stop_reason),
    failed: event.type === 'error',
    done: event.type === 'message_stop',
  };
}

function readGoogle(event: Json): Reading {
  const usage = event.usageMetadata === undefined ? undefined : asJson(event.usageMetadata);
  const candidate = firstOf(event.candidates);
  const parts = asJson(candidate.content).parts;
  const called = Array.isArray(parts) && parts.some((part) => asJson(part).functionCall !== undefined);
  const finish = finishOf(googleFinishes, candidate.finishReason);
  const blocked = asJson(event.promptFeedback).blockReason !== undefined;
  const thoughts = asNumber(usage?.thoughtsTokenCount);
  return {
    usage: usage && {
      inputTokens: asNumber(usage.promptTokenCount) + asNumber(usage.toolUsePromptTokenCount),
      outputTokens: asNumber(usage.candidatesTokenCount) + thoughts,
      cachedInputTokens: asNumber(usage.cachedContentTokenCount),
      cacheWriteTokens: 0,
      reasoningTokens: thoughts,
    },
    finish: blocked ? 'content-filter' : finish === 'stop' && called ? 'tool-calls' : finish,
    failed: event.error !== undefined,
  };
}

const openAiChat: WireMeter = {
  usageKey: 'usage',
  otherKeys: ['finish_reason', 'error'],
  usage: 'last',
  read: readOpenAiChat,
};

/** Undefined: bytes of this wire are not carried. */
export const wireMeters: Readonly<Record<Wire, WireMeter | undefined>> = {
  'openai-chat': openAiChat,
  'mistral-chat': openAiChat,
  'openai-responses': {
    usageKey: 'usage',
    // `incomplete_details` stands in every whole response, an `error` in those that failed.
    otherKeys: ['incomplete_details', 'error'],
    usage: 'last-with-finish',
    read: readOpenAiResponses,
  },
  'anthropic-messages': {
    usageKey: 'usage',
    otherKeys: ['stop_reason', 'error'],
    endMark: 'message_stop',
    usage: 'adds-up',
    read: readAnthropic,
  },
  'google-generate': {
    usageKey: 'usageMetadata',
    otherKeys: ['finishReason', 'blockReason', 'error'],
    usage: 'last',
    read: readGoogle,
  },
  'bedrock-converse': undefined,
};

export function addUsage(one: Usage | undefined, other: Usage): Usage {
  if (one === undefined) return other;
  return {
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    cachedInputTokens: one.cachedInputTokens + other.cachedInputTokens,
    cacheWriteTokens: one.cacheWriteTokens + other.cacheWriteTokens,
    reasoningTokens: one.reasoningTokens + other.reasoningTokens,
  };
}
