// The byte lane: a request in the deployment's own wire format goes on as it is, and so does the answer; only usage,
// finish and failures are read off it as it goes by.
//
// An answer that is not streamed is kept until it is whole, up to a bound: a provider that breaks off in the middle has
// then answered nothing, and another may be asked.

import type { CancelSignal } from '@chorale/lib-time';
import { UpstreamFailure, type UpstreamAnswer, type UpstreamBody, type Wire } from '@chorale/module-models';
import { askForUsage } from './ask-for-usage.ts';
import type { Headers, Received } from './exchange.ts';
import { failureOfAnswer } from './read-fault.ts';
import { joinBytes, readErrorText, readWhole } from './read-whole.ts';
import { StreamMeter } from './stream-meter.ts';
import type { LaneCall } from './open-upstream.ts';
import { authHeaders } from './vendor-headers.ts';
import { wireMeters, type Reading, type WireMeter } from './wire-meters.ts';

type Bytes = Extract<UpstreamBody, { form: 'bytes' }>;
type BytesAnswer = Extract<UpstreamAnswer, { form: 'bytes' }>;

/** A whole answer larger than this is handed on while it comes. */
const keptBytesMax = 1024 * 1024;

export async function openBytes(lane: LaneCall, body: Bytes, signal: CancelSignal): Promise<BytesAnswer> {
  const { call, context } = lane;
  const { deployment } = call;
  const meter = wireMeters[body.wire];
  if (meter === undefined || !speaks(deployment.kind, deployment.wire, body.wire)) {
    throw new UpstreamFailure('unsupported', `${deployment.id} speaks ${deployment.wire}, not ${body.wire}`);
  }
  const chatStream = call.stream && body.wire === 'openai-chat' && body.path.endsWith('/chat/completions');
  const asked = chatStream ? askForUsage(body.bytes) : { bytes: body.bytes, added: false };
  const received = await lane.transport.send(
    {
      ...context,
      method: 'POST',
      url: deployment.baseUrl + body.path,
      headers: {
        'content-type': body.contentType,
        accept: call.stream ? 'text/event-stream' : '*/*',
        ...authHeaders(deployment.kind, lane.account),
      },
      body: asked.bytes,
      firstByteMsMax: call.firstByteMsMax,
      silenceMsMax: call.silenceMsMax,
    },
    signal,
  );
  if (received.status < 200 || received.status > 299) {
    const text = await readErrorText(received);
    throw failureOfAnswer({ status: received.status, headers: received.headers, body: text }, lane.faults());
  }
  const contentType = headerOf(received.headers, 'content-type');
  if (contentType.startsWith('text/event-stream')) {
    return openStream(received, { lane, meter, contentType, hideUsage: asked.added });
  }
  // Google streams a JSON array to those who do not ask for events.
  const speech = body.path.startsWith('/audio/');
  if (!speech && ((call.stream && body.wire !== 'google-generate') || !isJson(contentType))) {
    const text = await readErrorText(received);
    received.cancel();
    throw unexpected(text, lane, contentType);
  }
  return openWhole(received, { lane, meter, contentType });
}

/** OpenAI answers in both of its formats under one address. */
function speaks(kind: string, own: Wire, wanted: Wire): boolean {
  return own === wanted || (kind === 'openai' && own.startsWith('openai-') && wanted.startsWith('openai-'));
}

const isJson = (contentType: string): boolean => /\bjson\b/.test(contentType);

function headerOf(headers: Headers, name: string): string {
  const value = headers[name];
  return (typeof value === 'string' ? value : value?.[0]) ?? '';
}

/** Some gateways say 200 to what failed, and say so in the body. */
function unexpected(text: string, lane: LaneCall, contentType: string): UpstreamFailure {
  if (/"error"\s*:\s*[{"]/.test(text)) {
    return failureOfAnswer({ status: undefined, headers: {}, body: text }, lane.faults());
  }
  const what = contentType === '' ? 'an answer of no type' : contentType;
  return new UpstreamFailure(
    'malformed',
    `${lane.context.who}: asked for ${lane.call.stream ? 'a stream' : 'JSON'} and got ${what}`,
  );
}

interface Opening {
  readonly lane: LaneCall;
  readonly meter: WireMeter;
  readonly contentType: string;
}

/** Waits for the first event, so that a failure which the provider says there is still no answer. */
async function openStream(
  received: Received,
  opening: Opening & { readonly hideUsage: boolean },
): Promise<BytesAnswer> {
  const { lane } = opening;
  const scanner = new StreamMeter({
    meter: opening.meter,
    who: lane.context.who,
    hideUsage: opening.hideUsage,
    failureOf: (data) => failureOfAnswer({ status: undefined, headers: received.headers, body: data }, lane.faults()),
  });
  const begun: Uint8Array[] = [];
  try {
    while (scanner.events === 0) {
      const piece = await received.read();
      if (piece === undefined) {
        begun.push(scanner.finish());
        break;
      }
      begun.push(scanner.push(piece));
    }
  } catch (error) {
    received.cancel();
    throw error;
  }
  return {
    form: 'bytes',
    status: received.status,
    contentType: opening.contentType,
    bytes: streamBytes(received, scanner, joinBytes(begun)),
    metered: () => scanner.metered(),
  };
}

async function* streamBytes(received: Received, scanner: StreamMeter, begun: Uint8Array): AsyncGenerator<Uint8Array> {
  try {
    if (begun.length > 0) yield begun;
    for (;;) {
      const piece = await received.read();
      if (piece === undefined) break;
      const out = scanner.push(piece);
      if (out.length > 0) yield out;
    }
    const held = scanner.finish();
    if (held.length > 0) yield held;
  } finally {
    // Also when the reader goes away: the provider is not left making what nobody reads.
    received.cancel();
  }
}

async function openWhole(received: Received, { lane, meter, contentType }: Opening): Promise<BytesAnswer> {
  const kept = await readWhole(received, isJson(contentType) ? keptBytesMax : 0);
  let reading: Reading = {};
  if (isJson(contentType) && kept.complete) {
    const text = Buffer.from(kept.bytes.buffer, kept.bytes.byteOffset, kept.bytes.length).toString();
    try {
      reading = meter.read(JSON.parse(text) as Readonly<Record<string, unknown>>);
    } catch {
      throw new UpstreamFailure('malformed', `${lane.context.who}: the answer is no JSON`, { status: received.status });
    }
    if (reading.failed === true) {
      throw failureOfAnswer({ status: undefined, headers: received.headers, body: text }, lane.faults());
    }
  }
  const { usage, finish } = reading;
  return {
    form: 'bytes',
    status: received.status,
    contentType,
    bytes: wholeBytes(received, kept.bytes),
    metered: () => ({ usage, finish }),
  };
}

async function* wholeBytes(received: Received, kept: Uint8Array): AsyncGenerator<Uint8Array> {
  try {
    if (kept.length > 0) yield kept;
    for (let piece = await received.read(); piece !== undefined; piece = await received.read()) yield piece;
  } finally {
    received.cancel();
  }
}
