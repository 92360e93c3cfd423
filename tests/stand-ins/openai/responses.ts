// /v1/responses: from a request to what a brain is asked.

import { brainMessage, joinTurns, type BrainMessage, type BrainRequest } from '../core/brain.ts';
import type { Operation, VendorModel, VendorRequest, VendorState } from '../core/protocol.ts';
import type { PromptSegment } from '../core/tokens.ts';
import { parsedArguments } from './chat-asked.ts';
import { checkShape } from './invalid.ts';
import { findModel, jsonBody } from './request-body.ts';
import { responsesAnswer } from './responses-answer.ts';
import { responsesShape, type ContentPart, type InputItem, type ResponsesBody } from './responses-body.ts';
import { checkResponses, wholeInput } from './responses-rules.ts';
import { contextTooLong } from './status-faults.ts';

function textIn(content: string | readonly ContentPart[]): string {
  if (typeof content === 'string') return content;
  return content.map((part) => part.text ?? part.refusal ?? '').join('');
}

function turnOf(item: InputItem, namesOfCalls: Map<string, string>): BrainMessage | undefined {
  if (item.type === undefined || item.type === 'message') return messageTurn(item);
  switch (item.type) {
    case 'reasoning':
    case 'item_reference':
      return undefined;
    case 'function_call':
      namesOfCalls.set(item.call_id, item.name);
      return brainMessage('assistant', {
        toolCalls: [{ id: item.call_id, name: item.name, arguments: parsedArguments(item.arguments) }],
      });
    case 'function_call_output':
      return brainMessage('tool', {
        toolResults: [
          {
            callId: item.call_id,
            name: namesOfCalls.get(item.call_id),
            content: textIn(item.output),
            isError: false,
          },
        ],
      });
  }
}

function messageTurn(item: Extract<InputItem, { readonly role: string }>): BrainMessage | undefined {
  if (item.role === 'system' || item.role === 'developer') return undefined;
  const parts = typeof item.content === 'string' ? [] : item.content;
  return brainMessage(item.role, {
    text: textIn(item.content),
    images: parts.filter((part) => part.type === 'input_image').length,
  });
}

function outputOf(body: ResponsesBody): BrainRequest['output'] {
  const format = body.text?.format;
  if (format?.type === 'json_schema') return { name: format.name, schema: format.schema };
  return format?.type === 'json_object' ? { name: 'json', schema: { type: 'object' } } : undefined;
}

function askedOf(body: ResponsesBody, items: readonly InputItem[], model: VendorModel): Omit<BrainRequest, 'callNo'> {
  const namesOfCalls = new Map<string, string>();
  const rules = items.flatMap((item) =>
    'role' in item && (item.role === 'system' || item.role === 'developer') ? [textIn(item.content)] : [],
  );
  const choice = body.tool_choice ?? 'auto';
  return {
    model: model.id,
    system: [body.instructions ?? '', ...rules].filter((text) => text !== '').join('\n'),
    messages: joinTurns(items.map((item) => turnOf(item, namesOfCalls)).filter((turn) => turn !== undefined)),
    tools: (body.tools ?? []).map((tool) => ({
      name: tool.name,
      description: tool.description ?? '',
      schema: tool.parameters ?? {},
    })),
    toolChoice: typeof choice === 'string' ? choice : { tool: choice.name },
    parallelToolCalls: body.parallel_tool_calls ?? true,
    output: outputOf(body),
    outputTokensMax: body.max_output_tokens ?? model.outputTokensMax,
    stop: [],
    reasons: model.reasons === true && body.reasoning?.effort !== 'none',
    stream: body.stream === true,
  };
}

function promptOf(body: ResponsesBody, items: readonly InputItem[]): readonly PromptSegment[] {
  return [
    ...(body.tools === undefined ? [] : [{ text: JSON.stringify(body.tools) }]),
    ...(typeof body.instructions === 'string' ? [{ text: body.instructions }] : []),
    ...items.map((item) => {
      if (item.type === 'function_call') return { text: item.name + item.arguments };
      if (item.type === 'function_call_output') return { text: textIn(item.output) };
      return { text: 'content' in item ? textIn(item.content) : '' };
    }),
  ];
}

export function readResponses(request: VendorRequest, state: VendorState): Operation {
  const given = jsonBody(request);
  checkShape(responsesShape, given, { unknownFields: 'refuse' });
  const body = given as unknown as ResponsesBody;
  const model = findModel(body.model, state);
  const items = wholeInput(body, state);
  checkResponses(body, items, { model, state });
  return {
    what: 'conversation',
    model,
    asked: askedOf(body, items, model),
    prompt: promptOf(body, items),
    caching: 'automatic',
    cacheKey: body.prompt_cache_key ?? '',
    contextError: (tokens) => contextTooLong(model.contextTokens ?? 0, tokens),
    answer: (made) => responsesAnswer({ body, items, made }, state),
  };
}
