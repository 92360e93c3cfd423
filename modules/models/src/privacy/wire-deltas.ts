// Where the pieces of an answer stand in the events of each wire format.

import type { Json } from '@chorale/module-goals';
import type { Wire } from '../deployment.ts';
import { isList } from './map-json-text.ts';
import type { RestoredForm } from './restore-placeholders.ts';

export type JsonFields = Record<string, Json>;

/** One piece of one growing text. */
export interface DeltaPlace {
  /** The same for all pieces of one text. */
  readonly channel: string;
  readonly form: RestoredForm;
  /** The object that holds the piece, and the name it has there; owned by the event, so it may be written to. */
  readonly holder: JsonFields;
  readonly field: string;
  /** An event of the same answer that says one piece of this text and nothing else. */
  readonly alone: (delta: string) => JsonFields;
}

export interface ReadEvent {
  readonly places: readonly DeltaPlace[];
  /** Texts whose name begins so end with this event. */
  readonly ends: readonly string[];
}

export const fieldsOf = (value: Json | undefined): JsonFields | undefined =>
  typeof value === 'object' && value !== null && !isList(value) ? value : undefined;

const listOf = (value: Json | undefined): readonly Json[] =>
  typeof value === 'object' && value !== null && isList(value) ? value : [];

const keyOf = (...names: readonly (Json | undefined)[]): string =>
  names.map((name) => JSON.stringify(name ?? 0)).join('/');

function readChatEvent(event: JsonFields): ReadEvent {
  const places: DeltaPlace[] = [];
  const ends: string[] = [];
  for (const item of listOf(event.choices)) {
    const choice = fieldsOf(item);
    const delta = fieldsOf(choice?.delta);
    if (choice === undefined) continue;
    const begin = keyOf(choice.index);
    if (typeof choice.finish_reason === 'string') ends.push(begin);
    if (delta === undefined) continue;
    const { usage: _, ...frame } = event;
    const alone = (piece: JsonFields): JsonFields => ({
      ...frame,
      choices: [{ index: choice.index ?? 0, delta: piece, finish_reason: null }],
    });
    for (const field of ['content', 'refusal']) {
      const say = (text: string): JsonFields => alone({ [field]: text });
      places.push({ channel: `${begin}/${field}`, form: 'text', holder: delta, field, alone: say });
    }
    for (const call of listOf(delta.tool_calls)) {
      const holder = fieldsOf(fieldsOf(call)?.function);
      const channel = `${begin}/call/${keyOf(fieldsOf(call)?.index)}`;
      const index = fieldsOf(call)?.index ?? 0;
      const say = (text: string): JsonFields => alone({ tool_calls: [{ index, function: { arguments: text } }] });
      if (holder !== undefined) places.push({ channel, form: 'json', holder, field: 'arguments', alone: say });
    }
  }
  return { places: places.filter(isSaid), ends };
}

/** Events name texts that they say nothing of. */
const isSaid = ({ holder, field }: DeltaPlace): boolean => typeof holder[field] === 'string';

function readResponsesEvent(event: JsonFields): ReadEvent {
  const type = typeof event.type === 'string' ? event.type : '';
  const what = /^(response\..*)\.(delta|done)$/.exec(type);
  if (what === null || type.includes('reasoning')) return { places: [], ends: [] };
  const channel = `${what[1]}/${keyOf(event.output_index, event.content_index)}`;
  if (what[2] === 'done') return { places: [], ends: [channel] };
  const form = type.includes('function_call_arguments') || type.includes('mcp_call_arguments') ? 'json' : 'text';
  const alone = (delta: string): JsonFields => ({ ...event, delta });
  return { places: [{ channel, form, holder: event, field: 'delta', alone }], ends: [] };
}

function readAnthropicEvent(event: JsonFields): ReadEvent {
  const begin = keyOf(event.index);
  if (event.type === 'content_block_stop') return { places: [], ends: [begin] };
  const holder = fieldsOf(event.delta);
  if (event.type !== 'content_block_delta' || holder === undefined) return { places: [], ends: [] };
  const placeOf = (field: string, form: RestoredForm): DeltaPlace => ({
    channel: `${begin}/${field}`,
    form,
    holder,
    field,
    alone: (delta) => ({ ...event, delta: { ...holder, [field]: delta } }),
  });
  return { places: [placeOf('text', 'text'), placeOf('partial_json', 'json')].filter(isSaid), ends: [] };
}

function readGoogleEvent(event: JsonFields): ReadEvent {
  const places: DeltaPlace[] = [];
  const ends: string[] = [];
  for (const item of listOf(event.candidates)) {
    const candidate = fieldsOf(item);
    const begin = keyOf(candidate?.index);
    if (typeof candidate?.finishReason === 'string') ends.push(begin);
    const { usageMetadata: _, ...frame } = event;
    const alone = (text: string): JsonFields => ({
      ...frame,
      candidates: [{ index: candidate?.index ?? 0, content: { role: 'model', parts: [{ text }] } }],
    });
    for (const part of listOf(fieldsOf(candidate?.content)?.parts)) {
      const holder = fieldsOf(part);
      if (holder !== undefined && holder.thought !== true) {
        places.push({ channel: `${begin}/text`, form: 'text', holder, field: 'text', alone });
      }
    }
  }
  return { places: places.filter(isSaid), ends };
}

/** Undefined where placeholders cannot be found in the stream of the wire. */
export function deltaReaderOf(wire: Wire): ((event: JsonFields) => ReadEvent) | undefined {
  switch (wire) {
    case 'openai-chat':
    case 'mistral-chat':
      return readChatEvent;
    case 'openai-responses':
      return readResponsesEvent;
    case 'anthropic-messages':
      return readAnthropicEvent;
    case 'google-generate':
      return readGoogleEvent;
    // Its stream is no text.
    case 'bedrock-converse':
      return undefined;
    default:
      return wire satisfies never;
  }
}
