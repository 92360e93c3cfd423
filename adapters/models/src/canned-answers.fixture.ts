// For tests: one answer (a thought, a text, a call of a tool) as each vendor streams it and as it says it whole, and what
// it is in our terms.

import type { AssistantPart, ChatReply, Deployment } from '@chorale/module-models';
import { eventsOf } from './vendor-server.fixture.ts';

export interface Canned {
  readonly name: string;
  readonly deployment: Partial<Deployment>;
  readonly stream: readonly string[];
  readonly whole: object;
  readonly reply: ChatReply;
}

const done = 'data: [DONE]\n\n';
const args = '{"city":"Berlin"}';
const text: AssistantPart = { type: 'text', text: 'Hello, you.' };
const callPart = (id: string, signature?: string): AssistantPart => ({
  type: 'tool-call',
  id,
  name: 'weather',
  arguments: { city: 'Berlin' },
  ...(signature === undefined ? {} : { signature }),
});
const usage = { inputTokens: 10, outputTokens: 5, cachedInputTokens: 4, cacheWriteTokens: 0, reasoningTokens: 2 };
const openAiUsage = {
  prompt_tokens: 10,
  completion_tokens: 5,
  total_tokens: 15,
  prompt_tokens_details: { cached_tokens: 4 },
  completion_tokens_details: { reasoning_tokens: 2 },
};

interface ChatShape {
  readonly model: string;
  readonly id: string;
  readonly thought: boolean;
}

const base = (model: string): object => ({ id: 'r-1', created: 1_700_000_000, model });
const toolCall = (id: string): object => ({ id, type: 'function', function: { name: 'weather', arguments: args } });

function chatStream({ model, id, thought }: ChatShape): readonly string[] {
  const chunk = (delta: object, finish: string | null = null): object => ({
    ...base(model),
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const call = (fields: object, named = false): object => ({
    tool_calls: [{ index: 0, ...(named ? { id, type: 'function' } : {}), function: fields }],
  });
  const values = [
    chunk({ role: 'assistant', content: '' }),
    ...(thought ? [chunk({ reasoning_content: 'h' }), chunk({ reasoning_content: 'm' })] : []),
    chunk({ content: 'Hello' }),
    chunk({ content: ', you.' }),
    chunk(call({ name: 'weather', arguments: '' }, true)),
    chunk(call({ arguments: args.slice(0, 6) })),
    chunk(call({ arguments: args.slice(6) })),
    chunk({}, 'tool_calls'),
    { ...base(model), choices: [], usage: openAiUsage },
  ];
  return [...eventsOf(values), done];
}

function chatWhole({ model, id, thought }: ChatShape): object {
  const reasoning = thought ? { reasoning_content: 'hm' } : {};
  const message = { role: 'assistant', content: 'Hello, you.', ...reasoning, tool_calls: [toolCall(id)] };
  return {
    ...base(model),
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason: 'tool_calls' }],
    usage: openAiUsage,
  };
}

function chatReply(provider: string, model: string, parts: readonly AssistantPart[]): ChatReply {
  return { parts, finish: 'tool-calls', usage, by: { provider, model }, providerReplyId: 'r-1' };
}

const gpt: ChatShape = { model: 'gpt-4o', id: 'call_1', thought: false };
const llama: ChatShape = { model: 'llama', id: 'call_1', thought: true };

const reasoningItem = {
  type: 'reasoning',
  id: 'rs_1',
  encrypted_content: 'signed-responses',
  summary: [{ type: 'summary_text', text: 'hm' }],
};
const messageItem = {
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text: 'Hello, you.', annotations: [], logprobs: [] }],
};
const functionItem = {
  type: 'function_call',
  id: 'fc_1',
  call_id: 'call_1',
  name: 'weather',
  arguments: args,
  status: 'completed',
};
const responsesWhole = {
  id: 'r-1',
  object: 'response',
  created_at: 1_700_000_000,
  model: 'gpt-5',
  status: 'completed',
  error: null,
  incomplete_details: null,
  output: [reasoningItem, messageItem, functionItem],
  usage: {
    input_tokens: 10,
    output_tokens: 5,
    total_tokens: 15,
    input_tokens_details: { cached_tokens: 4 },
    output_tokens_details: { reasoning_tokens: 2 },
  },
};

