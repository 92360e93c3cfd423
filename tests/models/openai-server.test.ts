// The vendor's own client, unchanged, against our server; behind it two kinds of vendors: one that speaks the client's
// format, and one that does not.
import { APIError, type OpenAI, toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Brain } from '../stand-ins/index.ts';
import { type ModelSite, openModelSite } from './model-site.ts';

const weather = {
  type: 'function' as const,
  function: {
    name: 'get_weather',
    description: 'The weather in a city.',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    },
    strict: true,
  },
};
const weatherTool = { type: 'function' as const, ...weather.function };

const personSchema = {
  type: 'object',
  properties: { name: { type: 'string' } },
  required: ['name'],
  additionalProperties: false,
};

/** Asks for the weather once, then says what it was told; gives a person when one is asked for. */
const brain: Brain = (request) => {
  const told = request.messages.at(-1)?.toolResults[0];
  if (told !== undefined) return { text: `It is ${told.content}.` };
  if (request.tools.length > 0)
    return { reasoning: 'I must ask.', toolCalls: [{ name: 'get_weather', arguments: { city: 'Genève' } }] };
  if (request.output !== undefined) return { text: '{"name":"Ada"}' };
  return { text: `You said: ${request.messages.at(-1)?.text}` };
};

const chat = ['tools', 'parallel-tools', 'json-schema', 'images', 'reasoning', 'streaming'];
const prices = { input: 1, output: 2 };

let site: ModelSite;
beforeAll(async () => {
  site = await openModelSite({
    brain,
    vendors: { acme: { kind: 'openai' }, rival: { kind: 'anthropic' } },
    models: {
      acme: [
        { name: 'gpt-4.1-mini', capabilities: chat, contextTokens: 100_000, prices },
        { name: 'gpt-5-mini', capabilities: chat, contextTokens: 100_000, prices },
        { name: 'text-embedding-3-small', capabilities: ['embeddings'], prices },
        { name: 'gpt-4o-mini-tts', capabilities: ['speech'], prices },
        { name: 'gpt-4o-mini-transcribe', capabilities: ['transcription'], prices },
      ],
      rival: [{ name: 'claude-haiku-4-5', capabilities: chat, contextTokens: 100_000, prices }],
    },
    settings: { aliases: { quick: ['gpt-4.1-mini'] } },
  });
});
afterAll(async () => site?.close());

const question = [
  { role: 'system' as const, content: 'Be short.' },
  { role: 'user' as const, content: 'Hello there' },
];

async function errorOf(call: Promise<unknown>): Promise<APIError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof APIError) return error;
  throw new Error(`expected an error of the API, found ${String(error)}`);
}

