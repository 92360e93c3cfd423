// What generateContent answers, whole or as a stream of partial answers.

import type { MadeFinish, MadePart, MadeReply } from '../core/make-reply.ts';
import type { Answer, VendorState } from '../core/protocol.ts';
import { isObject } from '../core/shape.ts';
import { splitText } from '../core/split-text.ts';
import type { GenerateBody } from './generate-body.ts';
import type { Part } from './generate-body.ts';
import { demandsSignatures, signCall, signText } from './thought-signature.ts';

const finishes: Readonly<Record<MadeFinish, string>> = {
  stop: 'STOP',
  length: 'MAX_TOKENS',
  'tool-calls': 'STOP',
  refusal: 'SAFETY',
  'content-filter': 'SAFETY',
};

interface Asked {
  readonly body: GenerateBody;
  readonly model: string;
  readonly reasons: boolean;
  readonly stream: boolean;
}

function argumentsOf(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(json === '' ? '{}' : json) as unknown;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined: the vendor has no way to say it. */
function partOf(part: MadePart, asked: Asked): Part | undefined {
  switch (part.type) {
    case 'reasoning':
      return asked.body.generationConfig?.thinkingConfig?.includeThoughts === true
        ? { text: part.text, thought: true }
        : undefined;
    case 'text':
      return { text: part.text };
    case 'refusal':
      return undefined;
    case 'tool-call': {
      const args = argumentsOf(part.arguments);
      return args === undefined ? undefined : { functionCall: { name: part.name, args } };
    }
  }
}

/** The first call of a step carries the mark, and in the newest generation the last text does. */
function signed(parts: readonly Part[], asked: Asked, state: VendorState): readonly Part[] {
  if (!asked.reasons) return parts;
  const first = parts.findIndex((part) => part.functionCall !== undefined);
  const call = parts[first]?.functionCall;
  if (call !== undefined) {
    return parts.with(first, { functionCall: call, thoughtSignature: signCall(state, asked.model, call) });
  }
  const last = parts.at(-1);
  if (last?.text === undefined || last.thought === true || !demandsSignatures(asked.model)) return parts;
  return parts.with(parts.length - 1, { ...last, thoughtSignature: signText(state, asked.model) });
}

export function generateAnswer(asked: Asked, made: MadeReply, state: VendorState): Answer {
  const { use } = made;
  const malformed = made.parts.some((part) => part.type === 'tool-call' && argumentsOf(part.arguments) === undefined);
  const said = malformed ? [] : made.parts.map((part) => partOf(part, asked)).filter((part) => part !== undefined);
  const parts = signed(said, asked, state);
  const usage = (output: number): object => ({
    promptTokenCount: use.input,
    ...(output > 0 ? { candidatesTokenCount: output } : {}),
    totalTokenCount: use.input + output + use.reasoning,
    ...(use.cachedInput > 0 ? { cachedContentTokenCount: use.cachedInput } : {}),
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: use.input }],
    ...(use.reasoning > 0 ? { thoughtsTokenCount: use.reasoning } : {}),
  });
  const around = { modelVersion: asked.model, responseId: state.newId('', 22) };
  const end = malformed
    ? { finishReason: 'MALFORMED_FUNCTION_CALL', finishMessage: 'Malformed function call' }
    : { finishReason: finishes[made.finish] };
  const whole = usage(use.output - use.reasoning);
  if (!asked.stream) {
    const content = parts.length === 0 ? {} : { content: { parts, role: 'model' } };
    return { form: 'json', body: { candidates: [{ ...content, ...end, index: 0 }], usageMetadata: whole, ...around } };
  }
  const pieces = parts.flatMap(piecesOf);
  const chunk = (candidate: object, metered: object): string =>
    `data: ${JSON.stringify({ candidates: [{ ...candidate, index: 0 }], usageMetadata: metered, ...around })}\r\n\r\n`;
  const shown = pieces.map((part) => ({ content: { parts: [part], role: 'model' } }));
  return {
    form: 'stream',
    chunks: [
      ...shown.slice(0, -1).map((candidate) => chunk(candidate, usage(0))),
      chunk({ ...shown.at(-1), ...end }, whole),
    ],
    errorEvent: () =>
      `data: ${JSON.stringify({
        error: { code: 503, message: 'The model is overloaded. Please try again later.', status: 'UNAVAILABLE' },
      })}\r\n\r\n`,
  };
}

/** Calls come whole; text comes in pieces, and its mark in an empty one at the end. */
function piecesOf(part: Part): readonly Part[] {
  if (part.text === undefined) return [part];
  const { text, thoughtSignature, ...rest } = part;
  return [
    ...splitText(text).map((piece) => ({ ...rest, text: piece })),
    ...(thoughtSignature === undefined ? [] : [{ text: '', thoughtSignature }]),
  ];
}
