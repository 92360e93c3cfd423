// Texts as bytes and back, both ways strict: what is not written in the one canonical way is not read. Pure packages have
// neither Node's buffers nor a browser's encoders.

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const sextets = new Int16Array(128).fill(-1);
for (let index = 0; index < 64; index++) sextets[alphabet.charCodeAt(index)] = index;

/** UTF-8. A lone surrogate becomes U+FFFD. */
export function utf8Bytes(text: string): Uint8Array {
  // Three bytes hold whatever one code unit stands for; a pair of them takes four.
  const bytes = new Uint8Array(text.length * 3);
  let at = 0;
  for (let index = 0; index < text.length; index++) {
    let code = text.codePointAt(index)!;
    if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
    if (code < 0x80) bytes[at++] = code;
    else {
      if (code < 0x800) bytes[at++] = 0xc0 | (code >> 6);
      else {
        if (code < 0x10000) bytes[at++] = 0xe0 | (code >> 12);
        else {
          bytes[at++] = 0xf0 | (code >> 18);
          bytes[at++] = 0x80 | ((code >> 12) & 0x3f);
          index += 1;
        }
        bytes[at++] = 0x80 | ((code >> 6) & 0x3f);
      }
      bytes[at++] = 0x80 | (code & 0x3f);
    }
  }
  return bytes.slice(0, at);
}

/** Undefined where it is no UTF-8, overlong forms and surrogates included. */
export function utf8Text(bytes: Uint8Array): string | undefined {
  if (bytes.every((byte) => byte < 0x80)) return asciiText(bytes);
  const parts: string[] = [];
  let codes: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at]!;
    const length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    if (length === 0 || at + length > bytes.length) return undefined;
    let code = length === 1 ? first : first & (0xff >> (length + 1));
    for (let next = 1; next < length; next++) {
      const byte = bytes[at + next]!;
      if ((byte & 0xc0) !== 0x80) return undefined;
      code = (code << 6) | (byte & 0x3f);
    }
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined;
    if ((length === 3 && code < 0x800) || (length === 4 && code < 0x10000)) return undefined;
    codes.push(code);
    at += length;
    if (codes.length === codesAtOnce) {
      parts.push(String.fromCodePoint(...codes));
      codes = [];
    }
  }
  return parts.join('') + String.fromCodePoint(...codes);
}

const codesAtOnce = 4_096;

/** Most of what is read is ASCII, and that is a quarter of the work. */
function asciiText(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += codesAtOnce)
    text += String.fromCharCode(...bytes.subarray(at, at + codesAtOnce));
  return text;
}

/** Two characters at a time: 4,096 of them are quicker looked up than made. */
const pairs = Array.from({ length: 4_096 }, (_, index) => alphabet[index >> 6]! + alphabet[index & 63]!);

/** Base 64 of RFC 4648, section 4, with padding. */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  const whole = bytes.length - (bytes.length % 3);
  for (let at = 0; at < whole; at += 3) {
    const group = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
    text += pairs[group >> 12]! + pairs[group & 4_095]!;
  }
  if (bytes.length - whole === 1) text += `${pairs[bytes[whole]! << 4]!}==`;
  if (bytes.length - whole === 2) {
    const rest = (bytes[whole]! << 10) | (bytes[whole + 1]! << 2);
    text += `${pairs[rest >> 6]!}${alphabet[rest & 63]!}=`;
  }
  return text;
}

/** Undefined where it is not what `toBase64` writes: other characters, a wrong length, bits after the end. */
export function fromBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let at = 0;
  for (let index = 0; index < text.length; index += 4) {
    let group = 0;
    for (let next = 0; next < 4; next++) {
      const isPadding = index + next >= text.length - padding;
      const sextet = isPadding ? 0 : (sextets[text.charCodeAt(index + next)] ?? -1);
      if (sextet < 0) return undefined;
      group = (group << 6) | sextet;
    }
    for (let shift = 16; shift >= 0; shift -= 8) {
      const byte = (group >> shift) & 0xff;
      if (at < bytes.length) bytes[at++] = byte;
      else if (byte !== 0) return undefined;
    }
  }
  return bytes;
}

export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Not in constant time: for what both sides may know. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
