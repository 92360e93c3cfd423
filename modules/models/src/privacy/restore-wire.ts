// Puts values back into an answer in a provider's own format: whole JSON, or a stream of server-sent events.
//
// Owns:       the unfinished event and the held-back ends of texts. Does not own the connection.
// Invariants: RW1 a cut anywhere in the bytes changes nothing of what comes out in the end.
//             RW2 an event goes on as soon as it is whole; only what may begin a placeholder waits, for the next piece
//                 of the same text or for its end.
//             RW3 an event that holds no placeholder, and nothing held back, goes on byte for byte.
// Reasoning keeps its placeholders: where it is signed, a changed letter would make it worthless to its provider.

import { refused } from '@chorale/lib-errors';
import type { Json } from '@chorale/module-goals';
import type { Wire } from '../deployment.ts';
import { bytesToLatin, latinToBytes, textToLatin } from './latin-bytes.ts';
import { isList, mapList } from './map-json-text.ts';
import { placeholderLead, type Placeholders } from './placeholders.ts';
import { createPlaceholderRestorer, restoreText, type PlaceholderRestorer } from './restore-placeholders.ts';
import { deltaReaderOf, fieldsOf, type DeltaPlace, type JsonFields, type ReadEvent } from './wire-deltas.ts';

export interface WireRestorer {
  push(bytes: Uint8Array): Uint8Array;
  end(): Uint8Array;
}

/** The bytes of a whole answer; not JSON: as they are. */
export function restoreWireBody(bytes: Uint8Array, placeholders: Placeholders): Uint8Array {
  const source = bytesToLatin(bytes);
  const body = source.includes(placeholderLead) ? parseJson(source) : undefined;
  if (body === undefined) return bytes;
  return latinToBytes(JSON.stringify(restoreJson(latinPlaceholders(placeholders), body)));
}

/** @throws refused `wire-not-restorable` for a wire whose stream is no text. */
export function createWireRestorer(wire: Wire, placeholders: Placeholders): WireRestorer {
  const read = deltaReaderOf(wire);
  if (read === undefined) {
    throw refused('wire-not-restorable', `values cannot be put back into a stream of ${wire} that goes by as bytes.`, {
      action: 'Ask without streaming, or let the request be translated.',
    });
  }
  const blocks = createBlockReader();
  const texts = createTexts(latinPlaceholders(placeholders), read);
  const restore = (found: readonly string[]): string => found.map((block) => texts.restoreBlock(block)).join('');
  return {
    push: (bytes) => latinToBytes(restore(blocks.push(bytesToLatin(bytes)))),
    end: () => latinToBytes(restore(blocks.end()) + texts.flush('')),
  };
}

/** An event larger than this is no piece of an answer. */
const blockMax = 32 * 1024 * 1024;

/** Cuts the stream into events, each with the empty line that ends it. */
function createBlockReader(): { push(text: string): readonly string[]; end(): readonly string[] } {
  let pieces: string[] = [];
  let length = 0;
  let tail = '';
  return {
    push(text) {
      pieces.push(text);
      length += text.length;
      // Joined only when an event ends, else an event in many pieces would be copied for each of them.
      const isEnding = /\r?\n\r?\n/.test(tail + text);
      tail = (tail + text).slice(-3);
      if (length > blockMax)
        throw refused('wire-event-too-long', `the provider sent an event of over ${blockMax} bytes.`);
      if (!isEnding) return [];
      const blocks = pieces.join('').split(/(?<=\n\r?\n)/);
      const last = blocks.at(-1) ?? '';
      const rest = /\n\r?\n$/.test(last) ? '' : (blocks.pop() ?? '');
      pieces = [rest];
      length = rest.length;
      return blocks;
    },
    end() {
      const rest = pieces.join('');
      pieces = [];
      return rest === '' ? [] : [rest];
    },
  };
}

