// The chat lane: a request in our own terms, translated by the vendor's provider package both ways.
//
// Only the packages' translation is used (doGenerate and doStream): what is built on top of it retries on its own, and
// costs four times as much for each piece of a stream.

import type {
  LanguageModelV4Content,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
} from '@ai-sdk/provider';
import type { CancelSignal } from '@chorale/lib-time';
import { type ChatEvent, type ChatRequest, type UpstreamAnswer } from '@chorale/module-models';
import { endCall, ReplyBuilder } from './build-reply.ts';
import type { LaneCall } from './open-upstream.ts';
import { pooledFetch } from './pooled-fetch.ts';
import { brokenOff, failureOfSdk } from './read-sdk-error.ts';
import { refusalIn, refusalsOf } from './read-refusal.ts';
import { sdkModel } from './sdk-model.ts';
import { readSignature } from './signatures.ts';
import { toSdkOptions } from './to-sdk-options.ts';

type ChatAnswer = Extract<UpstreamAnswer, { form: 'chat' }>;

export async function openChat(lane: LaneCall, request: ChatRequest, signal: CancelSignal): Promise<ChatAnswer> {
  const { deployment, stream } = lane.call;
  try {
    const model = await sdkModel(deployment, pooledFetch(lane, signal));
    const options = toSdkOptions(request, deployment);
    if (!stream) {
      const result = await model.doGenerate({ ...options, includeRawChunks: false });
      return { form: 'chat', events: listEvents(eventsOfWhole(result, lane)) };
    }
    const streamed = await model.doStream(options);
    const events = eventsOfStream(streamed.stream.getReader(), lane);
    // The answer has begun with its first piece; a failure that comes instead of one is still no answer.
    const first = await events.next();
    return { form: 'chat', events: resume(first, events) };
  } catch (error) {
    throw failureOfSdk(error, lane);
  }
}

async function* listEvents(events: readonly ChatEvent[]): AsyncGenerator<ChatEvent> {
  yield* events;
}

async function* resume(first: IteratorResult<ChatEvent>, rest: AsyncGenerator<ChatEvent>): AsyncGenerator<ChatEvent> {
  try {
    if (first.done === true) return;
    yield first.value;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

async function* eventsOfStream(
  reader: ReadableStreamDefaultReader<LanguageModelV4StreamPart>,
  lane: LaneCall,
): AsyncGenerator<ChatEvent> {
  const translator = new StreamTranslator(lane);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield* translator.take(value);
      if (translator.ended) return;
    }
    throw brokenOff(lane);
  } catch (error) {
    throw failureOfSdk(error, lane);
  } finally {
    // Also when the reader goes away: the provider is not left making what nobody reads.
    await reader.cancel().catch(() => undefined);
  }
}

class StreamTranslator {
  readonly #lane: LaneCall;
  readonly #builder: ReplyBuilder;
  #refusal: string | undefined;
  ended = false;

  constructor(lane: LaneCall) {
    this.#lane = lane;
    this.#builder = new ReplyBuilder(lane.call.deployment);
  }

  take(part: LanguageModelV4StreamPart): readonly ChatEvent[] {
    const builder = this.#builder;
    const { wire } = this.#lane.call.deployment;
    switch (part.type) {
      case 'raw':
        this.#refusal = refusalIn(part.rawValue);
        return [];
      case 'response-metadata':
        builder.model = part.modelId ?? builder.model;
        builder.id = part.id ?? builder.id;
        return [];
      case 'text-delta':
        return this.#takeText(part.delta, readSignature(wire, part.providerMetadata));
      case 'reasoning-start':
        return this.#takeReasoning(part.id, '', readSignature(wire, part.providerMetadata));
      case 'reasoning-delta':
        return this.#takeReasoning(part.id, part.delta, readSignature(wire, part.providerMetadata));
      case 'reasoning-end':
        return this.#takeReasoning(part.id, '', readSignature(wire, part.providerMetadata));
      case 'tool-input-start': {
        const call = builder.beginCall(part.id, part.toolName);
        return call === undefined ? [] : [{ type: 'tool-call-start', index: call.index, id: call.id, name: call.name }];
      }
      case 'tool-input-delta': {
        const call = builder.findCall(part.id);
        if (call === undefined || part.delta === '') return [];
        call.text += part.delta;
        return [{ type: 'tool-call-arguments', index: call.index, delta: part.delta }];
      }
      case 'tool-call':
        return callEvents(builder, part, readSignature(wire, part.providerMetadata));
      case 'error':
        throw failureOfSdk(part.error, this.#lane);
      case 'finish':
        return this.#takeFinish(part);
      case 'stream-start':
      case 'text-start':
      case 'text-end':
      case 'tool-input-end':
      case 'ping':
      // What only tools run by a provider make; none is ever asked for.
      case 'custom':
      case 'file':
      case 'reasoning-file':
      case 'source':
      case 'tool-approval-request':
      case 'tool-result':
        return [];
    }
  }

  #takeText(delta: string, signature: string | undefined): readonly ChatEvent[] {
    const type = this.#refusal !== undefined && this.#refusal === delta ? 'refusal' : 'text';
    this.#builder.addText(type, delta);
    const text: readonly ChatEvent[] = delta === '' ? [] : [{ type, delta }];
    return signature === undefined ? text : [...text, ...this.#takeReasoning(`text ${signature}`, '', signature)];
  }

  #takeReasoning(id: string, delta: string, signature: string | undefined): readonly ChatEvent[] {
    this.#builder.addReasoning(id, delta, signature);
    if (delta === '' && signature === undefined) return [];
    return [{ type: 'reasoning', delta, ...(signature === undefined ? {} : { signature }) }];
  }

