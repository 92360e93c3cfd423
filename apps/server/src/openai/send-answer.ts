// Gives a routed answer to its caller: bytes as they come, or our own terms in the caller's format.
import type { ChatEvent, ChatReply, RoutedCall, UpstreamAnswer } from '@chorale/module-models';
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
  readonly writer: AnswerWriter;
  readonly stream: boolean;
  restore(events: AsyncIterable<ChatEvent>): AsyncIterable<ChatEvent>;
}

const eventStream = 'text/event-stream; charset=utf-8';

export async function sendChatAnswer(sending: ChatSending): Promise<void> {
  const { answer } = sending.routed;
  if (answer.form === 'bytes') return sendBytes(sending, answer);
  const events = sending.restore(answer.events);
  if (sending.stream) return sendEvents(sending, events);
  sendJson(sending, sending.writer.whole(await lastReply(events)));
}

/** @throws what the answer throws before anything was sent. */
export async function sendBytes(
  sending: AnswerSending,
  answer: Extract<UpstreamAnswer, { form: 'bytes' }>,
): Promise<void> {
  const { exchange, headers } = sending;
  const isStream = answer.contentType.startsWith('text/event-stream');
  try {
    for await (const piece of answer.bytes) {
      if (!exchange.begun)
        exchange.begin(answer.status, {
          ...headers,
          'content-type': answer.contentType,
          ...(isStream ? unbuffered : {}),
        });
      const full = exchange.write(piece);
      if (full !== undefined) await full;
      if (exchange.signal.aborted) return;
    }
    if (!exchange.begun) exchange.begin(answer.status, { ...headers, 'content-type': answer.contentType });
    exchange.end();
  } catch (error) {
    if (!exchange.begun) throw error;
    if (isStream) exchange.end(`data: ${JSON.stringify(toOpenAiError(error, sending.requestId).body)}\n\n`);
    else exchange.destroy();
  }
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
