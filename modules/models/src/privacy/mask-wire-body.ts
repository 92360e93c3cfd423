// Every text of a body in a provider's own format, mapped. One walk for all formats: what is said stands below a few
// names, and below them only names of the format itself are left alone.

import type { Json } from '@chorale/module-goals';
import { isList, mapJsonSource, mapJsonText, mapList, type MapText } from './map-json-text.ts';

/** Where what is said stands, in the formats of OpenAI, Anthropic, Google, Mistral and Bedrock. */
const saidBelow = new Set([
  'messages',
  'input',
  'contents',
  'system',
  'instructions',
  'systemInstruction',
  'system_instruction',
  'prompt',
]);

/** Fields of the formats that hold words of the format, ids, bytes or signatures. */
const ofTheFormat = new Set([
  'role',
  'type',
  'id',
  'call_id',
  'tool_call_id',
  'tool_use_id',
  'toolUseId',
  'name',
  'model',
  'status',
  'signature',
  'thoughtSignature',
  'thought_signature',
  'encrypted_content',
  'media_type',
  'mimeType',
  'mime_type',
  'detail',
  'format',
  'file_id',
]);

/** Below these everything is the tool's own: its fields may be called like those of the format. */
const ofTheTool = new Set(['args', 'response', 'input', 'json']);

export function mapWireText(body: Json, map: MapText): Json {
  if (typeof body !== 'object' || body === null || isList(body)) return body;
  return mapFields(body, (name, value) => (saidBelow.has(name) ? mapSaid(value, map) : value));
}

function mapSaid(value: Json, map: MapText): Json {
  if (typeof value === 'string') return isBytes(value) ? value : map(value);
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return mapList(value, (item) => mapSaid(item, map));
  const isBase64 = 'mimeType' in value || 'mime_type' in value || 'media_type' in value || value.type === 'input_audio';
  const isSignedThought = value.type === 'thinking' || value.type === 'redacted_thinking';
  return mapFields(value, (name, item) => {
    if (ofTheFormat.has(name) || (isBase64 && name === 'data') || name === 'file_data') return item;
    if (isSignedThought && typeof item === 'string') return item;
    if (name === 'arguments' && typeof item === 'string') return mapJsonSource(item, map);
    return ofTheTool.has(name) ? mapJsonText(item, map) : mapSaid(item, map);
  });
}

/** Bytes from end to end: a text may begin with some and go on with words. */
const isBytes = (text: string): boolean => /^data:[\w/+.;=-]{1,100};base64,[\w+/=-]*$/.test(text);

function mapFields(value: { readonly [name: string]: Json }, map: (name: string, item: Json) => Json): Json {
  let changed = false;
  const entries = Object.entries(value).map(([name, item]): [string, Json] => {
    const mapped = map(name, item);
    changed ||= mapped !== item;
    return [name, mapped];
  });
  return changed ? Object.fromEntries(entries) : value;
}
