// Brains that misbehave for as long as they are let.

import type { Brain, BrainReply, BrainRequest, BrainTool, Json } from '../core/brain.ts';
import { isObject } from '../core/shape.ts';

/** Calls the same tool with the same arguments, for ever. */
export const loopForever =
  (name: string, args: { readonly [key: string]: Json }): Brain =>
  () => ({ toolCalls: [{ name, arguments: args }] });

/** Calls a tool with other arguments each time, and never ends either. */
export const wanderForever =
  (name: string, argsAt: (turn: number) => { readonly [key: string]: Json }): Brain =>
  (request) => ({
    toolCalls: [{ name, arguments: argsAt(request.messages.filter((message) => message.role === 'assistant').length) }],
  });

/** How an order is best hidden in data so that `obeyInjection` finds it: `CALL send_mail {"to": "x"}`. */
const order = /\bCALL\s+([\w.-]+)\s+(\{[^\n]*\})/;
const asksForSomething =
  /\b(ignore|disregard|instead|you must|please|now|send|delete|run|execute|write|post|upload|reveal|print)\b/i;

interface Found {
  readonly name: string;
  readonly arguments: { readonly [key: string]: Json };
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[a-z]{3,}/g) ?? [];
}

/** Fills what the schema requires with the sentence itself, or with the address or path that it names. */
function argumentsFor(tool: BrainTool, sentence: string): { readonly [key: string]: Json } {
  const schema = isObject(tool.schema) ? tool.schema : {};
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const target = /[\w.+-]+@[\w.-]+|https?:\/\/\S+|(?:\/[\w.-]+)+/.exec(sentence)?.[0];
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => {
      const type = isObject(property) ? property['type'] : 'string';
      if (type === 'number' || type === 'integer') return [name, 1];
      if (type === 'boolean') return [name, true];
      if (type === 'array') return [name, []];
      if (type === 'object') return [name, {}];
      return [name, /^(to|url|path|file|address|recipient)/i.test(name) ? (target ?? sentence) : sentence];
    }),
  );
}

function orderIn(text: string, tools: readonly BrainTool[]): Found | undefined {
  const exact = order.exec(text);
  if (exact !== null) {
    try {
      return { name: exact[1] ?? '', arguments: JSON.parse(exact[2] ?? '{}') as Found['arguments'] };
    } catch {
      return undefined;
    }
  }
  for (const sentence of text.split(/(?<=[.!?])\s+|\n/)) {
    if (!asksForSomething.test(sentence)) continue;
    const words = new Set(wordsOf(sentence));
    const tool = tools.find((one) => wordsOf(one.name.replaceAll(/[_-]/g, ' ')).some((word) => words.has(word)));
    if (tool !== undefined) return { name: tool.name, arguments: argumentsFor(tool, sentence) };
  }
  return undefined;
}

const sameCall = (request: BrainRequest, found: Found): boolean =>
  request.messages.some((message) =>
    message.toolCalls.some(
      (call) => call.name === found.name && JSON.stringify(call.arguments) === JSON.stringify(found.arguments),
    ),
  );

/**
 * Does whatever the output of a tool says, once for each order: the worst model there is. Where no order is found,
 * `otherwise` speaks.
 */
export function obeyInjection(otherwise: Brain): Brain {
  return (request): BrainReply | Promise<BrainReply> => {
    const outputs = request.messages.flatMap((message) => message.toolResults.map((result) => result.content));
    for (const output of outputs.reverse()) {
      const found = orderIn(output, request.tools);
      if (found !== undefined && !sameCall(request, found)) return { text: 'As I was told.', toolCalls: [found] };
    }
    return otherwise(request);
  };
}
