// Turns what the brain says into what a vendor sends: cut to its limits, metered, and spoiled where a fault asks for it.

import type { Brain, BrainReply, BrainRequest } from './brain.ts';
import type { ReplyFault } from './fault.ts';
import { countTokens, type TokenUse } from './tokens.ts';

export type MadePart =
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'refusal'; readonly text: string }
  | { readonly type: 'tool-call'; readonly name: string; readonly arguments: string };

export type MadeFinish = 'stop' | 'length' | 'tool-calls' | 'refusal' | 'content-filter';

export interface MadeReply {
  readonly parts: readonly MadePart[];
  readonly finish: MadeFinish;
  readonly use: TokenUse;
}

const repetitionsDefault = 2_000;
const repeated = 'I will now check that again. ';

function spoil(reply: BrainReply, fault: ReplyFault, request: BrainRequest): BrainReply {
  switch (fault.kind) {
    case 'refusal':
      return { refusal: 'I cannot help with that.' };
    case 'repetition': {
      const times = fault.times ?? repetitionsDefault;
      const charactersMax = (request.outputTokensMax ?? Number.POSITIVE_INFINITY) * 4;
      return { text: repeated.repeat(Math.min(times, Math.ceil(charactersMax / repeated.length))), finish: 'length' };
    }
    case 'truncated-arguments':
      return {
        ...reply,
        toolCalls: (reply.toolCalls ?? []).map((call) => {
          const whole = argumentsText(call.arguments);
          return { name: call.name, arguments: whole.slice(0, Math.floor(whole.length / 2)) };
        }),
      };
    case 'wrong-tool-name':
      return {
        ...reply,
        toolCalls: (reply.toolCalls ?? []).map((call) => ({ ...call, name: fault.name ?? `${call.name}_v2` })),
      };
  }
}

const argumentsText = (value: NonNullable<BrainReply['toolCalls']>[number]['arguments']): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

function cutAtStop(text: string, stop: readonly string[]): string {
  const ends = stop.map((word) => text.indexOf(word)).filter((at) => at >= 0);
  return ends.length === 0 ? text : text.slice(0, Math.min(...ends));
}

function partsOf(reply: BrainReply, request: BrainRequest): readonly MadePart[] {
  const parts: MadePart[] = [];
  if (reply.reasoning !== undefined && request.reasons) parts.push({ type: 'reasoning', text: reply.reasoning });
  if (reply.refusal !== undefined) return [...parts, { type: 'refusal', text: reply.refusal }];
  const text = cutAtStop(reply.text ?? '', request.stop);
  if (text !== '') parts.push({ type: 'text', text });
  // Vendors never call where no tool was offered, or calling was forbidden.
  const mayCall = request.tools.length > 0 && request.toolChoice !== 'none';
  const calls = mayCall ? (reply.toolCalls ?? []) : [];
  for (const call of request.parallelToolCalls ? calls : calls.slice(0, 1)) {
    parts.push({ type: 'tool-call', name: call.name, arguments: argumentsText(call.arguments) });
  }
  return parts;
}

const tokensOf = (part: MadePart): number =>
  part.type === 'tool-call' ? countTokens(part.name + part.arguments) : countTokens(part.text);

/** Cuts where the limit falls; what comes after it was never said. */
function cutToLimit(parts: readonly MadePart[], tokensMax: number): { parts: readonly MadePart[]; cut: boolean } {
  const kept: MadePart[] = [];
  let left = tokensMax;
  for (const part of parts) {
    const tokens = tokensOf(part);
    if (tokens <= left) {
      kept.push(part);
      left -= tokens;
      continue;
    }
    if (left > 0) {
      kept.push(
        part.type === 'tool-call'
          ? { ...part, arguments: part.arguments.slice(0, Math.max(0, left * 4 - part.name.length)) }
          : { ...part, text: part.text.slice(0, left * 4) },
      );
    }
    return { parts: kept, cut: true };
  }
  return { parts: kept, cut: false };
}

function finishOf(reply: BrainReply, parts: readonly MadePart[], cut: boolean): MadeFinish {
  if (cut) return 'length';
  if (reply.finish !== undefined) return reply.finish === 'stop' ? 'stop' : reply.finish;
  if (parts.some((part) => part.type === 'refusal')) return 'refusal';
  return parts.some((part) => part.type === 'tool-call') ? 'tool-calls' : 'stop';
}

export async function makeReply(
  brain: Brain,
  request: BrainRequest,
  more: {
    readonly fault: ReplyFault | undefined;
    readonly prompt: { readonly input: number; readonly cachedInput: number; readonly cacheWrite: number };
  },
): Promise<MadeReply> {
  const said = await brain(request);
  const reply = more.fault === undefined ? said : spoil(said, more.fault, request);
  const { parts, cut } = cutToLimit(partsOf(reply, request), request.outputTokensMax ?? Number.POSITIVE_INFINITY);
  const reasoning = parts.filter((part) => part.type === 'reasoning').reduce((sum, part) => sum + tokensOf(part), 0);
  return {
    parts,
    finish: finishOf(reply, parts, cut),
    use: { ...more.prompt, output: parts.reduce((sum, part) => sum + tokensOf(part), 0), reasoning },
  };
}