for (const [lane, model] of [
  ['forwarded', 'gpt-4.1-mini'],
  ['translated', 'claude-haiku-4-5'],
] as const) {
  describe(`chat completions, ${lane}`, () => {
    test('[OA1] a plain answer, with its usage and who gave it', async () => {
      const { data, response } = await site
        .openai()
        .chat.completions.create({ model, messages: question, seed: 7 })
        .withResponse();
      expect(data.object).toBe('chat.completion');
      expect(data.choices[0]?.message).toMatchObject({ role: 'assistant', content: 'You said: Hello there' });
      expect(data.choices[0]?.finish_reason).toBe('stop');
      expect(data.usage?.total_tokens).toBe((data.usage?.prompt_tokens ?? 0) + (data.usage?.completion_tokens ?? 0));
      expect(data.usage?.completion_tokens).toBeGreaterThan(0);
      expect(response.headers.get('x-chorale-deployment')).toMatch(new RegExp(`/${model}$`));
      expect(response.headers.get('x-chorale-call-id')).toMatch(/^call_/);
    });

    test('[OA2] a stream gives the same in pieces, and its usage only when asked', async () => {
      const ask = async (usage: boolean) => {
        const stream = await site.openai().chat.completions.create({
          model,
          messages: question,
          stream: true,
          ...(usage ? { stream_options: { include_usage: true } } : {}),
        });
        const chunks = [];
        for await (const chunk of stream) chunks.push(chunk);
        return chunks;
      };
      const chunks = await ask(true);
      expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe('You said: Hello there');
      expect(chunks.length).toBeGreaterThan(3);
      expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: expect.any(Number) } });
      expect(chunks.filter((chunk) => chunk.choices[0]?.finish_reason === 'stop')).toHaveLength(1);
      const silent = await ask(false);
      expect(silent.every((chunk) => chunk.choices.length === 1 && !chunk.usage)).toBe(true);
    });

    test('[OA3] tools are called, and their results answered', async () => {
      const client = site.openai();
      const first = await client.chat.completions.create({
        model,
        messages: [{ role: 'user', content: 'How is the weather in Genève?' }],
        tools: [weather],
      });
      const call = first.choices[0]?.message.tool_calls?.[0];
      expect(first.choices[0]?.finish_reason).toBe('tool_calls');
      expect(call?.type === 'function' && JSON.parse(call.function.arguments)).toEqual({ city: 'Genève' });
      const second = await client.chat.completions.create({
        model,
        tools: [weather],
        messages: [
          { role: 'user', content: 'How is the weather in Genève?' },
          first.choices[0]?.message ?? { role: 'assistant', content: '' },
          { role: 'tool', tool_call_id: call?.id ?? '', content: 'sunny' },
        ],
      });
      expect(second.choices[0]?.message.content).toBe('It is sunny.');
    });

    test("[OA3] the client's own reader of streams puts the call together", async () => {
      const stream = site.openai().chat.completions.stream({
        model,
        messages: [{ role: 'user', content: 'How is the weather?' }],
        tools: [weather],
      });
      const { choices } = await stream.finalChatCompletion();
      const call = choices[0]?.message.tool_calls?.[0];
      expect(call).toMatchObject({ type: 'function', function: { name: 'get_weather' } });
      expect(call?.type === 'function' && JSON.parse(call.function.arguments)).toEqual({ city: 'Genève' });
    });

    test('[OA4] an answer of a schema', async () => {
      const reply = await site.openai().chat.completions.parse({
        model,
        messages: [{ role: 'user', content: 'Who?' }],
        response_format: { type: 'json_schema', json_schema: { name: 'person', schema: personSchema, strict: true } },
      });
      expect(JSON.parse(reply.choices[0]?.message.content ?? '')).toEqual({ name: 'Ada' });
    });
  });

  describe(`responses, ${lane}`, () => {
    test('[OA5] a plain answer', async () => {
      const reply = await site.openai().responses.create({ model, input: 'Hello there', store: false });
      expect(reply).toMatchObject({ object: 'response', status: 'completed', output_text: 'You said: Hello there' });
      expect(reply.usage?.total_tokens).toBeGreaterThan(0);
    });

    test('[OA5] a stream of events ends with the whole answer', async () => {
      const stream = site.openai().responses.stream({ model, input: 'Hello there' });
      const types = new Set<string>();
      let sequence = -1;
      for await (const event of stream) {
        types.add(event.type);
        expect(event.sequence_number).toBeGreaterThan(sequence);
        sequence = event.sequence_number;
      }
      for (const type of ['created', 'output_item.added', 'output_text.delta', 'output_item.done', 'completed'])
        expect([...types]).toContain(`response.${type}`);
      expect((await stream.finalResponse()).output_text).toBe('You said: Hello there');
    });

    test('[OA5] what the answer holds can be given back as input, reasoning and calls included', async () => {
      const client = site.openai();
      const asked = { role: 'user' as const, content: 'How is the weather?' };
      // Only a model that reasons has something to wrap.
      const thinker = model === 'gpt-4.1-mini' ? 'gpt-5-mini' : model;
      const first = await client.responses.create({
        model: thinker,
        input: [asked],
        tools: [weatherTool],
        include: ['reasoning.encrypted_content'],
      });
      const call = first.output.find((item) => item.type === 'function_call');
      expect(call).toMatchObject({ name: 'get_weather' });
      const second = await client.responses.create({
        model: thinker,
        tools: [weatherTool],
        input: [
          asked,
          ...(first.output as OpenAI.Responses.ResponseInputItem[]),
          { type: 'function_call_output', call_id: call?.call_id ?? '', output: 'sunny' },
        ],
      });
      expect(second.output_text).toBe('It is sunny.');
    });
  });
}

