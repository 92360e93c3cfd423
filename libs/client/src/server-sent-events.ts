// Reads a body as server-sent events (WHATWG HTML, section 9.2). Written here because the browser's EventSource can
// neither be told where to start nor report a refusal, and Node has none without a flag.

export interface ServerSentEvent {
  /** Undefined for a comment, which only shows that the connection lives. */
  readonly data: string | undefined;
  readonly event: string;
  readonly id: string | undefined;
}

/** A line longer than this is not one of ours: the connection is given up rather than memory. */
const lineLengthMax = 16 * 1024 * 1024;

export async function* readServerSentEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const parser = new EventParser();
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield* parser.push(decoder.decode(value, { stream: true }));
    }
  } finally {
    // Cancelling an errored body rejects with that error, which has been thrown already.
    await reader.cancel().catch(() => undefined);
  }
}

export class EventParser {
  #rest = '';
  #data: string[] = [];
  #event = '';
  #id: string | undefined;
  /** A `\r` at the end of a chunk may be half of a `\r\n`. */
  #skipLineFeed = false;

  /** Events completed by this piece of text. */
  *push(text: string): Generator<ServerSentEvent> {
    let piece = text;
    if (this.#skipLineFeed && piece.startsWith('\n')) piece = piece.slice(1);
    if (piece !== '') this.#skipLineFeed = false;
    const lines = (this.#rest + piece).split(/\r\n|\n|\r/);
    this.#rest = lines.pop() ?? '';
    if (piece.endsWith('\r')) this.#skipLineFeed = true;
    if (this.#rest.length > lineLengthMax) throw new RangeError(`an event's line is longer than ${lineLengthMax}`);
    for (const line of lines) {
      const event = this.#onLine(line);
      if (event !== undefined) yield event;
    }
  }

  #onLine(line: string): ServerSentEvent | undefined {
    if (line === '') return this.#dispatch();
    if (line.startsWith(':')) return { data: undefined, event: 'comment', id: undefined };
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') this.#data.push(value);
    else if (field === 'event') this.#event = value;
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
    return undefined;
  }

  #dispatch(): ServerSentEvent | undefined {
    const event = this.#event === '' ? 'message' : this.#event;
    const data = this.#data;
    this.#data = [];
    this.#event = '';
    return data.length === 0 ? undefined : { data: data.join('\n'), event, id: this.#id };
  }
}
