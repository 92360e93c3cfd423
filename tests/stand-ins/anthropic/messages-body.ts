// The fields of a request to /v1/messages, and the same once they are known to be right.

import { anyObject, bool, either, list, number, orNull, record, tagged, text, type Shape } from '../core/shape.ts';

export interface CacheControl {
  readonly type: 'ephemeral';
  readonly ttl?: '5m' | '1h';
}

interface Marked {
  readonly cache_control?: CacheControl | null;
}

export type Block =
  | ({ readonly type: 'text'; readonly text: string } & Marked)
  | ({ readonly type: 'image'; readonly source: { readonly type: string } } & Marked)
  | ({ readonly type: 'document'; readonly source: { readonly type: string } } & Marked)
  | ({ readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: unknown } & Marked)
  | ({
      readonly type: 'tool_result';
      readonly tool_use_id: string;
      readonly content?: string | readonly Block[];
      readonly is_error?: boolean;
    } & Marked)
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'redacted_thinking'; readonly data: string };

export interface Message {
  readonly role: 'user' | 'assistant';
  readonly content: string | readonly Block[];
}

export interface MessageTool extends Marked {
  readonly name: string;
  readonly description?: string;
  readonly input_schema: Readonly<Record<string, unknown>>;
  readonly strict?: boolean;
}

export type Thinking =
  | { readonly type: 'enabled'; readonly budget_tokens: number }
  | { readonly type: 'adaptive' }
  | { readonly type: 'disabled' };

export interface MessagesBody extends Marked {
  readonly model: string;
  readonly max_tokens: number;
  readonly messages: readonly Message[];
  readonly system?: string | readonly Extract<Block, { type: 'text' }>[];
  readonly tools?: readonly MessageTool[];
  readonly tool_choice?: {
    readonly type: 'auto' | 'any' | 'tool' | 'none';
    readonly name?: string;
    readonly disable_parallel_tool_use?: boolean;
  };
  readonly thinking?: Thinking;
  readonly output_config?: {
    readonly effort?: string | null;
    readonly format?: { readonly schema: Readonly<Record<string, unknown>> } | null;
  };
  readonly stop_sequences?: readonly string[];
  readonly stream?: boolean;
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
}

export function blocksOf(content: string | readonly Block[]): readonly Block[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

const cacheControl = orNull(record({ type: text({ values: ['ephemeral'] }) }, { ttl: text({ values: ['5m', '1h'] }) }));
const marked = { cache_control: cacheControl };

const base64Source = (mediaTypes: readonly string[]): Shape =>
  record({ type: text(), media_type: text({ values: mediaTypes }), data: text({ min: 1 }) });
const urlSource = record({ type: text(), url: text({ pattern: /^https?:\/\// }) });

const textBlock = record({ type: text(), text: text() }, { ...marked, citations: orNull(list(anyObject)) });
const imageBlock = record(
  {
    type: text(),
    source: tagged('type', {
      base64: base64Source(['image/jpeg', 'image/png', 'image/gif', 'image/webp']),
      url: urlSource,
    }),
  },
  marked,
);
const documentBlock = record(
  {
    type: text(),
    source: tagged('type', {
      base64: base64Source(['application/pdf']),
      text: record({ type: text(), media_type: text({ values: ['text/plain'] }), data: text() }),
      url: urlSource,
    }),
  },
  { ...marked, title: orNull(text()), context: orNull(text()), citations: orNull(anyObject) },
);
const toolName = text({ min: 1, max: 128, pattern: /^[a-zA-Z0-9_-]{1,128}$/ });
const toolId = text({ min: 1, pattern: /^[a-zA-Z0-9_-]+$/ });

const block = tagged('type', {
  text: textBlock,
  image: imageBlock,
  document: documentBlock,
  tool_use: record(
    { type: text(), id: toolId, name: text({ min: 1, max: 200 }), input: anyObject },
    { ...marked, caller: anyObject },
  ),
  tool_result: record(
    { type: text(), tool_use_id: toolId },
    {
      ...marked,
      content: either({
        string: text(),
        array: list(tagged('type', { text: textBlock, image: imageBlock, document: documentBlock })),
      }),
      is_error: bool,
    },
  ),
  thinking: record({ type: text(), thinking: text(), signature: text() }),
  redacted_thinking: record({ type: text(), data: text() }),
});

const message = record({
  role: text({ values: ['user', 'assistant'] }),
  content: either({ string: text(), array: list(block) }),
});

const tool = record(
  { name: toolName, input_schema: anyObject },
  {
    ...marked,
    type: orNull(text({ values: ['custom'] })),
    description: text(),
    strict: bool,
    eager_input_streaming: orNull(bool),
    defer_loading: bool,
    input_examples: list(anyObject),
    allowed_callers: list(text()),
  },
);

const parallel = { disable_parallel_tool_use: bool };
const display = { display: orNull(text({ values: ['summarized', 'omitted'] })) };

const required = {
  model: text({ min: 1 }),
  max_tokens: number({ min: 1, whole: true }),
  messages: list(message, { min: 1, max: 100_000 }),
};

const optional = {
  ...marked,
  system: either({ string: text(), array: list(textBlock) }),
  tools: list(tool),
  tool_choice: tagged('type', {
    auto: record({ type: text() }, parallel),
    any: record({ type: text() }, parallel),
    tool: record({ type: text(), name: toolName }, parallel),
    none: record({ type: text() }),
  }),
  thinking: tagged('type', {
    enabled: record({ type: text(), budget_tokens: number({ min: 1_024, whole: true }) }, display),
    adaptive: record({ type: text() }, display),
    disabled: record({ type: text() }),
  }),
  output_config: record(
    {},
    {
      effort: orNull(text({ values: ['low', 'medium', 'high', 'xhigh', 'max'] })),
      format: orNull(record({ type: text({ values: ['json_schema'] }), schema: anyObject })),
    },
  ),
  metadata: record({}, { user_id: orNull(text({ max: 256 })) }),
  service_tier: text({ values: ['auto', 'standard_only'] }),
  stop_sequences: list(text({ min: 1 })),
  stream: bool,
};

const sampling = {
  temperature: number({ min: 0, max: 1 }),
  top_p: number({ min: 0, max: 1 }),
  top_k: number({ min: 0, whole: true }),
};

export const newestMessagesShape: Shape = record(required, optional);
export const messagesShape: Shape = record(required, { ...optional, ...sampling });
