import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  UpstreamFailure,
  type ChatEvent,
  type ChatReply,
  type ChatRequest,
  type Deployment,
  type Message,
} from '@chorale/module-models';
import { openUpstream, type OpenUpstream } from './open-upstream.ts';
import { canned, toolAnswers } from './canned-answers.fixture.ts';
import {
  deploymentAt,
  realClock,
  sendEvents,
  sendJson,
  startVendor,
  type VendorServer,
} from './vendor-server.fixture.ts';

const key = 'sk-secret-0123456789abcdef';
let vendor: VendorServer;
let upstream: OpenUpstream;
beforeEach(async () => {
  vendor = await startVendor();
  upstream = openUpstream({ findAccount: () => ({ apiKey: key, headers: { 'x-team': 'blue' } }), clock: realClock });
});
afterEach(async () => {
  await upstream.close();
  await vendor.close();
});

const question: ChatRequest = { messages: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }] };

async function ask(
  request: ChatRequest,
  deployment: Partial<Deployment>,
  stream = true,
): Promise<readonly ChatEvent[]> {
  const answer = await upstream.open(
    {
      deployment: deploymentAt(vendor.url, deployment),
      body: { form: 'chat', request },
      stream,
      firstByteMsMax: 5_000,
      silenceMsMax: 5_000,
    },
    new AbortController().signal,
  );
  if (answer.form !== 'chat') throw new Error(answer.form);
  const events: ChatEvent[] = [];
  for await (const event of answer.events) events.push(event);
  return events;
}

function replyOf(events: readonly ChatEvent[]): ChatReply {
  const last = events.at(-1);
  if (last?.type !== 'end') throw new Error(`the last event is ${last?.type}`);
  return last.reply;
}

const lastBody = (): Record<string, unknown> => JSON.parse(vendor.asked.at(-1)?.body ?? '') as Record<string, unknown>;

async function failureOf(promise: Promise<unknown>): Promise<UpstreamFailure> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UpstreamFailure);
  return error as UpstreamFailure;
}

describe('an answer, translated', () => {
  for (const { name, deployment, stream, whole, reply } of canned) {
    test(`[MA11] ${name}: text, reasoning, calls, finish, usage and provenance, streamed and whole`, async () => {
      vendor.answer = (response) => sendEvents(response, stream);
      const events = await ask(question, deployment);
      expect(replyOf(events)).toEqual(reply);
      const text = events.flatMap((event) => (event.type === 'text' ? [event.delta] : [])).join('');
      expect(text).toBe(reply.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join(''));
      const calls = events.flatMap((event) => (event.type === 'tool-call-end' ? [event.call] : []));
      expect(calls).toEqual(reply.parts.filter((part) => part.type === 'tool-call'));

      vendor.answer = (response) => sendJson(response, whole);
      const atOnce = await ask(question, deployment, false);
      expect(replyOf(atOnce)).toEqual(reply);
    });

    test(`[MA12] ${name}: what the provider signed goes back to it as it came`, async () => {
      vendor.answer = (response) => sendJson(response, whole);
      const calls = reply.parts.flatMap((part) => (part.type === 'tool-call' ? [part] : []));
      const results: Message = {
        role: 'tool',
        parts: calls.map((call) => ({
          type: 'tool-result',
          callId: call.id,
          name: call.name,
          content: '12',
          isError: false,
        })),
      };
      const assistant: Message = { role: 'assistant', parts: reply.parts, by: reply.by };
      await ask({ messages: [...question.messages, assistant, results] }, deployment, false);
      const body = JSON.stringify(lastBody());
      const signed = reply.parts.flatMap((part) => ('signature' in part ? [part.signature] : []));
      const words = signed.flatMap((signature) => signature?.match(/signed-[a-z]+/) ?? []);
      expect(words.filter((word) => !body.includes(word))).toEqual([]);
      await ask(
        { messages: [...question.messages, { ...assistant, by: { provider: 'x', model: 'y' } }, results] },
        deployment,
        false,
      );
      expect(JSON.stringify(lastBody())).not.toContain('signed-');
    });

    test(`[MA3] ${name}: the key is in the header of the vendor, and in no failure`, async () => {
      vendor.answer = (response, asked) =>
        sendJson(response, { error: { message: `Bad key ${JSON.stringify(asked.headers)}` } }, 401);
      const failure = await failureOf(ask(question, deployment));
      expect(failure).toMatchObject({ kind: 'authentication', status: 401 });
      expect(failure.message).not.toContain('0123456789');
      const { headers } = vendor.asked[0] ?? {};
      const said = [headers?.authorization, headers?.['x-api-key'], headers?.['x-goog-api-key']].filter(
        (value) => value !== undefined,
      );
      expect(said).toEqual([expect.stringContaining(key)]);
      expect(headers?.['x-team']).toBe('blue');
    });
  }
});

