// A stream of OpenAI chat says what was used only when it is asked: sees that it is, in the bytes of the request.

export interface AskedForUsage {
  readonly bytes: Uint8Array;
  /** The caller did not ask: what is answered to it is ours alone. */
  readonly added: boolean;
}

/** Most requests do not have the key at all: then it is put before the last brace, and nothing is parsed. */
export function askForUsage(bytes: Uint8Array): AskedForUsage {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  // A quoted key cannot be part of a text, where quotes are escaped.
  if (body.indexOf('"stream_options"') === -1) {
    const end = body.lastIndexOf('}');
    if (end === -1) return { bytes, added: false };
    const empty = body.subarray(0, end).toString().trim() === '{';
    const option = `${empty ? '' : ','}"stream_options":{"include_usage":true}`;
    return { bytes: Buffer.concat([body.subarray(0, end), Buffer.from(option), body.subarray(end)]), added: true };
  }
  try {
    const request = JSON.parse(body.toString()) as { stream_options?: { include_usage?: boolean } | null };
    if (request.stream_options?.include_usage === true) return { bytes, added: false };
    const asked = { ...request, stream_options: { ...request.stream_options, include_usage: true } };
    return { bytes: Buffer.from(JSON.stringify(asked)), added: true };
  } catch {
    // What is no JSON is the provider's to refuse.
    return { bytes, added: false };
  }
}