const responses: Canned = {
  name: 'openai-responses',
  deployment: { wire: 'openai-responses', model: 'gpt-5' },
  stream: eventsOf(
    [
      { type: 'response.created', response: { ...responsesWhole, status: 'in_progress', output: [], usage: null } },
      {
        type: 'response.output_item.added',
        output_index: 0,
        item: { ...reasoningItem, encrypted_content: null, summary: [] },
      },
      { type: 'response.reasoning_summary_part.added', item_id: 'rs_1', output_index: 0, summary_index: 0 },
      {
        type: 'response.reasoning_summary_text.delta',
        item_id: 'rs_1',
        output_index: 0,
        summary_index: 0,
        delta: 'hm',
      },
      { type: 'response.reasoning_summary_part.done', item_id: 'rs_1', output_index: 0, summary_index: 0 },
      { type: 'response.output_item.done', output_index: 0, item: reasoningItem },
      {
        type: 'response.output_item.added',
        output_index: 1,
        item: { ...messageItem, status: 'in_progress', content: [] },
      },
      {
        type: 'response.output_text.delta',
        item_id: 'msg_1',
        output_index: 1,
        content_index: 0,
        delta: 'Hello',
        logprobs: [],
      },
      {
        type: 'response.output_text.delta',
        item_id: 'msg_1',
        output_index: 1,
        content_index: 0,
        delta: ', you.',
        logprobs: [],
      },
      { type: 'response.output_item.done', output_index: 1, item: messageItem },
      {
        type: 'response.output_item.added',
        output_index: 2,
        item: { ...functionItem, arguments: '', status: 'in_progress' },
      },
      { type: 'response.function_call_arguments.delta', item_id: 'fc_1', output_index: 2, delta: args },
      { type: 'response.function_call_arguments.done', item_id: 'fc_1', output_index: 2, arguments: args },
      { type: 'response.output_item.done', output_index: 2, item: functionItem },
      { type: 'response.completed', response: responsesWhole },
    ],
    true,
  ),
  whole: responsesWhole,
  reply: {
    ...chatReply('openai', 'gpt-5', [
      { type: 'reasoning', text: 'hm', signature: '["rs_1","signed-responses"]' },
      text,
      callPart('call_1'),
    ]),
  },
};

const claude = 'claude-sonnet-4-5-20250929';
const claudeUsage = { input_tokens: 6, cache_read_input_tokens: 4, cache_creation_input_tokens: 0, output_tokens: 5 };
const anthropic: Canned = {
  name: 'anthropic-messages',
  deployment: { kind: 'anthropic', wire: 'anthropic-messages', model: 'claude-sonnet-4-5' },
  stream: eventsOf(
    [
      {
        type: 'message_start',
        message: {
          id: 'r-1',
          type: 'message',
          role: 'assistant',
          model: claude,
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { ...claudeUsage, output_tokens: 1 },
        },
      },
      { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'hm' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'signed-anthropic' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'content_block_start', index: 1, content_block: { type: 'redacted_thinking', data: 'signed-hidden' } },
      { type: 'content_block_stop', index: 1 },
      { type: 'ping' },
      { type: 'content_block_start', index: 2, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 2, delta: { type: 'text_delta', text: 'Hello' } },
      { type: 'content_block_delta', index: 2, delta: { type: 'text_delta', text: ', you.' } },
      { type: 'content_block_stop', index: 2 },
      {
        type: 'content_block_start',
        index: 3,
        content_block: { type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} },
      },
      { type: 'content_block_delta', index: 3, delta: { type: 'input_json_delta', partial_json: '' } },
      { type: 'content_block_delta', index: 3, delta: { type: 'input_json_delta', partial_json: args } },
      { type: 'content_block_stop', index: 3 },
      { type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: claudeUsage },
      { type: 'message_stop' },
    ],
    true,
  ),
  whole: {
    id: 'r-1',
    type: 'message',
    role: 'assistant',
    model: claude,
    content: [
      { type: 'thinking', thinking: 'hm', signature: 'signed-anthropic' },
      { type: 'redacted_thinking', data: 'signed-hidden' },
      { type: 'text', text: 'Hello, you.' },
      { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Berlin' } },
    ],
    stop_reason: 'tool_use',
    stop_sequence: null,
    usage: claudeUsage,
  },
  reply: {
    ...chatReply('anthropic', claude, [
      { type: 'reasoning', text: 'hm', signature: 'signed-anthropic' },
      { type: 'reasoning', text: '', signature: 'redacted:signed-hidden' },
      text,
      callPart('toolu_1'),
    ]),
    usage: { ...usage, reasoningTokens: 0 },
  },
};