test('[OA6] what would need a memory of earlier answers is refused with what to do instead', async () => {
  const client = site.openai();
  const wrong = { model: 'gpt-4.1-mini', input: 'x' } as const;
  const error = await errorOf(client.responses.create({ ...wrong, previous_response_id: 'resp_1' }));
  expect(error).toMatchObject({ status: 400, code: 'unsupported_parameter', param: 'previous_response_id' });
  expect((await errorOf(client.responses.create({ ...wrong, store: true }))).param).toBe('store');
  expect((await errorOf(client.responses.create({ ...wrong, background: true }))).param).toBe('background');
});

test('[OA7] embeddings, speech and transcription are passed through', async () => {
  const client = site.openai();
  const made = await client.embeddings.create({ model: 'text-embedding-3-small', input: ['one', 'two'] });
  expect(made.data).toHaveLength(2);
  expect(made.data[0]?.embedding.length).toBeGreaterThan(10);
  const speech = await client.audio.speech.create({ model: 'gpt-4o-mini-tts', voice: 'alloy', input: 'Hello' });
  expect((await speech.arrayBuffer()).byteLength).toBeGreaterThan(0);
  const file = await toFile(Buffer.from('RIFFsound'), 'sound.wav');
  const heard = await client.audio.transcriptions.create({ model: 'gpt-4o-mini-transcribe', file });
  expect(heard.text.length).toBeGreaterThan(0);
});

test('[OA8] models, aliases and deployments are listed, and one is found by its name', async () => {
  const client = site.openai();
  const names = [];
  for await (const model of client.models.list()) names.push(model.id);
  expect(names).toEqual(expect.arrayContaining(['auto', 'quick', 'gpt-4.1-mini', 'acme/gpt-4.1-mini']));
  expect(await client.models.retrieve('acme/gpt-4.1-mini')).toMatchObject({ object: 'model', owned_by: 'acme' });
  expect((await errorOf(client.models.retrieve('nothing'))).status).toBe(404);
});

test('[OA9] errors come in the shape that clients of OpenAI read', async () => {
  const client = site.openai();
  const unknown = await errorOf(client.chat.completions.create({ model: 'gpt-99', messages: question }));
  expect(unknown).toMatchObject({
    status: 404,
    code: 'model_not_found',
    param: 'model',
    type: 'invalid_request_error',
  });
  expect(unknown.message).toContain('chorale models list');
  const empty = await errorOf(client.chat.completions.create({ model: 'gpt-4.1-mini', messages: [] }));
  expect(empty).toMatchObject({ status: 400, param: 'messages' });
  const response = await fetch(`${site.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${site.server.key}` },
    body: '{"model":',
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error', code: 'body_not_json' } });
});

test('[OA11] what a caller adds steers the call and never reaches the provider', async () => {
  const { data, response } = await site
    .openai()
    .chat.completions.create({
      model: 'quick',
      messages: question,
      // @ts-expect-error The format has no words for it.
      chorale: { strategy: 'cost', session: 's1', dataClass: 'internal' },
    })
    .withResponse();
  expect(data.choices[0]?.message.content).toBe('You said: Hello there');
  expect(response.headers.get('x-chorale-deployment')).toBe('acme/gpt-4.1-mini');
  const wrong = await errorOf(
    site
      .openai()
      .chat.completions.create(
        { model: 'auto', messages: question },
        { headers: { 'x-chorale-strategy': 'cheapest' } },
      ),
  );
  expect(wrong).toMatchObject({ status: 400, param: 'chorale.strategy' });
  const local = await errorOf(
    site
      .openai()
      .chat.completions.create(
        { model: 'auto', messages: question },
        { headers: { 'x-chorale-data-class': 'secret' } },
      ),
  );
  expect(local.status).toBe(422);
  expect(local.message).toContain('secret data');
});

test('[OA12] a fault before the first byte is nobody’s trouble while another deployment can answer', async () => {
  site.vendors['acme']?.setFaults([{ kind: 'server-error' }]);
  const { data, response } = await site
    .openai()
    .chat.completions.create({
      model: 'gpt-4.1-mini',
      messages: question,
      // @ts-expect-error The format has no words for it.
      chorale: { models: ['claude-haiku-4-5'], strategy: 'failover' },
    })
    .withResponse();
  expect(data.choices[0]?.message.content).toBe('You said: Hello there');
  expect(response.headers.get('x-chorale-deployment')).toBe('rival/claude-haiku-4-5');
});

