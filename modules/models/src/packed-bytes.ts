// Bytes as text for rows: base64 (RFC 4648, without padding). Pure packages have no buffers.

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const sextets = new Uint8Array(128);
for (let index = 0; index < 64; index++) sextets[alphabet.charCodeAt(index)] = index;

export function packBytes(bytes: Uint8Array): string {
  const parts: string[] = [];
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const group = ((bytes[at] as number) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const signs = Math.min(bytes.length - at, 3) + 1;
    for (let sign = 0; sign < signs; sign++) text += alphabet[(group >> (18 - 6 * sign)) & 63];
    // Adding to a text of megabytes would copy it when it is first read.
    if (text.length >= 4_096) {
      parts.push(text);
      text = '';
    }
  }
  return parts.join('') + text;
}

/** Of what `packBytes` made. */
export function unpackBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let group = 0;
  let bits = 0;
  let at = 0;
  for (let index = 0; index < text.length; index++) {
    group = ((group << 6) | (sextets[text.charCodeAt(index) & 127] as number)) & 0xff_ffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = (group >> bits) & 0xff;
  }
  return bytes;
}