const gemini = 'gemini-3-pro-preview';
const googleUsage = {
  promptTokenCount: 10,
  candidatesTokenCount: 3,
  thoughtsTokenCount: 2,
  cachedContentTokenCount: 4,
  totalTokenCount: 15,
};
const googleParts = [
  { text: 'hm', thought: true },
  { text: 'Hello, you.' },
  { functionCall: { id: 'call_1', name: 'weather', args: { city: 'Berlin' } }, thoughtSignature: 'signed-google' },
];
const googleAnswer = (parts: readonly object[], finish?: string): object => ({
  candidates: [
    { index: 0, content: { role: 'model', parts }, ...(finish === undefined ? {} : { finishReason: finish }) },
  ],
  usageMetadata: googleUsage,
  modelVersion: gemini,
  responseId: 'r-1',
});
const google: Canned = {
  name: 'google-generate',
  deployment: { kind: 'google', wire: 'google-generate', model: gemini },
  stream: eventsOf([
    googleAnswer([{ text: 'hm', thought: true }]),
    googleAnswer([{ text: 'Hello' }]),
    googleAnswer([{ text: ', you.' }]),
    googleAnswer(googleParts.slice(2), 'STOP'),
  ]),
  whole: googleAnswer(googleParts, 'STOP'),
  reply: {
    ...chatReply('google', gemini, [{ type: 'reasoning', text: 'hm' }, text, callPart('call_1', 'signed-google')]),
  },
};

const mistralShape: ChatShape = { model: 'mistral-large-latest', id: 'a1B2c3D4e', thought: false };

// Mistral says a call in one piece, and the usage with the last one.
const mistralStream: readonly string[] = [
  ...chatStream(mistralShape).slice(0, 3),
  ...eventsOf([
    {
      ...base(mistralShape.model),
      choices: [
        { index: 0, delta: { content: '', tool_calls: [toolCall(mistralShape.id)] }, finish_reason: 'tool_calls' },
      ],
      usage: openAiUsage,
    },
  ]),
  done,
];

export const canned: readonly Canned[] = [
  {
    name: 'openai-chat',
    deployment: { model: 'gpt-4o' },
    stream: chatStream(gpt),
    whole: chatWhole(gpt),
    reply: chatReply('openai', 'gpt-4o', [text, callPart('call_1')]),
  },
  responses,
  anthropic,
  google,
  {
    name: 'mistral-chat',
    deployment: { kind: 'mistral', wire: 'mistral-chat', model: 'mistral-large-latest' },
    stream: mistralStream,
    whole: chatWhole(mistralShape),
    // It does not say how many tokens were reasoning.
    reply: {
      ...chatReply('mistral', 'mistral-large-latest', [text, callPart('a1B2c3D4e')]),
      usage: { ...usage, reasoningTokens: 0 },
    },
  },
  {
    name: 'vllm',
    deployment: { kind: 'vllm', model: 'llama' },
    stream: chatStream(llama),
    whole: chatWhole(llama),
    reply: chatReply('vllm', 'llama', [{ type: 'reasoning', text: 'hm' }, text, callPart('call_1')]),
  },
];

/** A stream of OpenAI chat that calls a tool with these words for arguments. */
export function toolAnswers(words: string): readonly string[] {
  const chunk = (delta: object, finish: string | null = null): object => ({
    ...base('m'),
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'weather', arguments: words } };
  return [...eventsOf([chunk({ tool_calls: [call] }), chunk({}, 'tool_calls')]), done];
}
