// A tool call as a caller gives it back: arguments are a text that should be JSON, and is not when a model erred.
import type { Json } from '@chorale/lib-client';
import type { ToolCallPart } from '@chorale/module-models';

export interface WrittenCall {
  readonly id: string;
  readonly name: string;
  readonly text: string;
}

export function readToolCall({ id, name, text }: WrittenCall): ToolCallPart {
  try {
    return { type: 'tool-call', id, name, arguments: text.trim() === '' ? {} : (JSON.parse(text) as Json) };
  } catch {
    return { type: 'tool-call', id, name, arguments: {}, invalid: text };
  }
}

export function writeArguments(call: ToolCallPart): string {
  return call.invalid ?? JSON.stringify(call.arguments);
}
