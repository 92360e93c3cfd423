// The conversation of a session, as it is sent: what it began with, a summary of what is no longer sent, and the turns.
//
// Invariants: CL1 it is a function of what the journal holds: whoever reads the journal again has the same, byte for byte.
//             CL2 every tool call is answered in the message after it.

import type { ChatRequest, Message, TextPart, ToolResultPart } from '@chorale/module-models';
import { textTokens } from './text-tokens.ts';
import type { ModelReply } from './model-port.ts';
import type { ToolUse } from './notes-port.ts';

/** A model's answer and what was said to it afterwards. */
export type Turn = readonly Message[];

export class ConversationLog {
  readonly #system: string;
  #opening: readonly string[];
  #summary: string | undefined;
  #turns: Turn[] = [];
  readonly #toolsUsed = new Map<string, ToolUse>();
  #lastModel: string | undefined;

  constructor({ system, task }: { readonly system: string; readonly task: string }) {
    this.#system = system;
    this.#opening = [task];
  }

  /** Also of turns that were summarised. */
  get toolsUsed(): readonly ToolUse[] {
    return [...this.#toolsUsed.values()];
  }

  get lastModel(): string | undefined {
    return this.#lastModel;
  }

  get turns(): readonly Turn[] {
    return this.#turns;
  }

  get messages(): readonly Message[] {
    const opening = [...this.#opening, ...(this.#summary === undefined ? [] : [this.#summary])];
    return [
      { role: 'system', parts: [{ type: 'text', text: this.#system }] },
      { role: 'user', parts: opening.map((text) => ({ type: 'text', text })) },
      ...this.#turns.flat(),
    ];
  }

  addReply({ parts, by }: Pick<ModelReply, 'parts' | 'by'>): void {
    this.#lastModel = by.model;
    // No provider takes an answer without content back.
    const whole = parts.length > 0 ? parts : [{ type: 'text', text: '(nothing)' } as const];
    this.#turns.push([{ role: 'assistant', parts: whole, by }]);
  }

  addResults(parts: readonly ToolResultPart[]): void {
    for (const { name, isError } of parts) {
      const { succeeded, failed } = this.#toolsUsed.get(name) ?? { succeeded: 0, failed: 0 };
      const used = isError ? { succeeded, failed: failed + 1 } : { succeeded: succeeded + 1, failed };
      this.#toolsUsed.set(name, { name, ...used });
    }
    this.#append({ role: 'tool', parts });
  }

  /** Said to the model before its next answer. */
  say(text: string): void {
    const last = this.#turns.at(-1);
    if (last === undefined) {
      this.#opening = [...this.#opening, text];
      return;
    }
    const part: TextPart = { type: 'text', text };
    const message = last.at(-1);
    if (message?.role !== 'user') this.#append({ role: 'user', parts: [part] });
    else
      this.#turns[this.#turns.length - 1] = [...last.slice(0, -1), { role: 'user', parts: [...message.parts, part] }];
  }

  /** Puts a summary in the place of all turns but the last ones. */
  compact(summary: string, kept: readonly Turn[]): void {
    this.#summary = `What was done so far, summarised:\n${summary}`;
    this.#turns = [...kept];
  }

  #append(message: Message): void {
    const last = this.#turns.pop() ?? [];
    this.#turns.push([...last, message]);
  }
}

/** Likely tokens of what is sent, tools included. */
export function requestTokens({ messages, tools }: Pick<ChatRequest, 'messages' | 'tools'>): number {
  let tokens = 0;
  for (const message of messages) tokens += messageTokens(message);
  for (const tool of tools ?? []) tokens += textTokens(tool.description) + textTokens(JSON.stringify(tool.inputSchema));
  return tokens;
}

export function turnTokens(turn: Turn): number {
  return turn.reduce((sum, message) => sum + messageTokens(message), 0);
}

const messageFrameTokens = 5;

function messageTokens(message: Message): number {
  let tokens = messageFrameTokens;
  for (const part of message.parts) {
    if (part.type === 'tool-call') tokens += textTokens(part.invalid ?? JSON.stringify(part.arguments));
    else if (part.type === 'tool-result') tokens += textTokens(part.content);
    else if (part.type !== 'image') tokens += textTokens(part.text);
  }
  return tokens;
}
