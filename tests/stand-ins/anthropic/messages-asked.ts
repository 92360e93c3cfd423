// A request to /v1/messages as a brain sees it, and as tokens.

import { brainMessage, joinTurns, type BrainMessage, type BrainRequest } from '../core/brain.ts';
import type { VendorModel } from '../core/protocol.ts';
import type { PromptSegment } from '../core/tokens.ts';
import { blocksOf, type Block, type MessagesBody } from './messages-body.ts';
import { mergedTurns } from './messages-rules.ts';

function textIn(blocks: readonly Block[]): string {
  return blocks.map((block) => (block.type === 'text' ? block.text : '')).join('');
}

function userTurns(blocks: readonly Block[], namesOfCalls: ReadonlyMap<string, string>): readonly BrainMessage[] {
  const results = blocks.filter((block) => block.type === 'tool_result');
  const rest = blocks.filter((block) => block.type !== 'tool_result');
  return [
    ...(results.length === 0
      ? []
      : [
          brainMessage('tool', {
            toolResults: results.map((block) => ({
              callId: block.tool_use_id,
              name: namesOfCalls.get(block.tool_use_id),
              content: textIn(blocksOf(block.content ?? '')),
              isError: block.is_error === true,
            })),
          }),
        ]),
    ...(rest.length === 0
      ? []
      : [
          brainMessage('user', {
            text: rest.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n'),
            images: rest.filter((block) => block.type === 'image').length,
          }),
        ]),
  ];
}

const choices = { auto: 'auto', any: 'required', none: 'none' } as const;

export function messagesAsked(body: MessagesBody, model: VendorModel): Omit<BrainRequest, 'callNo'> {
  const namesOfCalls = new Map<string, string>();
  const messages = mergedTurns(body.messages).flatMap(({ role, blocks }): readonly BrainMessage[] => {
    if (role === 'user') return userTurns(blocks, namesOfCalls);
    const calls = blocks.filter((block) => block.type === 'tool_use');
    for (const call of calls) namesOfCalls.set(call.id, call.name);
    return [
      brainMessage('assistant', {
        text: textIn(blocks),
        toolCalls: calls.map((call) => ({ id: call.id, name: call.name, arguments: call.input })),
      }),
    ];
  });
  const choice = body.tool_choice ?? { type: 'auto' };
  const schema = body.output_config?.format?.schema;
  return {
    model: model.id,
    system: typeof body.system === 'string' ? body.system : (body.system ?? []).map((part) => part.text).join('\n'),
    messages: joinTurns(messages),
    tools: (body.tools ?? []).map((tool) => ({
      name: tool.name,
      description: tool.description ?? '',
      schema: tool.input_schema,
    })),
    toolChoice: choice.type === 'tool' ? { tool: choice.name ?? '' } : choices[choice.type],
    parallelToolCalls: choice.disable_parallel_tool_use !== true,
    output: schema === undefined ? undefined : { name: 'output', schema },
    outputTokensMax: body.max_tokens,
    stop: body.stop_sequences ?? [],
    reasons: body.thinking !== undefined && body.thinking.type !== 'disabled',
    stream: body.stream === true,
  };
}

const isMarked = (part: { readonly cache_control?: unknown }): boolean =>
  part.cache_control !== undefined && part.cache_control !== null;

function segmentOf(part: object): PromptSegment {
  const { cache_control: mark, ...rest } = part as { readonly cache_control?: unknown };
  const plain = rest as Partial<Block> & { readonly text?: string };
  const text = plain.type === 'text' ? (plain.text ?? '') : JSON.stringify(rest);
  return { text, marked: isMarked({ cache_control: mark }) };
}

/** In the order in which the vendor caches: tools, system, messages. */
export function messagesPrompt(body: MessagesBody): readonly PromptSegment[] {
  const segments = [
    ...(body.tools ?? []).map(segmentOf),
    ...(body.system === undefined ? [] : blocksOf(body.system).map(segmentOf)),
    ...body.messages.flatMap(({ content }) => blocksOf(content).map(segmentOf)),
  ];
  // A mark on the whole request is one on its last block.
  return isMarked(body)
    ? segments.map((one, at) => (at === segments.length - 1 ? { ...one, marked: true } : one))
    : segments;
}
