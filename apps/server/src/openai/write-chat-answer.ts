// Answers in the format of /v1/chat/completions.
import type { ChatEvent, ChatReply, FinishReason, ToolCallPart, Usage } from '@chorale/module-models';
import type { AnswerFacts, AnswerWriter } from './answer-writer.ts';
import { writeArguments } from './read-tool-call.ts';

const finishReasons: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  refusal: 'stop',
  'content-filter': 'content_filter',
};

export function createChatWriter(
  facts: AnswerFacts,
  { includeUsage }: { readonly includeUsage: boolean },
): AnswerWriter {
  const id = `chatcmpl-${facts.id}`;
  const chunk = (fields: object): string => {
    const head = { id, object: 'chat.completion.chunk', created: facts.createdAt, model: facts.model };
    return `data: ${JSON.stringify({ ...head, ...fields })}\n\n`;
  };
  const unmetered = includeUsage ? { usage: null } : {};
  const delta = (fields: object, finish: string | null = null): string =>
    chunk({ choices: [{ index: 0, delta: fields, logprobs: null, finish_reason: finish }], ...unmetered });
  return {
    whole: (reply) => ({
      id,
      object: 'chat.completion',
      created: facts.createdAt,
      model: reply.by.model,
      choices: [choiceOf(reply)],
      usage: chatUsage(reply.usage),
    }),
    begin: () => delta({ role: 'assistant', content: '', refusal: null }),
    piece: (event) => {
      if (event.type !== 'end') {
        const fields = deltaOf(event);
        return fields === undefined ? '' : delta(fields);
      }
      const usage = includeUsage ? chunk({ choices: [], usage: chatUsage(event.reply.usage) }) : '';
      return `${delta({}, finishReasons[event.reply.finish])}${usage}data: [DONE]\n\n`;
    },
    failed: (error) => `data: ${JSON.stringify({ error })}\n\n`,
  };
}

function deltaOf(event: Exclude<ChatEvent, { readonly type: 'end' }>): object | undefined {
  switch (event.type) {
    case 'text':
      return { content: event.delta };
    case 'refusal':
      return { refusal: event.delta };
    case 'reasoning':
      // Not OpenAI's own, but what servers of open models send and their clients read.
      return event.delta === '' ? undefined : { reasoning_content: event.delta };
    case 'tool-call-start': {
      const { index, id, name } = event;
      return { tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] };
    }
    case 'tool-call-arguments':
      return { tool_calls: [{ index: event.index, function: { arguments: event.delta } }] };
    case 'tool-call-end':
      return undefined;
  }
}

function choiceOf({ parts, finish }: ChatReply): object {
  const textOf = (type: 'text' | 'refusal' | 'reasoning'): string =>
    parts.map((part) => (part.type === type ? part.text : '')).join('');
  const calls = parts.filter((part): part is ToolCallPart => part.type === 'tool-call');
  const hasText = parts.some(({ type }) => type === 'text');
  const refusal = textOf('refusal');
  const reasoning = textOf('reasoning');
  return {
    index: 0,
    message: {
      role: 'assistant',
      content: hasText ? textOf('text') : null,
      refusal: refusal === '' ? null : refusal,
      ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
      ...(calls.length === 0 ? {} : { tool_calls: calls.map(writeCall) }),
    },
    logprobs: null,
    finish_reason: finishReasons[finish],
  };
}

function writeCall(call: ToolCallPart): object {
  return { id: call.id, type: 'function', function: { name: call.name, arguments: writeArguments(call) } };
}

function chatUsage(usage: Usage): object {
  const { inputTokens, outputTokens, cachedInputTokens, reasoningTokens } = usage;
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    prompt_tokens_details: { cached_tokens: cachedInputTokens },
    completion_tokens_details: { reasoning_tokens: reasoningTokens },
  };
}
