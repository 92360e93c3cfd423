// Bytes as a string of one character each, so that JSON can be read and written without knowing its encoding: all that
// JSON gives a meaning is ASCII, and the other bytes pass through as they are.

const chunkMax = 8_192;

export function bytesToLatin(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += chunkMax) {
    text += String.fromCharCode(...bytes.subarray(at, at + chunkMax));
  }
  return text;
}

export function latinToBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** A text in UTF-8, one character for each byte. */
export function textToLatin(text: string): string {
  // A half of a surrogate pair has no bytes: it becomes the sign for what cannot be shown, as encoders do.
  const whole = text.replaceAll(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD');
  return encodeURIComponent(whole).replaceAll(/%([\dA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
