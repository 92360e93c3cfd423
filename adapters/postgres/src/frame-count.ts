// Whether a server owes an answer, by counting the messages of the protocol in both directions: what asks for an answer (Query,
// Sync, Flush) and what ends one (ReadyForQuery). https://www.postgresql.org/docs/15/protocol-message-formats.html

const sync = 'S'.codePointAt(0);
const query = 'Q'.codePointAt(0);
const flush = 'H'.codePointAt(0);
const ready = 'Z'.codePointAt(0);
const headBytes = 5;
/** Version 3.0, and the first name in it. */
const startup = Buffer.from([0, 3, 0, 0, ...Buffer.from('user\0')]);

export class FrameCount {
  isReady = false;
  #asked = 1;
  #answered = 0;
  #flushed = false;
  #hasBegun = false;
  /** Bytes of a message that are still to come. */
  #rest = 0;
  /** The begin of a message whose length has not arrived. */
  #head = Buffer.alloc(0);

  get owes(): boolean {
    return this.#asked > this.#answered || this.#flushed;
  }

  /** Gives what is to be sent: postgres.js 3.4.9 puts what it had not sent on the connection before in front of the first message. */
  sent(chunk: Buffer): Buffer {
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      const at = chunk.indexOf(startup);
      return at <= 4 ? chunk : chunk.subarray(at - 4);
    }
    // The driver sends whole messages.
    let at = 0;
    while (at + headBytes <= chunk.length) {
      const kind = chunk[at];
      if (kind === sync || kind === query) this.#asked += 1;
      this.#flushed = kind === flush;
      at += 1 + chunk.readUInt32BE(at + 1);
    }
    return chunk;
  }

  received(chunk: Buffer): void {
    let at = this.#rest;
    if (at >= chunk.length) {
      this.#rest -= chunk.length;
      return;
    }
    let bytes = at === 0 ? chunk : chunk.subarray(at);
    if (this.#head.length > 0) bytes = Buffer.concat([this.#head, bytes]);
    at = 0;
    while (at + headBytes <= bytes.length) {
      if (bytes[at] === ready) this.#onReady();
      at += 1 + bytes.readUInt32BE(at + 1);
    }
    this.#rest = Math.max(0, at - bytes.length);
    this.#head = at < bytes.length ? Buffer.from(bytes.subarray(at)) : Buffer.alloc(0);
  }

  #onReady(): void {
    this.isReady = true;
    this.#answered += 1;
  }
}
