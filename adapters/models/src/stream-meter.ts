// Reads usage, finish and failures off a stream of server-sent events that goes by, and sees when it is none.
//
// Nearly all events are looked at without being parsed: a key that matters is searched for in the bytes, and only an
// event that has one becomes an object. Text of a model cannot be taken for a key, since its quotes are escaped there.
//
// Invariants: SM1 pieces may be cut at any byte: what is read is the same.
//             SM2 events are handed on as they came, byte by byte, except the one that says what was used when the caller
//                 did not ask for it.

import { UpstreamFailure, type FinishReason, type Usage } from '@chorale/module-models';
import { addUsage, type WireMeter } from './wire-meters.ts';

export interface StreamMeterOptions {
  readonly meter: WireMeter;
  readonly who: string;
  /** Leaves out the event that has usage and no choices. */
  readonly hideUsage: boolean;
  /** Makes a failure of the data of an event in which the provider says that it failed. */
  failureOf(data: string): UpstreamFailure;
}

const newline = 10;
const carriageReturn = 13;
const space = 32;
const colon = 58;
/** One event; images in base 64 are the largest. */
const eventBytesMax = 32 * 1024 * 1024;
/** An event that only says that nothing follows. */
const endBytesMax = 256;
const nothing = Buffer.alloc(0);

export class StreamMeter {
  readonly #options: StreamMeterOptions;
  readonly #keys: readonly Buffer[];
  readonly #usageKey: Buffer;
  #rest: Buffer = nothing;
  #usage: Usage | undefined;
  /** The last event that says what was used: parsed when somebody asks, for some servers say it in every event. */
  #usageData: Buffer | undefined;
  #finish: FinishReason | undefined;
  #ended = false;
  /** Events with data so far. */
  events = 0;

  constructor(options: StreamMeterOptions) {
    this.#options = options;
    this.#usageKey = Buffer.from(`"${options.meter.usageKey}"`);
    this.#keys = options.meter.otherKeys.map((key) => Buffer.from(`"${key}"`));
  }

