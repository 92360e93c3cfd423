// Gives a routed answer to its caller: bytes as they come, or our own terms in the caller's format.
import {
  type ChatEvent,
  type ChatReply,
  createWireRestorer,
  type Placeholders,
  restoreWireBody,
  type RoutedCall,
  type UpstreamAnswer,
  type Wire,
} from '@chorale/module-models';
import type { AnswerWriter } from './answer-writer.ts';
import type { Exchange } from './open-exchange.ts';
import { toOpenAiError } from './openai-error.ts';

export interface AnswerSending {
  readonly exchange: Exchange;
  readonly routed: RoutedCall;
  readonly headers: Readonly<Record<string, string>>;
  readonly requestId: string;
}

export interface ChatSending extends AnswerSending {
  readonly wire: Wire;
  placeholders(): Placeholders | undefined;
  readonly writer: AnswerWriter;
  readonly stream: boolean;
  restore(events: AsyncIterable<ChatEvent>): AsyncIterable<ChatEvent>;
}

const eventStream = 'text/event-stream; charset=utf-8';

export async function sendChatAnswer(sending: ChatSending): Promise<void> {
  const { answer } = sending.routed;
  if (answer.form === 'bytes') return sendBytes(sending, restored(sending, answer));
  const events = sending.restore(answer.events);
  if (sending.stream) return sendEvents(sending, events);
  sendJson(sending, sending.writer.whole(await lastReply(events)));
}

type BytesAnswer = Extract<UpstreamAnswer, { form: 'bytes' }>;

/** With the values that were masked put back, where any were. */
function restored({ wire, placeholders }: ChatSending, answer: BytesAnswer): BytesAnswer {
  const masked = placeholders();
  if (masked === undefined) return answer;
  const bytes = isStream(answer)
    ? restoreStream(answer.bytes, createWireRestorer(wire, masked))
    : restoreWhole(answer.bytes, masked);
  return { ...answer, bytes };
}

async function* restoreStream(
  bytes: AsyncIterable<Uint8Array>,
  restorer: ReturnType<typeof createWireRestorer>,
): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) {
    const ready = restorer.push(piece);
    if (ready.length > 0) yield ready;
  }
  const rest = restorer.end();
  if (rest.length > 0) yield rest;
}

async function* restoreWhole(bytes: AsyncIterable<Uint8Array>, masked: Placeholders): AsyncGenerator<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bytes) pieces.push(piece);
  yield restoreWireBody(Buffer.concat(pieces), masked);
}

const isStream = ({ contentType }: BytesAnswer): boolean => contentType.startsWith('text/event-stream');

/** @throws what the answer throws before anything was sent. */
export async function sendBytes(sending: AnswerSending, answer: BytesAnswer): Promise<void> {
  const { exchange, headers } = sending;
  const streamed = isStream(answer);
  if (!streamed && answer.contentType.startsWith('application/json')) return sendWhole(sending, answer);
  try {
    for await (const piece of answer.bytes) {
      if (!exchange.begun)
        exchange.begin(answer.status, {
          ...headers,
          'content-type': answer.contentType,
          ...(streamed ? unbuffered : {}),
        });
      const full = exchange.write(piece);
      if (full !== undefined) await full;
      if (exchange.signal.aborted) return;
    }
    if (!exchange.begun) exchange.begin(answer.status, { ...headers, 'content-type': answer.contentType });
    exchange.end();
  } catch (error) {
    if (!exchange.begun) throw error;
    if (streamed) exchange.end(`data: ${JSON.stringify(toOpenAiError(error, sending.requestId).body)}\n\n`);
    else exchange.destroy();
  }
}

/** One write for what is whole anyway; a larger one goes on as it comes. */
async function sendWhole({ exchange, headers }: AnswerSending, answer: BytesAnswer): Promise<void> {
  const head = { ...headers, 'content-type': answer.contentType };
  let held: Uint8Array | undefined;
  try {
    for await (const piece of answer.bytes) {
      if (held !== undefined) {
        if (!exchange.begun) exchange.begin(answer.status, head);
        await exchange.write(held);
      }
      held = piece;
    }
  } catch (error) {
    if (!exchange.begun) throw error;
    return exchange.destroy();
  }
  if (!exchange.begun) exchange.begin(answer.status, { ...head, 'content-length': String(held?.length ?? 0) });
  exchange.end(held);
}

/** Proxies that collect answers before they pass them on would make a live stream anything but. */
const unbuffered = { 'x-accel-buffering': 'no' };

async function sendEvents(sending: ChatSending, events: AsyncIterable<ChatEvent>): Promise<void> {
  const { exchange, writer, headers, requestId } = sending;
  exchange.begin(200, { ...headers, 'content-type': eventStream, ...unbuffered });
  try {
    await exchange.write(writer.begin());
    for await (const event of events) {
      const piece = writer.piece(event);
      const full = piece === '' ? undefined : exchange.write(piece);
      if (full !== undefined) await full;
      if (exchange.signal.aborted) return;
    }
    exchange.end();
  } catch (error) {
    exchange.end(writer.failed(toOpenAiError(error, requestId).body.error));
  }
}

async function lastReply(events: AsyncIterable<ChatEvent>): Promise<ChatReply> {
  for await (const event of events) if (event.type === 'end') return event.reply;
  throw new Error('the answer ended without its last event');
}

function sendJson({ exchange, headers }: AnswerSending, body: object): void {
  const json = Buffer.from(JSON.stringify(body));
  exchange.begin(200, { ...headers, 'content-type': 'application/json', 'content-length': String(json.length) });
  exchange.end(json);
}