  #takeFinish(part: Extract<LanguageModelV4StreamPart, { type: 'finish' }>): readonly ChatEvent[] {
    const { unified, raw } = part.finishReason;
    // The package for Bedrock takes every end of a stream for the end of the answer.
    const hasEnd = raw !== undefined || this.#lane.call.deployment.wire !== 'bedrock-converse';
    if (unified === 'interrupted' || !hasEnd) throw brokenOff(this.#lane);
    if (unified === 'error') throw failureOfSdk({ message: 'the provider failed', type: 'server_error' }, this.#lane);
    const cut = this.#builder.openCalls().map((call): ChatEvent => {
      return { type: 'tool-call-end', index: call.index, call: endCall(call, call.text, undefined) };
    });
    this.ended = true;
    return [...cut, { type: 'end', reply: this.#builder.reply(part.finishReason, part.usage) }];
  }
}

/** A call that is whole; packages that do not stream arguments begin it here too. */
function callEvents(
  builder: ReplyBuilder,
  part: Extract<LanguageModelV4Content, { type: 'tool-call' }>,
  signature: string | undefined,
): readonly ChatEvent[] {
  const begun = builder.beginCall(part.toolCallId, part.toolName);
  const call = begun ?? builder.findCall(part.toolCallId);
  if (call === undefined) return [];
  const ended: ChatEvent = { type: 'tool-call-end', index: call.index, call: endCall(call, part.input, signature) };
  if (begun === undefined) return [ended];
  const { index, id, name } = call;
  return [
    { type: 'tool-call-start', index, id, name },
    { type: 'tool-call-arguments', index, delta: part.input },
    ended,
  ];
}

function eventsOfWhole(result: LanguageModelV4GenerateResult, lane: LaneCall): readonly ChatEvent[] {
  const { deployment } = lane.call;
  const builder = new ReplyBuilder(deployment);
  builder.model = result.response?.modelId;
  builder.id = result.response?.id;
  const refusals = refusalsOf(result.response?.body);
  const events = result.content.flatMap((part, index): readonly ChatEvent[] => {
    switch (part.type) {
      case 'text': {
        const type = refusals.includes(part.text) ? 'refusal' : 'text';
        builder.addText(type, part.text);
        const signature = readSignature(deployment.wire, part.providerMetadata);
        if (signature !== undefined) builder.addReasoning(`${index}`, '', signature);
        return part.text === '' ? [] : [{ type, delta: part.text }];
      }
      case 'reasoning': {
        const signature = readSignature(deployment.wire, part.providerMetadata);
        builder.addReasoning(`${index}`, part.text, signature);
        return [{ type: 'reasoning', delta: part.text, ...(signature === undefined ? {} : { signature }) }];
      }
      case 'tool-call':
        return callEvents(builder, part, readSignature(deployment.wire, part.providerMetadata));
      case 'custom':
      case 'file':
      case 'reasoning-file':
      case 'source':
      case 'tool-approval-request':
      case 'tool-result':
        return [];
    }
  });
  if (result.finishReason.unified === 'error') throw failureOfSdk({ message: 'the provider failed' }, lane);
  return [...events, { type: 'end', reply: builder.reply(result.finishReason, result.usage) }];
}