  /** Takes a piece, gives what is to be handed on. @throws UpstreamFailure */
  push(piece: Uint8Array): Uint8Array {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const end = endOfEvents(all);
    if (all.length - end > eventBytesMax) throw this.#malformed('an event without an end');
    this.#rest = end === all.length ? nothing : all.subarray(end);
    const events = end === all.length ? all : all.subarray(0, end);
    const hidden = end === 0 ? undefined : this.#scan(events);
    if (!this.#options.hideUsage) return piece;
    return hidden === undefined ? events : Buffer.concat([events.subarray(0, hidden.from), events.subarray(hidden.to)]);
  }

  /** The provider sent its last byte. Gives what was held back. @throws UpstreamFailure when it was not the end. */
  finish(): Uint8Array {
    let held: Uint8Array = nothing;
    if (this.#rest.length > 0) {
      // Some servers leave out the empty line after the last event.
      const hidden = this.#scan(Buffer.concat([this.#rest, Buffer.from('\n\n')]));
      if (this.#options.hideUsage && hidden === undefined) held = this.#rest;
      this.#rest = nothing;
    }
    if (this.#ended || this.#finish !== undefined) return held;
    throw new UpstreamFailure('connection', `${this.#options.who}: the stream broke off before the end of the answer`);
  }

  metered(): { readonly usage: Usage | undefined; readonly finish: FinishReason | undefined } {
    if (this.#usageData !== undefined) {
      this.#usage = this.#parse(this.#usageData).usage ?? this.#usage;
      this.#usageData = undefined;
    }
    return { usage: this.#usage, finish: this.#finish };
  }

  /** Looks at whole events, line by line. Gives where the event to hide is. */
  #scan(events: Buffer): { readonly from: number; readonly to: number } | undefined {
    let hidden: { from: number; to: number } | undefined;
    for (let from = 0; from < events.length;) {
      const lineEnd = events.indexOf(newline, from);
      const next = lineEnd === -1 ? events.length : lineEnd + 1;
      const end = lineEnd > from && events[lineEnd - 1] === carriageReturn ? lineEnd - 1 : next - 1;
      if (end > from && this.#scanLine(events, from, end)) hidden = { from, to: endOfEvent(events, next) };
      from = next;
    }
    return hidden;
  }

  /** True for the event to hide. */
  #scanLine(bytes: Buffer, from: number, end: number): boolean {
    const first = bytes[from];
    if (first === colon) return false;
    // Fields are told apart by their second letter: event and error differ in nothing before it, data and id do.
    if (!bytes.subarray(from, from + 5).equals(dataField)) {
      if (otherFields.test(bytes.toString('latin1', from, Math.min(end, from + 6)))) return false;
      throw this.#malformed('a line that is no field of an event');
    }
    const begin = bytes[from + 5] === space ? from + 6 : from + 5;
    this.events++;
    const opens = bytes[begin];
    const closes = bytes[end - 1];
    const whole = (opens === 123 && closes === 125) || (opens === 91 && closes === 93);
    if (!whole) throw this.#malformed('data that is no JSON');
    return this.#scanData(bytes.subarray(begin, end));
  }

  #scanData(data: Buffer): boolean {
    const { meter, hideUsage } = this.#options;
    if (data[0] === 91 && data.toString('latin1') === '[DONE]') {
      this.#ended = true;
      return false;
    }
    const first = this.events === 1;
    const used = hasValue(data, this.#usageKey);
    const other = this.#keys.some((key) => hasValue(data, key));
    const ends = meter.endMark !== undefined && data.length < endBytesMax && data.indexOf(meter.endMark) !== -1;
    if (!used && !other && !first && !ends) return false;
    if (used && !other && !first && meter.usage === 'last' && !hideUsage) {
      this.#usageData = data;
      return false;
    }
    const reading = this.#parse(data);
    if (reading.failed === true) throw this.#options.failureOf(data.toString());
    if (reading.finish !== undefined) this.#finish = reading.finish;
    if (reading.done === true) this.#ended = true;
    if (used && reading.usage !== undefined) {
      this.#usage = meter.usage === 'adds-up' ? addUsage(this.#usage, reading.usage) : reading.usage;
      this.#usageData = undefined;
    }
    return hideUsage && used && emptyChoices.test(data.toString());
  }

  #parse(data: Buffer): ReturnType<WireMeter['read']> {
    try {
      return this.#options.meter.read(JSON.parse(data.toString()) as Readonly<Record<string, unknown>>);
    } catch {
      throw this.#malformed('data that is no JSON');
    }
  }

  #malformed(what: string): UpstreamFailure {
    return new UpstreamFailure('malformed', `${this.#options.who}: the stream has ${what}`);
  }
}

const dataField = Buffer.from('data:');
const otherFields = /^(event:|id:|retry:|event$|id$|retry$|data$)/;
const emptyChoices = /"choices"\s*:\s*\[\s*\]/;

/** Where the last whole event ends; 0 when there is none. */
function endOfEvents(bytes: Buffer): number {
  const last = bytes.length - 1;
  if (bytes[last] === newline && isEmptyLine(bytes, last)) return bytes.length;
  for (let at = bytes.lastIndexOf(newline, last); at > 0; at = bytes.lastIndexOf(newline, at - 1)) {
    if (isEmptyLine(bytes, at)) return at + 1;
  }
  return 0;
}

/** Whether the newline there ends an empty line. */
function isEmptyLine(bytes: Buffer, at: number): boolean {
  const before = bytes[at - 1] === carriageReturn ? at - 2 : at - 1;
  return bytes[before] === newline;
}

/** Past the empty line that ends the event of the line before. */
function endOfEvent(bytes: Buffer, from: number): number {
  const at = bytes.indexOf(newline, from);
  return at === -1 ? bytes.length : at + 1;
}

/** Whether the quoted key stands there with a value that is not null. */
function hasValue(data: Buffer, key: Buffer): boolean {
  for (let at = data.indexOf(key); at !== -1; at = data.indexOf(key, at + key.length)) {
    let after = at + key.length;
    while (data[after] === space) after++;
    if (data[after] !== colon) continue;
    after++;
    while (data[after] === space) after++;
    if (data[after] !== 110) return true;
  }
  return false;
}
