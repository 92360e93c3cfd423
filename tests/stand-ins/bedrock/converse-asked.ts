// A request to Converse as a brain sees it, and as tokens.

import { brainMessage, joinTurns, type BrainMessage, type BrainRequest } from '../core/brain.ts';
import type { VendorModel } from '../core/protocol.ts';
import type { PromptSegment } from '../core/tokens.ts';
import type { Block, ConverseBody } from './converse-body.ts';
import { isThinking } from './converse-rules.ts';

const textIn = (blocks: readonly Block[]): string =>
  blocks.map((block) => ('text' in block ? block.text : '')).join('');

function userTurns(blocks: readonly Block[], namesOfCalls: ReadonlyMap<string, string>): readonly BrainMessage[] {
  const toolResults = blocks.flatMap((block) => {
    if (!('toolResult' in block)) return [];
    const { toolUseId, content, status } = block.toolResult;
    const said = content.map((part) => ('text' in part ? part.text : JSON.stringify('json' in part ? part.json : '')));
    return [
      { callId: toolUseId, name: namesOfCalls.get(toolUseId), content: said.join(''), isError: status === 'error' },
    ];
  });
  const rest = blocks.filter((block) => 'text' in block || 'image' in block);
  return [
    ...(toolResults.length === 0 ? [] : [brainMessage('tool', { toolResults })]),
    ...(rest.length === 0
      ? []
      : [brainMessage('user', { text: textIn(rest), images: rest.filter((block) => 'image' in block).length })]),
  ];
}

export function converseAsked(body: ConverseBody, model: VendorModel, stream: boolean): Omit<BrainRequest, 'callNo'> {
  const namesOfCalls = new Map<string, string>();
  const messages = body.messages.flatMap(({ role, content }): readonly BrainMessage[] => {
    if (role === 'user') return userTurns(content, namesOfCalls);
    const calls = content.flatMap((block) => ('toolUse' in block ? [block.toolUse] : []));
    for (const { toolUseId, name } of calls) namesOfCalls.set(toolUseId, name);
    const toolCalls = calls.map(({ toolUseId, name, input }) => ({ id: toolUseId, name, arguments: input }));
    return [brainMessage('assistant', { text: textIn(content), toolCalls })];
  });
  const choice = body.toolConfig?.toolChoice;
  return {
    model: model.id,
    system: (body.system ?? []).map((part) => ('text' in part ? part.text : '')).join('\n'),
    messages: joinTurns(messages),
    tools: (body.toolConfig?.tools ?? []).flatMap((tool) =>
      'toolSpec' in tool
        ? [
            {
              name: tool.toolSpec.name,
              description: tool.toolSpec.description ?? '',
              schema: tool.toolSpec.inputSchema.json,
            },
          ]
        : [],
    ),
    toolChoice:
      choice?.tool !== undefined ? { tool: choice.tool.name } : choice?.any !== undefined ? 'required' : 'auto',
    parallelToolCalls: true,
    output: undefined,
    outputTokensMax: body.inferenceConfig?.maxTokens ?? model.outputTokensMax,
    stop: body.inferenceConfig?.stopSequences ?? [],
    reasons: isThinking(body),
    stream,
  };
}

/** In the order in which it is cached: tools, system, messages; a cache point marks what stands before it. */
export function conversePrompt(body: ConverseBody): readonly PromptSegment[] {
  const blocks: readonly object[] = [
    ...(body.toolConfig?.tools ?? []),
    ...(body.system ?? []),
    ...body.messages.flatMap(({ content }) => content),
  ];
  const segments: PromptSegment[] = [];
  for (const block of blocks) {
    const last = segments.at(-1);
    if ('cachePoint' in block && last !== undefined) segments[segments.length - 1] = { ...last, marked: true };
    else segments.push({ text: JSON.stringify(block), marked: false });
  }
  return segments;
}
