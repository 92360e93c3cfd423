// A request to /v1/chat/completions as a brain sees it, and as tokens.

import { brainMessage, joinTurns, type BrainMessage, type BrainRequest } from '../core/brain.ts';
import type { VendorModel } from '../core/protocol.ts';
import type { PromptSegment } from '../core/tokens.ts';
import { textOf, type ChatBody, type ChatMessage } from './chat-body.ts';

export function parsedArguments(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function turnOf(message: ChatMessage, namesOfCalls: Map<string, string>): BrainMessage | undefined {
  const text = textOf(message.content);
  switch (message.role) {
    case 'system':
    case 'developer':
      return undefined;
    case 'user': {
      const parts = typeof message.content === 'string' ? [] : message.content;
      return brainMessage('user', { text, images: parts.filter((part) => part.type === 'image_url').length });
    }
    case 'assistant': {
      for (const call of message.tool_calls ?? []) namesOfCalls.set(call.id, call.function.name);
      return brainMessage('assistant', {
        text: text === '' ? (message.refusal ?? '') : text,
        toolCalls: (message.tool_calls ?? []).map((call) => ({
          id: call.id,
          name: call.function.name,
          arguments: parsedArguments(call.function.arguments),
        })),
      });
    }
    case 'tool':
      return brainMessage('tool', {
        toolResults: [
          {
            callId: message.tool_call_id,
            name: namesOfCalls.get(message.tool_call_id),
            content: text,
            isError: false,
          },
        ],
      });
  }
}

function toolChoiceOf(body: ChatBody): BrainRequest['toolChoice'] {
  const choice = body.tool_choice ?? 'auto';
  return typeof choice === 'string' ? choice : { tool: choice.function.name };
}

function outputOf(body: ChatBody): BrainRequest['output'] {
  const format = body.response_format;
  if (format?.type === 'json_schema') {
    return { name: format.json_schema.name, schema: format.json_schema.schema };
  }
  return format?.type === 'json_object' ? { name: 'json', schema: { type: 'object' } } : undefined;
}

export function chatAsked(
  body: ChatBody,
  model: VendorModel,
  options: { readonly reasons: boolean },
): Omit<BrainRequest, 'callNo'> {
  const namesOfCalls = new Map<string, string>();
  return {
    model: model.id,
    system: body.messages
      .filter((message) => message.role === 'system' || message.role === 'developer')
      .map((message) => textOf(message.content))
      .join('\n'),
    messages: joinTurns(
      body.messages.map((message) => turnOf(message, namesOfCalls)).filter((turn) => turn !== undefined),
    ),
    tools: (body.tools ?? []).map(({ function: called }) => ({
      name: called.name,
      description: called.description ?? '',
      schema: called.parameters ?? {},
    })),
    toolChoice: toolChoiceOf(body),
    parallelToolCalls: body.parallel_tool_calls ?? true,
    output: outputOf(body),
    outputTokensMax: body.max_completion_tokens ?? body.max_tokens ?? model.outputTokensMax,
    stop: [body.stop ?? []].flat(),
    reasons: options.reasons,
    stream: body.stream === true,
  };
}

export function chatPrompt(body: ChatBody): readonly PromptSegment[] {
  return [
    ...(body.tools === undefined ? [] : [{ text: JSON.stringify(body.tools) }]),
    ...body.messages.map((message) => ({
      text:
        textOf(message.content) +
        (message.role === 'assistant' && message.tool_calls !== undefined ? JSON.stringify(message.tool_calls) : ''),
    })),
  ];
}
