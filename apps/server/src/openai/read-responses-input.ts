// The items of a Responses request as messages. What the assistant made stands there item by item; here one turn is one
// message.
import type { AssistantPart, Message, Provenance, TextPart, UserPart } from '@chorale/module-models';
import { findItems, findText, getText, invalidField, type Place, unsupportedField } from './read-fields.ts';
import { readImage } from './read-chat-messages.ts';
import { readToolCall } from './read-tool-call.ts';
import { unwrapReasoning } from './wrapped-reasoning.ts';

export interface ResponseInput {
  readonly messages: readonly Message[];
  readonly sameWireOnly: readonly string[];
  readonly hasWrapped: boolean;
}

export function readResponseInput(body: Place): ResponseInput {
  const reading = createReading();
  const instructions = findText(body, 'instructions');
  if (instructions !== undefined) reading.add({ role: 'system', parts: [{ type: 'text', text: instructions }] });
  const { input } = body.fields;
  if (typeof input === 'string') reading.add({ role: 'user', parts: [{ type: 'text', text: input }] });
  else {
    const items = findItems(body, 'input');
    if (items === undefined || items.length === 0) throw invalidField('input', 'must be a text or a list of items');
    for (const item of items) readItem(item, reading);
  }
  return { messages: reading.messages, sameWireOnly: reading.sameWireOnly, hasWrapped: reading.hasWrapped };
}

interface Reading {
  readonly messages: Message[];
  readonly sameWireOnly: string[];
  readonly toolNames: Map<string, string>;
  hasWrapped: boolean;
  /** Joins what belongs to one turn of the assistant, and the results of one turn's calls. */
  add(message: Message): void;
}

function createReading(): Reading {
  const messages: Message[] = [];
  return {
    messages,
    sameWireOnly: [],
    toolNames: new Map(),
    hasWrapped: false,
    add(message) {
      const before = messages.at(-1);
      const last = messages.length - 1;
      if (message.role === 'assistant' && before?.role === 'assistant' && isSameMaker(before.by, message.by)) {
        const by = before.by ?? message.by;
        const parts = [...before.parts, ...message.parts];
        messages[last] = { role: 'assistant', parts, ...(by === undefined ? {} : { by }) };
      } else if (message.role === 'tool' && before?.role === 'tool')
        messages[last] = { role: 'tool', parts: [...before.parts, ...message.parts] };
      else messages.push(message);
    },
  };
}

function isSameMaker(left: Provenance | undefined, right: Provenance | undefined): boolean {
  if (left === undefined || right === undefined) return true;
  return left.provider === right.provider && left.model === right.model;
}

function readItem(item: Place, reading: Reading): void {
  const type = findText(item, 'type') ?? 'message';
  switch (type) {
    case 'message':
      return readMessage(item, reading);
    case 'function_call': {
      const id = getText(item, 'call_id');
      const call = readToolCall({ id, name: getText(item, 'name'), text: getText(item, 'arguments') });
      reading.toolNames.set(id, call.name);
      return reading.add({ role: 'assistant', parts: [call] });
    }
    case 'function_call_output':
      return readResult(item, reading);
    case 'reasoning':
      return readReasoning(item, reading);
    case 'item_reference':
      throw unsupportedField(`${item.at}type`, 'answers are not kept; send the item itself');
    default:
      reading.sameWireOnly.push(`${item.at}type`);
  }
}

function readMessage(item: Place, reading: Reading): void {
  const role = getText(item, 'role');
  switch (role) {
    case 'system':
    case 'developer':
      return reading.add({ role: 'system', parts: readParts(item, reading).filter(isText) });
    case 'user':
      return reading.add({ role: 'user', parts: readParts(item, reading) });
    case 'assistant':
      return reading.add({ role: 'assistant', parts: readAssistantParts(item, reading) });
    default:
      throw invalidField(`${item.at}role`, 'must be system, developer, user or assistant', role);
  }
}

function isText(part: UserPart): part is TextPart {
  return part.type === 'text';
}

function readParts(item: Place, reading: Reading): readonly UserPart[] {
  const { content } = item.fields;
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  const parts = findItems(item, 'content');
  if (parts === undefined) throw invalidField(`${item.at}content`, 'is missing');
  return parts.flatMap((part): readonly UserPart[] => {
    switch (getText(part, 'type')) {
      case 'input_text':
        return [{ type: 'text', text: getText(part, 'text') }];
      case 'input_image': {
        const url = findText(part, 'image_url');
        if (url !== undefined) return [readImage(url, `${part.at}image_url`)];
        break;
      }
      default:
    }
    reading.sameWireOnly.push(`${part.at}type`);
    return [];
  });
}

function readAssistantParts(item: Place, reading: Reading): readonly AssistantPart[] {
  const { content } = item.fields;
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return (findItems(item, 'content') ?? []).flatMap((part): readonly AssistantPart[] => {
    switch (getText(part, 'type')) {
      case 'output_text':
        return [{ type: 'text', text: getText(part, 'text') }];
      case 'refusal':
        return [{ type: 'refusal', text: getText(part, 'refusal') }];
      default:
        reading.sameWireOnly.push(`${part.at}type`);
        return [];
    }
  });
}

function readResult(item: Place, reading: Reading): void {
  const callId = getText(item, 'call_id');
  const name = reading.toolNames.get(callId);
  if (name === undefined)
    throw invalidField(`${item.at}call_id`, 'must be the call_id of an earlier function_call', callId);
  const { output } = item.fields;
  const content =
    typeof output === 'string'
      ? output
      : (findItems(item, 'output') ?? []).map((part) => readResultText(part, reading)).join('');
  reading.add({ role: 'tool', parts: [{ type: 'tool-result', callId, name, content, isError: false }] });
}

function readResultText(part: Place, reading: Reading): string {
  if (getText(part, 'type') === 'input_text') return getText(part, 'text');
  reading.sameWireOnly.push(`${part.at}type`);
  return '';
}

function readReasoning(item: Place, reading: Reading): void {
  const wrapped = findText(item, 'encrypted_content');
  const content = wrapped === undefined ? undefined : unwrapReasoning(wrapped);
  // What a provider wrapped itself goes back as it came, where the same format is spoken; elsewhere it is left out.
  if (content === undefined) return;
  reading.hasWrapped = true;
  const { provider, model, text, signature } = content;
  const part = { type: 'reasoning' as const, text, ...(signature === undefined ? {} : { signature }) };
  reading.add({ role: 'assistant', parts: [part], by: { provider, model } });
}
