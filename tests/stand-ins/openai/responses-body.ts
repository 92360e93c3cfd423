// The fields of a request to /v1/responses, and the same once they are known to be right.

import {
  anyObject,
  bool,
  either,
  isObject,
  list,
  number,
  orNull,
  record,
  ShapeViolation,
  tagged,
  text,
  type Shape,
} from '../core/shape.ts';
import { metadata, reasoningEfforts } from './chat-shape.ts';

export interface ContentPart {
  readonly type: string;
  readonly text?: string;
  readonly refusal?: string;
}

export type InputItem =
  | {
      readonly type?: 'message';
      readonly role: 'user' | 'assistant' | 'system' | 'developer';
      readonly content: string | readonly ContentPart[];
      readonly id?: string;
    }
  | {
      readonly type: 'function_call';
      readonly call_id: string;
      readonly name: string;
      readonly arguments: string;
      readonly id?: string | null;
    }
  | {
      readonly type: 'function_call_output';
      readonly call_id: string;
      readonly output: string | readonly ContentPart[];
    }
  | {
      readonly type: 'reasoning';
      readonly id: string;
      readonly summary: readonly { readonly text: string }[];
      readonly encrypted_content?: string | null;
    }
  | { readonly type: 'item_reference'; readonly id: string };

export interface ResponsesBody {
  readonly model: string;
  readonly input?: string | readonly InputItem[];
  readonly instructions?: string | null;
  readonly previous_response_id?: string | null;
  readonly tools?: readonly {
    readonly type: 'function';
    readonly name: string;
    readonly description?: string | null;
    readonly parameters?: unknown;
    readonly strict?: boolean | null;
  }[];
  readonly tool_choice?: 'none' | 'auto' | 'required' | { readonly type: 'function'; readonly name: string };
  readonly parallel_tool_calls?: boolean | null;
  readonly text?: {
    readonly format?:
      | { readonly type: 'text' | 'json_object' }
      | {
          readonly type: 'json_schema';
          readonly name: string;
          readonly schema: unknown;
          readonly strict?: boolean | null;
        };
  };
  readonly reasoning?: { readonly effort?: string | null; readonly summary?: string | null } | null;
  readonly include?: readonly string[] | null;
  readonly max_output_tokens?: number | null;
  readonly temperature?: number | null;
  readonly top_p?: number | null;
  readonly store?: boolean | null;
  readonly stream?: boolean | null;
  readonly stream_options?: unknown;
  readonly prompt_cache_key?: string | null;
  readonly metadata?: unknown;
  readonly user?: string;
}

const status = orNull(text({ values: ['in_progress', 'completed', 'incomplete'] }));
const inputText = record({ type: text(), text: text() });
const inputImage = record(
  { type: text() },
  { detail: text({ values: ['low', 'high', 'auto', 'original'] }), image_url: orNull(text()), file_id: orNull(text()) },
);
const inputFile = record(
  { type: text() },
  { file_data: text(), file_id: orNull(text()), file_url: text(), filename: text() },
);
const asked = either({
  string: text(),
  array: list(tagged('type', { input_text: inputText, input_image: inputImage, input_file: inputFile })),
});
const answered = either({
  string: text(),
  array: list(
    tagged('type', {
      output_text: record(
        { type: text(), text: text() },
        { annotations: list(anyObject), logprobs: orNull(list(anyObject)) },
      ),
      refusal: record({ type: text(), refusal: text() }),
    }),
  ),
});

const messageFields = { type: text({ values: ['message'] }), id: text(), status };
const message = tagged('role', {
  user: record({ role: text(), content: asked }, messageFields),
  system: record({ role: text(), content: asked }, messageFields),
  developer: record({ role: text(), content: asked }, messageFields),
  assistant: record(
    { role: text(), content: answered },
    { ...messageFields, phase: orNull(text({ values: ['commentary', 'final_answer'] })) },
  ),
});

const callId = text({ min: 1, max: 64 });
const functionName = text({ min: 1, max: 64, pattern: /^[a-zA-Z0-9_-]+$/ });
const typedItem = tagged('type', {
  message,
  function_call: record(
    { type: text(), call_id: callId, name: functionName, arguments: text() },
    { id: orNull(text()), status, namespace: text() },
  ),
  function_call_output: record({ type: text(), call_id: callId, output: asked }, { id: orNull(text()), status }),
  reasoning: record(
    { type: text(), id: text(), summary: list(record({ type: text({ values: ['summary_text'] }), text: text() })) },
    { encrypted_content: orNull(text()), content: orNull(list(anyObject)), status },
  ),
  item_reference: record({ type: text(), id: text() }),
});

const inputItem: Shape = (value, path, rules) => {
  if (!isObject(value)) throw new ShapeViolation(path, { why: 'type', expected: 'an object', found: typeof value });
  (value['type'] === undefined ? message : typedItem)(value, path, rules);
};

export const responsesShape: Shape = record(
  { model: text({ min: 1 }) },
  {
    input: either({ string: text(), array: list(inputItem) }),
    instructions: orNull(text()),
    previous_response_id: orNull(text()),
    background: orNull(bool),
    include: orNull(
      list(
        text({
          values: ['reasoning.encrypted_content', 'message.output_text.logprobs', 'message.input_image.image_url'],
        }),
      ),
    ),
    max_output_tokens: orNull(number({ min: 16, whole: true })),
    max_tool_calls: orNull(number({ min: 1, whole: true })),
    metadata,
    parallel_tool_calls: orNull(bool),
    prompt_cache_key: orNull(text()),
    prompt_cache_retention: orNull(text({ values: ['in_memory', '24h'] })),
    reasoning: orNull(
      record(
        {},
        {
          effort: orNull(text({ values: reasoningEfforts })),
          summary: orNull(text({ values: ['auto', 'concise', 'detailed'] })),
        },
      ),
    ),
    safety_identifier: orNull(text({ max: 64 })),
    service_tier: orNull(text({ values: ['auto', 'default', 'flex', 'scale', 'priority', 'fast'] })),
    store: orNull(bool),
    stream: orNull(bool),
    stream_options: orNull(record({}, { include_obfuscation: bool })),
    temperature: orNull(number({ min: 0, max: 2 })),
    top_p: orNull(number({ min: 0, max: 1 })),
    top_logprobs: orNull(number({ min: 0, max: 20, whole: true })),
    text: record(
      {},
      {
        format: tagged('type', {
          text: record({ type: text() }),
          json_object: record({ type: text() }),
          json_schema: record(
            { type: text(), name: functionName, schema: anyObject },
            { description: text(), strict: orNull(bool) },
          ),
        }),
        verbosity: orNull(text({ values: ['low', 'medium', 'high'] })),
      },
    ),
    tool_choice: either({
      string: text({ values: ['none', 'auto', 'required'] }),
      object: tagged('type', { function: record({ type: text(), name: functionName }) }),
    }),
    tools: list(
      tagged('type', {
        function: record(
          { type: text(), name: functionName },
          { description: orNull(text()), parameters: orNull(anyObject), strict: orNull(bool) },
        ),
      }),
      { max: 128 },
    ),
    truncation: orNull(text({ values: ['auto', 'disabled'] })),
    user: text(),
  },
);
