// Puts an answer together from its pieces, in the order in which they began.

import type { LanguageModelV4FinishReason, LanguageModelV4Usage } from '@ai-sdk/provider';
import {
  type AssistantPart,
  type ChatReply,
  type Deployment,
  type FinishReason,
  type ReasoningPart,
  type ToolCallPart,
  type Usage,
} from '@chorale/module-models';
import type { Json } from '@chorale/module-goals';

export interface CallDraft {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  text: string;
  ended: ToolCallPart | undefined;
}

interface TextDraft {
  readonly type: 'text' | 'refusal';
  text: string;
}

interface ReasoningDraft {
  readonly type: 'reasoning';
  readonly id: string;
  text: string;
  signature: string | undefined;
}

type Draft = TextDraft | ReasoningDraft | { readonly type: 'call'; readonly call: CallDraft };

export class ReplyBuilder {
  readonly #deployment: Deployment;
  readonly #drafts: Draft[] = [];
  readonly #calls = new Map<string, CallDraft>();
  model: string | undefined;
  id: string | undefined;

  constructor(deployment: Deployment) {
    this.#deployment = deployment;
  }

  addText(type: 'text' | 'refusal', delta: string): void {
    const last = this.#drafts.at(-1);
    if (last?.type === type) last.text += delta;
    else if (delta !== '') this.#drafts.push({ type, text: delta });
  }

  /** Pieces of one thought have one id; its signature comes with any of them. */
  addReasoning(id: string, delta: string, signature: string | undefined): void {
    let draft = this.#drafts.find((each): each is ReasoningDraft => each.type === 'reasoning' && each.id === id);
    if (draft === undefined) {
      draft = { type: 'reasoning', id, text: '', signature: undefined };
      this.#drafts.push(draft);
    }
    draft.text += delta;
    draft.signature = signature ?? draft.signature;
  }

  /** Undefined when a call of that id has begun already. */
  beginCall(id: string, name: string): CallDraft | undefined {
    if (this.#calls.has(id)) return undefined;
    const call: CallDraft = { index: this.#calls.size, id, name, text: '', ended: undefined };
    this.#calls.set(id, call);
    this.#drafts.push({ type: 'call', call });
    return call;
  }

  findCall(id: string): CallDraft | undefined {
    return this.#calls.get(id);
  }

  /** Calls whose arguments never came to an end: cut off by the limit on output. */
  openCalls(): readonly CallDraft[] {
    return [...this.#calls.values()].filter((call) => call.ended === undefined);
  }

  reply(finish: LanguageModelV4FinishReason, usage: LanguageModelV4Usage): ChatReply {
    const parts = this.#drafts.flatMap(toPart);
    return {
      parts,
      finish: finishOf(finish, parts),
      usage: usageOf(usage),
      by: { provider: this.#deployment.kind, model: this.model ?? this.#deployment.model },
      ...(this.id === undefined ? {} : { providerReplyId: this.id }),
    };
  }
}

function toPart(draft: Draft): readonly AssistantPart[] {
  switch (draft.type) {
    case 'text':
    case 'refusal':
      return [{ type: draft.type, text: draft.text }];
    case 'reasoning': {
      const { text, signature } = draft;
      if (text === '' && signature === undefined) return [];
      const part: ReasoningPart = { type: 'reasoning', text };
      return [signature === undefined ? part : { ...part, signature }];
    }
    case 'call':
      return draft.call.ended === undefined ? [] : [draft.call.ended];
  }
}

/** Arguments as the model wrote them; nothing at all stands for none. */
export function endCall(call: CallDraft, input: string, signature: string | undefined): ToolCallPart {
  const base = { type: 'tool-call' as const, id: call.id, name: call.name };
  const signed = signature === undefined ? {} : { signature };
  const text = input.trim() === '' ? '{}' : input;
  try {
    call.ended = { ...base, arguments: JSON.parse(text) as Json, ...signed };
  } catch {
    call.ended = { ...base, arguments: {}, invalid: input, ...signed };
  }
  return call.ended;
}

function finishOf({ unified, raw }: LanguageModelV4FinishReason, parts: readonly AssistantPart[]): FinishReason {
  if (raw === 'refusal' || parts.some((part) => part.type === 'refusal')) return 'refusal';
  if (unified === 'length' || unified === 'content-filter') return unified;
  // Google and some local servers say `stop` to calls too.
  return parts.some((part) => part.type === 'tool-call') ? 'tool-calls' : 'stop';
}

function usageOf({ inputTokens, outputTokens }: LanguageModelV4Usage): Usage {
  return {
    inputTokens: inputTokens.total ?? 0,
    outputTokens: outputTokens.total ?? 0,
    cachedInputTokens: inputTokens.cacheRead ?? 0,
    cacheWriteTokens: inputTokens.cacheWrite ?? 0,
    reasoningTokens: outputTokens.reasoning ?? 0,
  };
}