describe('what may come instead', () => {
  const chat = { kind: 'vllm' } as const;

  test('[MA13] arguments that are no JSON are kept as the model wrote them', async () => {
    vendor.answer = (response) => sendEvents(response, toolAnswers('{"city": "Ber'));
    const reply = replyOf(await ask(question, chat));
    expect(reply.parts).toEqual([
      { type: 'tool-call', id: 'call_1', name: 'weather', arguments: {}, invalid: '{"city": "Ber' },
    ]);
    expect(reply.finish).toBe('tool-calls');
  });

  test('[MA13] a call without arguments has none', async () => {
    vendor.answer = (response) => sendEvents(response, toolAnswers(''));
    expect(replyOf(await ask(question, chat)).parts).toMatchObject([{ arguments: {} }]);
  });

  test('[MA13] a refusal is told apart from an answer', async () => {
    const delta = (fields: object, finish: string | null = null): string =>
      `data: ${JSON.stringify({ id: 'r', model: 'm', choices: [{ index: 0, delta: fields, finish_reason: finish }] })}\n\n`;
    vendor.answer = (response) =>
      sendEvents(response, [
        delta({ refusal: 'I can' }),
        delta({ refusal: 'not.' }),
        delta({}, 'stop'),
        'data: [DONE]\n\n',
      ]);
    const events = await ask(question, { kind: 'openai' });
    expect(replyOf(events)).toMatchObject({ parts: [{ type: 'refusal', text: 'I cannot.' }], finish: 'refusal' });
    expect(events[0]).toEqual({ type: 'refusal', delta: 'I can' });
  });

  test('[MA6] a failure before the first piece is no answer; one after it ends the reading', async () => {
    const overloaded = 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Busy"}}\n\n';
    const anthropic = canned.find(({ name }) => name === 'anthropic-messages');
    vendor.answer = (response) => sendEvents(response, [overloaded]);
    expect((await failureOf(ask(question, anthropic?.deployment ?? {}))).kind).toBe('overloaded');
    vendor.answer = (response) => sendEvents(response, [...(anthropic?.stream.slice(0, 4) ?? []), overloaded]);
    expect((await failureOf(ask(question, anthropic?.deployment ?? {}))).kind).toBe('overloaded');
  });

  for (const { name, deployment, stream } of canned) {
    test(`[MA6] ${name}: a stream that ends early, breaks, or is garbage is never taken for an answer`, async () => {
      vendor.answer = (response) => sendEvents(response, stream.slice(0, 2));
      expect(await failureOf(ask(question, deployment))).toMatchObject({ kind: 'connection' });
      vendor.answer = (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(stream[0]);
        setImmediate(() => response.socket?.resetAndDestroy());
      };
      expect((await failureOf(ask(question, deployment))).kind).toBe('connection');
      vendor.answer = (response) => sendEvents(response, ['data: {"choices": [{"del\n\n']);
      expect((await failureOf(ask(question, deployment))).kind).toBe('malformed');
    });
  }
});

