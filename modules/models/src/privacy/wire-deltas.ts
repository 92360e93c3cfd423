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
}

export interface ReadEvent {
  readonly places: readonly DeltaPlace[];
  /** Texts whose name begins so end with this event. */
  readonly ends: readonly string[];
}

export const fieldsOf = (value: Json | undefined): JsonFields | undefined =>
  typeof value === 'object' && value !== null && !isList(value) ? value : undefined;

export const listOf = (value: Json | undefined): readonly Json[] =>
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
    for (const field of ['content', 'refusal']) {
      places.push({ channel: `${begin}/${field}`, form: 'text', holder: delta, field });
    }
    for (const call of listOf(delta.tool_calls)) {
      const holder = fieldsOf(fieldsOf(call)?.function);
      const channel = `${begin}/call/${keyOf(fieldsOf(call)?.index)}`;
      if (holder !== undefined) places.push({ channel, form: 'json', holder, field: 'arguments' });
    }
  }
  return { places, ends };
}

function readResponsesEvent(event: JsonFields): ReadEvent {
  const type = typeof event.type === 'string' ? event.type : '';
  const what = /^(response\..*)\.(delta|done)$/.exec(type);
  if (what === null || type.includes('reasoning')) return { places: [], ends: [] };
  const channel = `${what[1]}/${keyOf(event.output_index, event.content_index)}`;
  if (what[2] === 'done') return { places: [], ends: [channel] };
  const form = type.includes('function_call_arguments') || type.includes('mcp_call_arguments') ? 'json' : 'text';
  return { places: [{ channel, form, holder: event, field: 'delta' }], ends: [] };
}

function readAnthropicEvent(event: JsonFields): ReadEvent {
  const begin = keyOf(event.index);
  if (event.type === 'content_block_stop') return { places: [], ends: [begin] };
  const holder = fieldsOf(event.delta);
  if (event.type !== 'content_block_delta' || holder === undefined) return { places: [], ends: [] };
  return {
    places: [
      { channel: `${begin}/text`, form: 'text', holder, field: 'text' },
      { channel: `${begin}/json`, form: 'json', holder, field: 'partial_json' },
    ],
    ends: [],
  };
}

function readGoogleEvent(event: JsonFields): ReadEvent {
  const places: DeltaPlace[] = [];
  const ends: string[] = [];
  for (const item of listOf(event.candidates)) {
    const candidate = fieldsOf(item);
    const begin = keyOf(candidate?.index);
    if (typeof candidate?.finishReason === 'string') ends.push(begin);
    for (const part of listOf(fieldsOf(candidate?.content)?.parts)) {
      const holder = fieldsOf(part);
      if (holder !== undefined && holder.thought !== true) {
        places.push({ channel: `${begin}/text`, form: 'text', holder, field: 'text' });
      }
    }
  }
  return { places, ends };
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
