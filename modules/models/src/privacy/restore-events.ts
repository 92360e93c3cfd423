// Puts values back into an answer in our own terms while it is being made.
//
// Reasoning keeps its placeholders: where it is signed, a changed letter would make it worthless to its provider.

import type { AssistantPart, ChatEvent, ChatReply, ToolCallPart } from '../conversation.ts';
import { mapCall } from './mask-request.ts';
import { mapList } from './map-json-text.ts';
import type { Placeholders } from './placeholders.ts';
import { createPlaceholderRestorer, restoreText, type PlaceholderRestorer } from './restore-placeholders.ts';

/** Every event goes on at once, but for the beginning of what may be a placeholder. */
export async function* restoreEvents(
  placeholders: Placeholders,
  events: AsyncIterable<ChatEvent>,
): AsyncGenerator<ChatEvent> {
  const said = { text: createPlaceholderRestorer(placeholders), refusal: createPlaceholderRestorer(placeholders) };
  const calls = new Map<number, PlaceholderRestorer>();
  for await (const event of events) {
    switch (event.type) {
      case 'text':
      case 'refusal':
        yield* asDelta(event.type, said[event.type].push(event.delta));
        break;
      case 'reasoning':
        yield event;
        break;
      case 'tool-call-start':
        yield* asDelta('text', said.text.end());
        yield event;
        break;
      case 'tool-call-arguments': {
        const restorer = calls.get(event.index) ?? createPlaceholderRestorer(placeholders, 'json');
        calls.set(event.index, restorer);
        yield* asArguments(event.index, restorer.push(event.delta));
        break;
      }
      case 'tool-call-end':
        yield* asArguments(event.index, calls.get(event.index)?.end() ?? '');
        yield { ...event, call: restoreCall(placeholders, event.call) };
        break;
      case 'end':
        yield* asDelta('text', said.text.end());
        yield* asDelta('refusal', said.refusal.end());
        yield { ...event, reply: restoreReply(placeholders, event.reply) };
        break;
      default:
        yield event satisfies never;
    }
  }
}

function restoreReply(placeholders: Placeholders, reply: ChatReply): ChatReply {
  const parts = mapList(reply.parts, (part): AssistantPart => {
    if (part.type === 'tool-call') return restoreCall(placeholders, part);
    if (part.type === 'reasoning') return part;
    const text = restoreText(placeholders, part.text);
    return text === part.text ? part : { ...part, text };
  });
  return parts === reply.parts ? reply : { ...reply, parts };
}

const restoreCall = (placeholders: Placeholders, call: ToolCallPart): ToolCallPart =>
  mapCall(
    call,
    (text) => restoreText(placeholders, text),
    (source) => restoreText(placeholders, source, 'json'),
  );

function* asDelta(type: 'text' | 'refusal', delta: string): Generator<ChatEvent> {
  if (delta !== '') yield { type, delta };
}

function* asArguments(index: number, delta: string): Generator<ChatEvent> {
  if (delta !== '') yield { type: 'tool-call-arguments', index, delta };
}