describe('a request, translated', () => {
  const tool = {
    name: 'weather',
    description: 'd',
    inputSchema: { type: 'object', properties: { city: { type: 'string' } } },
  } as const;
  const system: Message = { role: 'system', parts: [{ type: 'text', text: 'rules' }] };
  const full: ChatRequest = {
    messages: [system, ...question.messages],
    tools: [tool],
    toolChoice: { tool: 'weather' },
    parallelToolCalls: false,
    outputTokensMax: 100,
    stop: ['END'],
    cacheKey: 'talk-1',
  };
  const answerOf = (wire: string): unknown => canned.find(({ name }) => name === wire)?.whole;
  const deploymentOf = (wire: string): Partial<Deployment> =>
    canned.find(({ name }) => name === wire)?.deployment ?? {};

  async function sent(wire: string, request: ChatRequest): Promise<Record<string, unknown>> {
    vendor.answer = (response) => sendJson(response, answerOf(wire));
    await ask(request, deploymentOf(wire), false);
    return lastBody();
  }

  test('[MA14] tools, their choice and limits reach every wire', async () => {
    expect(await sent('openai-chat', full)).toMatchObject({
      tools: [{ type: 'function', function: { name: 'weather' } }],
      tool_choice: { type: 'function', function: { name: 'weather' } },
      parallel_tool_calls: false,
      stop: ['END'],
      store: false,
      prompt_cache_key: 'talk-1',
    });
    expect(await sent('openai-responses', full)).toMatchObject({
      tools: [{ type: 'function', name: 'weather' }],
      max_output_tokens: 100,
      store: false,
      prompt_cache_key: 'talk-1',
      include: ['reasoning.encrypted_content'],
    });
    expect(await sent('anthropic-messages', full)).toMatchObject({
      tools: [{ name: 'weather' }],
      tool_choice: { type: 'tool', name: 'weather', disable_parallel_tool_use: true },
      max_tokens: 100,
      stop_sequences: ['END'],
    });
    expect(await sent('google-generate', full)).toMatchObject({
      tools: [{ functionDeclarations: [{ name: 'weather' }] }],
      generationConfig: { maxOutputTokens: 100, stopSequences: ['END'] },
      systemInstruction: { parts: [{ text: 'rules' }] },
    });
    expect(await sent('mistral-chat', full)).toMatchObject({ parallel_tool_calls: false, max_tokens: 100 });
    expect(await sent('vllm', full)).toMatchObject({ parallel_tool_calls: false, max_tokens: 100 });
  });

  test('[MA14] Anthropic is told what to keep: the system messages and the last two ends', async () => {
    const history: Message[] = [system, ...question.messages];
    for (const text of ['one', 'two']) {
      history.push(
        { role: 'assistant', parts: [{ type: 'text', text: 'ok' }] },
        { role: 'user', parts: [{ type: 'text', text }] },
      );
    }
    const body = await sent('anthropic-messages', { messages: history });
    const marks = (value: unknown): number => JSON.stringify(value).split('"cache_control"').length - 1;
    expect(marks(body.system)).toBe(1);
    expect((body.messages as readonly unknown[]).map(marks)).toEqual([0, 0, 1, 0, 1]);
  });

  test('[MA14] a schema is strict only where it is closed, and effort goes only to models that reason', async () => {
    const open = { name: 'o', schema: { type: 'object', properties: { a: { type: 'string' } } } } as const;
    const closed = { name: 'c', schema: { ...open.schema, required: ['a'], additionalProperties: false } } as const;
    expect(await sent('openai-chat', { ...question, output: open })).toMatchObject({
      response_format: { type: 'json_schema', json_schema: { name: 'o', strict: false } },
    });
    expect(await sent('vllm', { ...question, output: closed, reasoningEffort: 'low' })).toMatchObject({
      response_format: { type: 'json_schema', json_schema: { name: 'c', strict: true } },
      reasoning_effort: 'low',
    });
    vendor.answer = (response) => sendJson(response, answerOf('vllm'));
    await ask({ ...question, reasoningEffort: 'low' }, { kind: 'vllm', capabilities: [] }, false);
    expect(lastBody()).not.toHaveProperty('reasoning_effort');
  });

  test('[MA14] Anthropic does not think in a round of tools that another model began', async () => {
    const round: readonly Message[] = [
      ...question.messages,
      { role: 'assistant', parts: [{ type: 'tool-call', id: 'a', name: 'weather', arguments: {} }] },
      { role: 'tool', parts: [{ type: 'tool-result', callId: 'a', name: 'weather', content: '1', isError: false }] },
    ];
    expect(
      await sent('anthropic-messages', { messages: round, reasoningEffort: 'high', outputTokensMax: 9_000 }),
    ).not.toHaveProperty('thinking');
    expect(
      await sent('anthropic-messages', { ...question, reasoningEffort: 'high', outputTokensMax: 9_000 }),
    ).toHaveProperty('thinking');
  });

  test('[MA14] Google gets a user who speaks after tool results in one turn with them', async () => {
    const messages: readonly Message[] = [
      ...question.messages,
      { role: 'assistant', parts: [{ type: 'tool-call', id: 'a', name: 'weather', arguments: {} }] },
      { role: 'tool', parts: [{ type: 'tool-result', callId: 'a', name: 'weather', content: '1', isError: false }] },
      { role: 'user', parts: [{ type: 'text', text: 'and?' }] },
    ];
    const { contents } = await sent('google-generate', { messages });
    expect((contents as readonly { role: string }[]).map((turn) => turn.role)).toEqual(['user', 'model', 'user']);
    expect(JSON.stringify(contents)).toContain('and?');
  });
});
