// The fields of a request to /v1/chat/completions.

import {
  anyObject,
  anything,
  bool,
  either,
  list,
  number,
  orNull,
  record,
  tagged,
  text,
  type Shape,
} from '../core/shape.ts';

const nameOfFunction = text({ min: 1, max: 64, pattern: /^[a-zA-Z0-9_-]+$/ });
const callId = text({ min: 1, max: 40 });

const textPart = record({ type: text(), text: text() });
const userPart = tagged('type', {
  text: textPart,
  image_url: record({
    type: text(),
    image_url: record(
      { url: text({ pattern: /^(https?:\/\/|data:image\/(png|jpe?g|gif|webp);base64,)/ }) },
      { detail: text({ values: ['auto', 'low', 'high'] }) },
    ),
  }),
  input_audio: record({
    type: text(),
    input_audio: record({ data: text(), format: text({ values: ['wav', 'mp3'] }) }),
  }),
  file: record({
    type: text(),
    file: record({}, { file_data: text(), file_id: text(), filename: text() }),
  }),
});
const texts = either({ string: text(), array: list(textPart, { min: 1 }) });
const assistantParts = list(tagged('type', { text: textPart, refusal: record({ type: text(), refusal: text() }) }), {
  min: 1,
});

const toolCall = tagged('type', {
  function: record({
    id: callId,
    type: text(),
    // The vendor's own clients add the last when they give back what they parsed.
    function: record({ name: nameOfFunction, arguments: text() }, { parsed_arguments: anything }),
  }),
});

/** What some servers of this format write into their own messages, and take back. */
const reasoningOfOthers = { reasoning_content: orNull(text()), reasoning: orNull(text()) };

const messageOf = (assistantExtras: Readonly<Record<string, Shape>>): Shape =>
  tagged('role', {
    system: record({ role: text(), content: texts }, { name: text() }),
    developer: record({ role: text(), content: texts }, { name: text() }),
    user: record(
      { role: text(), content: either({ string: text(), array: list(userPart, { min: 1 }) }) },
      { name: text() },
    ),
    assistant: record(
      { role: text() },
      {
        content: orNull(either({ string: text(), array: assistantParts })),
        refusal: orNull(text()),
        name: text(),
        annotations: list(anyObject),
        audio: orNull(anyObject),
        parsed: anything,
        tool_calls: list(toolCall, { min: 1 }),
        ...assistantExtras,
      },
    ),
    tool: record({ role: text(), content: texts, tool_call_id: callId }),
  });

const chatTool = tagged('type', {
  function: record({
    type: text(),
    function: record(
      { name: nameOfFunction },
      { description: text({ max: 1_048_576 }), parameters: anyObject, strict: orNull(bool) },
    ),
  }),
});

const toolChoice = either({
  string: text({ values: ['none', 'auto', 'required'] }),
  object: tagged('type', { function: record({ type: text(), function: record({ name: nameOfFunction }) }) }),
});

const responseFormat = tagged('type', {
  text: record({ type: text() }),
  json_object: record({ type: text() }),
  json_schema: record({
    type: text(),
    json_schema: record({ name: nameOfFunction }, { description: text(), schema: anyObject, strict: orNull(bool) }),
  }),
});

export const metadata = orNull(anyObject);
export const reasoningEfforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

const chatOf = (assistantExtras: Readonly<Record<string, Shape>>): Shape =>
  record(
    { model: text({ min: 1 }), messages: list(messageOf(assistantExtras), { min: 1 }) },
    {
      frequency_penalty: orNull(number({ min: -2, max: 2 })),
      presence_penalty: orNull(number({ min: -2, max: 2 })),
      logit_bias: orNull(anyObject),
      logprobs: orNull(bool),
      top_logprobs: orNull(number({ min: 0, max: 20, whole: true })),
      max_completion_tokens: orNull(number({ min: 1, whole: true })),
      max_tokens: orNull(number({ min: 1, whole: true })),
      metadata,
      modalities: orNull(list(text({ values: ['text', 'audio'] }))),
      n: orNull(number({ min: 1, max: 1, whole: true })),
      parallel_tool_calls: bool,
      prompt_cache_key: orNull(text()),
      prompt_cache_retention: orNull(text({ values: ['in_memory', '24h'] })),
      reasoning_effort: orNull(text({ values: reasoningEfforts })),
      response_format: responseFormat,
      safety_identifier: orNull(text({ max: 64 })),
      seed: orNull(number({ whole: true })),
      service_tier: orNull(text({ values: ['auto', 'default', 'flex', 'scale', 'priority', 'fast'] })),
      stop: orNull(either({ string: text(), array: list(text(), { min: 1, max: 4 }) })),
      store: orNull(bool),
      stream: orNull(bool),
      stream_options: orNull(record({}, { include_usage: bool, include_obfuscation: bool })),
      temperature: orNull(number({ min: 0, max: 2 })),
      top_p: orNull(number({ min: 0, max: 1 })),
      tool_choice: toolChoice,
      tools: list(chatTool, { min: 1, max: 128 }),
      user: text(),
      verbosity: orNull(text({ values: ['low', 'medium', 'high'] })),
    },
  );

export const chatShape = chatOf({});
export const compatibleChatShape = chatOf(reasoningOfOthers);
