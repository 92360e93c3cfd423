// Changes single fields at the top of a JSON object without writing the rest anew: numbers keep their digits, and a long
// conversation is not built a second time.
//
// Invariants: EJ1 what is not named stays byte for byte.
//             EJ2 a key is known however it is escaped, and changed wherever it stands: two readers that take the first
//                 and the last of a doubled key see the same.

/** By field: the JSON that is to stand there; undefined takes the field out. */
export type Edits = ReadonlyMap<string, string | undefined>;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const closers = new Set([0x5d, 0x7d]);
const openers = new Set([0x5b, 0x7b]);

interface Field {
  readonly name: string;
  readonly start: number;
  readonly valueStart: number;
  readonly end: number;
}

/** `json` must hold a valid JSON object: whoever asks has parsed it. */
export function editJson(json: Buffer, edits: Edits): Buffer {
  const fields = findTopFields(json);
  const kept: Buffer[] = [];
  const done = new Set<string>();
  for (const { name, start, valueStart, end } of fields) {
    if (!edits.has(name)) kept.push(json.subarray(start, end));
    else {
      const edit = edits.get(name);
      done.add(name);
      if (edit !== undefined) kept.push(Buffer.concat([json.subarray(start, valueStart), Buffer.from(edit)]));
    }
  }
  for (const [name, edit] of edits)
    if (!done.has(name) && edit !== undefined) kept.push(Buffer.from(`${JSON.stringify(name)}:${edit}`));
  const pieces: Buffer[] = [Buffer.from('{')];
  kept.forEach((field, index) => {
    if (index > 0) pieces.push(Buffer.from(','));
    pieces.push(field);
  });
  pieces.push(Buffer.from('}'));
  return Buffer.concat(pieces);
}

function findTopFields(json: Buffer): readonly Field[] {
  const fields: Field[] = [];
  let at = json.indexOf(0x7b) + 1;
  for (;;) {
    const start = json.indexOf(quote, at);
    if (start < 0) return fields;
    const keyEnd = endOfText(json, start);
    const name = JSON.parse(json.toString('utf8', start, keyEnd)) as string;
    const valueStart = json.indexOf(colon, keyEnd) + 1;
    const end = endOfValue(json, valueStart);
    fields.push({ name, start, valueStart, end });
    at = end + 1;
  }
}

/** Behind the closing quote. */
function endOfText(json: Buffer, start: number): number {
  for (let at = json.indexOf(quote, start + 1); at >= 0; at = json.indexOf(quote, at + 1)) {
    let escapes = 0;
    while (json[at - 1 - escapes] === backslash) escapes++;
    if (escapes % 2 === 0) return at + 1;
  }
  return json.length;
}

/** At the comma behind it, or at the brace that closes the object. */
function endOfValue(json: Buffer, start: number): number {
  let depth = 0;
  for (let at = start; at < json.length; at++) {
    const byte = json[at] ?? 0;
    if (byte === quote) at = endOfText(json, at) - 1;
    else if (openers.has(byte)) depth++;
    else if (closers.has(byte)) {
      if (depth === 0) return at;
      depth--;
    } else if (byte === comma && depth === 0) return at;
  }
  return json.length;
}
