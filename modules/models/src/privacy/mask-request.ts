// Every text of a request that a provider would read, mapped: what is said, results of tools, arguments of calls.
//
// Left as they are: descriptions of tools and schemas, which programs write, not people; images; and reasoning that its
// provider signed, which a changed letter would make worthless. It was made from what the provider had been sent.

import type { AssistantPart, ChatRequest, Message, ToolCallPart, UserPart } from '../conversation.ts';
import { mapJsonText, mapList, type MapText } from './map-json-text.ts';

/** The same object where nothing changed. */
export function mapRequestText(request: ChatRequest, map: MapText): ChatRequest {
  const messages = mapList(request.messages, (message) => mapMessage(message, map));
  const stop = request.stop === undefined ? undefined : mapList(request.stop, map);
  if (messages === request.messages && stop === request.stop) return request;
  return { ...request, messages, ...(stop === undefined ? {} : { stop }) };
}

function mapMessage(message: Message, map: MapText): Message {
  switch (message.role) {
    case 'system':
      return withParts(
        message,
        mapList(message.parts, (part) => mapTextOf(part, map)),
      );
    case 'user':
      return withParts(
        message,
        mapList(message.parts, (part): UserPart => (part.type === 'text' ? mapTextOf(part, map) : part)),
      );
    case 'assistant':
      return withParts(
        message,
        mapList(message.parts, (part) => mapAssistantPart(part, map)),
      );
    case 'tool':
      return withParts(
        message,
        mapList(message.parts, (part) => {
          const content = map(part.content);
          return content === part.content ? part : { ...part, content };
        }),
      );
    default:
      return message satisfies never;
  }
}

function withParts<Kind extends Message>(message: Kind, parts: Kind['parts']): Kind {
  return parts === message.parts ? message : { ...message, parts };
}

function mapTextOf<Part extends { readonly text: string }>(part: Part, map: MapText): Part {
  const text = map(part.text);
  return text === part.text ? part : { ...part, text };
}

function mapAssistantPart(part: AssistantPart, map: MapText): AssistantPart {
  if (part.type === 'tool-call') return mapCall(part, map);
  if (part.type === 'reasoning' && part.signature !== undefined) return part;
  return mapTextOf(part, map);
}

export function mapCall(call: ToolCallPart, map: MapText, mapSource: MapText = map): ToolCallPart {
  const mapped = mapJsonText(call.arguments, map);
  const invalid = call.invalid === undefined ? undefined : mapSource(call.invalid);
  if (mapped === call.arguments && invalid === call.invalid) return call;
  return { ...call, arguments: mapped, ...(invalid === undefined ? {} : { invalid }) };
}