interface Growing {
  readonly restorer: PlaceholderRestorer;
  /** An event like the last one of this text, with another piece. */
  readonly sayMore: (delta: string) => string;
}

function createTexts(
  placeholders: Placeholders,
  read: (event: JsonFields) => ReadEvent,
): { restoreBlock(block: string): string; flush(begin: string): string } {
  const growing = new Map<string, Growing>();

  function flush(begin: string): string {
    let out = '';
    for (const [channel, { restorer, sayMore }] of growing) {
      if (!channel.startsWith(begin)) continue;
      const rest = restorer.end();
      if (rest !== '') out += sayMore(rest);
      growing.delete(channel);
    }
    return out;
  }

  /** Whether the piece became another one. */
  function restorePiece(place: DeltaPlace, isLast: boolean, write: (value: Json) => string): boolean {
    const delta = place.holder[place.field];
    if (typeof delta !== 'string') return false;
    const restorer = growing.get(place.channel)?.restorer ?? createPlaceholderRestorer(placeholders, place.form);
    growing.set(place.channel, { restorer, sayMore: (rest) => write(place.alone(rest)) });
    const restored = restorer.push(delta) + (isLast ? restorer.end() : '');
    place.holder[place.field] = restored;
    return restored !== delta;
  }

  function restoreBlock(block: string): string {
    const source = /^data: ?(.*?)\r?$/ms.exec(block)?.[1] ?? '';
    const event = source.startsWith('{') ? fieldsOf(parseJson(source)) : undefined;
    if (event === undefined) return source.startsWith('[DONE]') ? flush('') + block : block;
    const write = (value: Json): string => block.replace(source, () => JSON.stringify(value));
    const { places, ends } = read(event);
    // The last piece may stand in the event that ends its text.
    const isLast = ({ channel }: DeltaPlace, at: number): boolean =>
      ends.some((end) => channel.startsWith(end)) && places.findLastIndex((place) => place.channel === channel) === at;
    const changed = places.map((place, at) => restorePiece(place, isLast(place, at), write)).some(Boolean);
    // What is no piece stands whole in its event, as the arguments of a call that is done.
    const whole = source.includes(placeholderLead) ? restoreJson(placeholders, event) : event;
    return ends.map((end) => flush(end)).join('') + (changed || whole !== event ? write(whole) : block);
  }

  return { restoreBlock, flush };
}

/** Every text in finished JSON; the arguments of a call are the source of JSON themselves. */
function restoreJson(placeholders: Placeholders, value: Json): Json {
  if (typeof value === 'string') return restoreText(placeholders, value);
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return mapList(value, (item) => restoreJson(placeholders, item));
  if (isReasoning(value.type) || value.thought === true) return value;
  let changed = false;
  const entries = Object.entries(value).map(([name, item]): [string, Json] => {
    if (isReasoning(name)) return [name, item];
    const isSource = typeof item === 'string' && (name === 'arguments' || name === 'partial_json');
    const restored = isSource ? restoreText(placeholders, item, 'json') : restoreJson(placeholders, item);
    const named = restoreText(placeholders, name);
    changed ||= restored !== item || named !== name;
    return [named, restored];
  });
  return changed ? Object.fromEntries(entries) : value;
}

const isReasoning = (name: Json | undefined): boolean =>
  typeof name === 'string' && /reasoning|thinking/.test(name) && !name.includes(placeholderLead);

function latinPlaceholders(placeholders: Placeholders): Placeholders {
  return {
    count: placeholders.count,
    lengthMax: placeholders.lengthMax,
    nameFor: (value, kind) => placeholders.nameFor(value, kind),
    match(text, at) {
      const found = placeholders.match(text, at);
      return typeof found === 'object' ? { ...found, value: textToLatin(found.value) } : found;
    },
  };
}

function parseJson(source: string): Json | undefined {
  try {
    return JSON.parse(source) as Json;
  } catch {
    return undefined;
  }
}
