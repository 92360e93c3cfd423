// The messages of a chat completion in our own terms.
import type { AssistantPart, ImagePart, Message, TextPart, ToolResultPart, UserPart } from '@chorale/module-models';
import { findItems, findText, getFields, getText, invalidField, type Place } from './read-fields.ts';
import { readToolCall } from './read-tool-call.ts';

export interface ReadMessages {
  readonly messages: readonly Message[];
  readonly sameWireOnly: readonly string[];
}

export function readMessages(body: Place): ReadMessages {
  const items = findItems(body, 'messages');
  if (items === undefined || items.length === 0) throw invalidField('messages', 'must hold at least one message');
  const reading: Reading = { toolNames: new Map(), sameWireOnly: [] };
  const messages: Message[] = [];
  for (const item of items) {
    const message = readMessage(item, reading);
    const before = messages.at(-1);
    // The results of one turn's calls are one message of ours.
    if (message.role === 'tool' && before?.role === 'tool')
      messages[messages.length - 1] = { role: 'tool', parts: [...before.parts, ...message.parts] };
    else messages.push(message);
  }
  return { messages, sameWireOnly: reading.sameWireOnly };
}

interface Reading {
  /** By the id of their call: results do not say it. */
  readonly toolNames: Map<string, string>;
  readonly sameWireOnly: string[];
}

function readMessage(item: Place, reading: Reading): Message {
  const role = getText(item, 'role');
  switch (role) {
    case 'system':
    case 'developer':
      return { role: 'system', parts: readTexts(item, reading) };
    case 'user':
      return { role: 'user', parts: readUserParts(item, reading) };
    case 'assistant':
      return { role: 'assistant', parts: readAssistantParts(item, reading) };
    case 'tool':
      return { role: 'tool', parts: [readToolResult(item, reading)] };
    case 'function':
      reading.sameWireOnly.push(`${item.at}role`);
      return { role: 'user', parts: readTexts(item, reading) };
    default:
      throw invalidField(`${item.at}role`, 'must be system, developer, user, assistant or tool', role);
  }
}

/** Where content may be a text or a list of parts. */
function contentOf(item: Place): string | readonly Place[] | undefined {
  const content = item.fields['content'] ?? undefined;
  if (content === undefined || typeof content === 'string') return content;
  return findItems(item, 'content');
}

function readTexts(item: Place, reading: Reading): readonly TextPart[] {
  const content = contentOf(item);
  if (content === undefined) throw invalidField(`${item.at}content`, 'is missing');
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.flatMap((part) => {
    if (getText(part, 'type') === 'text') return [{ type: 'text' as const, text: getText(part, 'text') }];
    reading.sameWireOnly.push(`${part.at}type`);
    return [];
  });
}

function readUserParts(item: Place, reading: Reading): readonly UserPart[] {
  const content = contentOf(item);
  if (content === undefined) throw invalidField(`${item.at}content`, 'is missing');
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.flatMap((part): readonly UserPart[] => {
    switch (getText(part, 'type')) {
      case 'text':
        return [{ type: 'text', text: getText(part, 'text') }];
      case 'image_url': {
        const image = getFields(part, 'image_url');
        return [readImage(getText(image, 'url'), `${image.at}url`)];
      }
      default:
        reading.sameWireOnly.push(`${part.at}type`);
        return [];
    }
  });
}

const dataUrl = /^data:([\w.+-]+\/[\w.+-]+);base64,/;

export function readImage(url: string, at: string): ImagePart {
  const head = dataUrl.exec(url.slice(0, 100));
  if (head !== null) return { type: 'image', mediaType: head[1] ?? '', source: { base64: url.slice(head[0].length) } };
  // The type of what is behind an address is found out by the provider that fetches it.
  if (url.startsWith('https://')) return { type: 'image', mediaType: 'image/*', source: { url } };
  throw invalidField(at, 'must be an https address or a data: address in base 64', url.slice(0, 20));
}

function readAssistantParts(item: Place, reading: Reading): readonly AssistantPart[] {
  const parts: AssistantPart[] = [];
  const content = contentOf(item);
  if (typeof content === 'string') {
    if (content !== '') parts.push({ type: 'text', text: content });
  } else for (const part of content ?? []) parts.push(...readAssistantPart(part, reading));
  const refusal = findText(item, 'refusal');
  if (refusal !== undefined) parts.push({ type: 'refusal', text: refusal });
  for (const call of findItems(item, 'tool_calls') ?? []) {
    if (getText(call, 'type') !== 'function') {
      reading.sameWireOnly.push(`${call.at}type`);
      continue;
    }
    const made = getFields(call, 'function');
    const read = readToolCall({
      id: getText(call, 'id'),
      name: getText(made, 'name'),
      text: getText(made, 'arguments'),
    });
    reading.toolNames.set(read.id, read.name);
    parts.push(read);
  }
  for (const old of ['audio', 'function_call'])
    if ((item.fields[old] ?? undefined) !== undefined) reading.sameWireOnly.push(`${item.at}${old}`);
  return parts;
}

function readAssistantPart(part: Place, reading: Reading): readonly AssistantPart[] {
  switch (getText(part, 'type')) {
    case 'text':
      return [{ type: 'text', text: getText(part, 'text') }];
    case 'refusal':
      return [{ type: 'refusal', text: getText(part, 'refusal') }];
    default:
      reading.sameWireOnly.push(`${part.at}type`);
      return [];
  }
}

function readToolResult(item: Place, reading: Reading): ToolResultPart {
  const callId = getText(item, 'tool_call_id');
  const name = reading.toolNames.get(callId);
  if (name === undefined)
    throw invalidField(`${item.at}tool_call_id`, 'must be the id of a tool call in an earlier message', callId);
  const content = readTexts(item, reading)
    .map(({ text }) => text)
    .join('');
  return { type: 'tool-result', callId, name, content, isError: false };
}