test('[OA13] an answer that breaks in the middle ends with an error event', async () => {
  site.vendors['acme']?.setFaults([{ kind: 'reset-after-chunks', chunks: 3 }]);
  const stream = await site
    .openai()
    .chat.completions.create({ model: 'gpt-4.1-mini', messages: question, stream: true });
  let text = '';
  const read = async (): Promise<void> => {
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
  };
  await expect(read()).rejects.toThrow(/broke off/);
  expect(text.length).toBeGreaterThan(0);
});

test('[OA14] a caller that goes away ends the provider’s work', async () => {
  const acme = site.vendors['acme'];
  acme?.setFaults([{ kind: 'stall-after-chunks', chunks: 2 }]);
  const gone = new AbortController();
  const stream = await site
    .openai()
    .chat.completions.create({ model: 'gpt-4.1-mini', messages: question, stream: true }, { signal: gone.signal });
  for await (const _chunk of stream) gone.abort();
  await expect.poll(() => acme?.log.entries.at(-1)?.outcome).toBe('broken');
});

test('[OA16] a budget holds on every route: what is spent on one is gone on all', async () => {
  const { key } = await site.client.createModelKey({ name: 'once', budget: { window: 'total', calls: 1 } });
  const client = site.openai(key);
  await client.embeddings.create({ model: 'text-embedding-3-small', input: 'one' });
  const file = await toFile(Buffer.from('RIFFsound'), 'sound.wav');
  const model = 'gpt-4.1-mini';
  const calls: readonly Promise<unknown>[] = [
    client.embeddings.create({ model: 'text-embedding-3-small', input: 'two' }),
    client.audio.speech.create({ model: 'gpt-4o-mini-tts', voice: 'alloy', input: 'Hello' }),
    client.audio.transcriptions.create({ model: 'gpt-4o-mini-transcribe', file }),
    client.chat.completions.create({ model, messages: question }),
    client.chat.completions.create({ model: 'claude-haiku-4-5', messages: question, stream: true }),
    client.responses.create({ model, input: 'Hello' }),
  ];
  for (const error of await Promise.all(calls.map(errorOf)))
    expect(error).toMatchObject({ status: 429, code: 'insufficient_quota' });
});

test('[OA1] after a crash the same key works, and its budget knows what was spent', async () => {
  const { key, keyId } = await site.client.createModelKey({ name: 'lasting', budget: { window: 'total', calls: 3 } });
  const call = () => site.openai(key).chat.completions.create({ model: 'quick', messages: question });
  expect((await call()).choices[0]?.message.content).toBe('You said: Hello there');
  const stream = site.openai(key).chat.completions.stream({ model: 'claude-haiku-4-5', messages: question });
  expect(await stream.finalContent()).toBe('You said: Hello there');
  // What was settled is on disk a moment after the answer.
  const spent = async () => {
    const budgets = await site.client.listBudgets();
    return budgets.find(({ subject }) => subject === keyId)?.spent.calls;
  };
  await expect.poll(spent).toBe(2);
  await site.crash();
  expect(await spent()).toBe(2);
  expect((await call()).choices[0]?.message.content).toBe('You said: Hello there');
  expect(await errorOf(call())).toMatchObject({ status: 429, code: 'insufficient_quota' });
});

test('[OA18] a server that is asked to end lets an answer come to its end', async () => {
  site.vendors['acme']?.setFaults([{ kind: 'slow-drip', delayMs: 100 }]);
  const stream = await site
    .openai()
    .chat.completions.create({ model: 'gpt-4.1-mini', messages: question, stream: true });
  let text = '';
  let asked = false;
  for await (const chunk of stream) {
    // Once: who asks twice will not wait.
    if (!asked) site.server.signal('SIGTERM');
    asked = true;
    text += chunk.choices[0]?.delta.content ?? '';
  }
  expect(text).toBe('You said: Hello there');
  expect(await site.server.waitForEnd()).toBe(0);
});
