// A request to generateContent as a brain sees it, and as tokens.

import { brainMessage, joinTurns, type BrainMessage, type BrainRequest } from '../core/brain.ts';
import type { VendorModel } from '../core/protocol.ts';
import type { PromptSegment } from '../core/tokens.ts';
import { declarationsOf, type Content, type GenerateBody, type Part } from './generate-body.ts';
import { isModel } from './generate-rules.ts';

const textIn = (parts: readonly Part[]): string =>
  parts.flatMap((part) => (part.text !== undefined && part.thought !== true ? [part.text] : [])).join('');

/** The usual wrappings of a result that is a string. */
function resultText(response: Readonly<Record<string, unknown>>): {
  readonly content: string;
  readonly isError: boolean;
} {
  for (const name of ['content', 'output', 'result', 'error']) {
    const value = response[name];
    if (typeof value === 'string') return { content: value, isError: name === 'error' };
  }
  return { content: JSON.stringify(response), isError: response['error'] !== undefined };
}

function turnsOf(content: Content): readonly BrainMessage[] {
  const { parts } = content;
  if (isModel(content)) {
    return [
      brainMessage('assistant', {
        text: textIn(parts),
        toolCalls: parts
          .flatMap((part) => part.functionCall ?? [])
          .map((call) => ({ id: call.id, name: call.name, arguments: call.args ?? {} })),
      }),
    ];
  }
  const responses = parts.flatMap((part) => part.functionResponse ?? []);
  const rest = parts.filter((part) => part.functionResponse === undefined);
  return [
    ...(responses.length === 0
      ? []
      : [
          brainMessage('tool', {
            toolResults: responses.map((response) => ({
              callId: response.id,
              name: response.name,
              ...resultText(response.response),
            })),
          }),
        ]),
    ...(rest.length === 0
      ? []
      : [
          brainMessage('user', {
            text: rest.flatMap((part) => part.text ?? []).join('\n'),
            images: rest.filter((part) => part.inlineData !== undefined || part.fileData !== undefined).length,
          }),
        ]),
  ];
}

const choices = { AUTO: 'auto', ANY: 'required', NONE: 'none', VALIDATED: 'auto' } as const;

export function generateAsked(
  body: GenerateBody,
  model: VendorModel,
  options: { readonly stream: boolean },
): Omit<BrainRequest, 'callNo'> {
  const config = body.generationConfig ?? {};
  const calling = body.toolConfig?.functionCallingConfig;
  const only = calling?.allowedFunctionNames ?? [];
  const schema = config.responseSchema ?? config.responseJsonSchema;
  const json = config.responseMimeType === 'application/json';
  return {
    model: model.id,
    system: textIn(body.systemInstruction?.parts ?? []),
    messages: joinTurns(body.contents.flatMap(turnsOf)),
    tools: declarationsOf(body).map((declaration) => ({
      name: declaration.name,
      description: declaration.description ?? '',
      schema: declaration.parametersJsonSchema ?? declaration.parameters ?? {},
    })),
    toolChoice: only.length === 1 ? { tool: only[0] ?? '' } : choices[calling?.mode ?? 'AUTO'],
    parallelToolCalls: true,
    output: json ? { name: 'output', schema: schema ?? {} } : undefined,
    outputTokensMax: config.maxOutputTokens ?? model.outputTokensMax,
    stop: config.stopSequences ?? [],
    reasons: model.reasons === true && config.thinkingConfig?.thinkingBudget !== 0,
    stream: options.stream,
  };
}

function segmentOf(content: Content): PromptSegment {
  const spoken = content.parts.map((part) => {
    const { thoughtSignature: _signature, ...rest } = part;
    return rest.text ?? JSON.stringify(rest);
  });
  return { text: spoken.join('\n') };
}

export function generatePrompt(body: GenerateBody): readonly PromptSegment[] {
  return [
    ...(body.systemInstruction === undefined ? [] : [segmentOf(body.systemInstruction)]),
    ...(body.tools === undefined ? [] : [{ text: JSON.stringify(body.tools) }]),
    ...body.contents.map(segmentOf),
  ];
}
