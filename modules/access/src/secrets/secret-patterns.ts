// The forms in which a secret shows up in what programs print: as it is, and as encodings leave it.
import { toBase64, toHex, utf8Bytes } from '../bytes.ts';

/** Shorter values are also ordinary words; hiding them would hide those, and say nothing. */
const secretLengthMin = 6;
/** Of a key in PEM, each line may be printed by itself. */
const lineLengthMin = 16;
/** Shorter pieces of base 64 come up by chance. */
const encodedLengthMin = 8;

/** Each at most once, none a mere accident. Empty for a value too short to be looked for. */
export function secretPatterns(value: string): readonly string[] {
  if (value.length < secretLengthMin) return [];
  const patterns = new Set<string>();
  const lines = value.split(/\r?\n/).map((line) => line.trim());
  for (const text of [value, ...lines.filter((line) => line.length >= lineLengthMin), ...partsOf(value)]) {
    patterns.add(text);
    for (const encoded of encodingsOf(text)) if (encoded.length >= encodedLengthMin) patterns.add(encoded);
  }
  return [...patterns];
}

/** What is secret in it by itself: what follows a scheme in a header, the password in an address. */
function partsOf(value: string): readonly string[] {
  const password = /^[a-z][a-z0-9+.-]*:\/\/[^:@/]*:([^@/]+)@/i.exec(value)?.[1];
  const parts = [/^(?:Bearer|Basic|Token) +(\S+)$/i.exec(value)?.[1], password, decode(password)];
  return parts.filter((part) => part !== undefined && part.length >= secretLengthMin) as readonly string[];
}

function decode(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function* encodingsOf(text: string): Generator<string> {
  const bytes = utf8Bytes(text);
  yield* base64Forms(bytes);
  const hex = toHex(bytes);
  yield hex;
  yield hex.toUpperCase();
  yield* percentForms(bytes);
  // As it stands inside of JSON, once and as text inside of JSON, and in a shell's single quotes.
  const json = JSON.stringify(text).slice(1, -1);
  yield json;
  yield JSON.stringify(json).slice(1, -1);
  yield json.replaceAll('/', '\\/');
  yield text.replaceAll("'", "'\\''");
  yield text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
  yield text.replaceAll('\n', '\r\n');
}

/**
 * Inside of a longer text the secret may begin at any of three places of a group of base 64. What does not depend on its
 * neighbours is the same wherever it stands; the two characters at its ends that do are left to be seen, and hold at most
 * ten bits of it.
 */
function* base64Forms(bytes: Uint8Array): Generator<string> {
  for (const before of [0, 1, 2]) {
    const padded = new Uint8Array(before + bytes.length);
    padded.set(bytes, before);
    const whole = toBase64(padded);
    const first = before === 0 ? 0 : before + 1;
    const last = Math.floor((padded.length * 8) / 6);
    const form = whole.slice(first, last);
    yield form;
    yield form.replaceAll('+', '-').replaceAll('/', '_');
  }
}

const plain = /[A-Za-z0-9]/;

/** What different encoders leave as it is differs, and so do the digits of the rest. */
function* percentForms(bytes: Uint8Array): Generator<string> {
  for (const kept of ['-_.~', "-_.!~*'()", '-_.*', '-_.~/', '']) {
    const form = (hexOf: (byte: number) => string, space: string): string => {
      let text = '';
      for (const byte of bytes) {
        const character = String.fromCharCode(byte);
        if (byte === 0x20) text += space;
        else text += byte < 0x80 && (plain.test(character) || kept.includes(character)) ? character : `%${hexOf(byte)}`;
      }
      return text;
    };
    const lower = (byte: number): string => byte.toString(16).padStart(2, '0');
    const upper = (byte: number): string => lower(byte).toUpperCase();
    for (const hexOf of [upper, lower]) for (const space of ['%20', '+']) yield form(hexOf, space);
  }
}
