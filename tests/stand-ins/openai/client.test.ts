// The vendor's own client, unchanged, against the stand-in.

import OpenAI, { toFile } from 'openai';
import { afterEach, describe, expect, test } from 'vitest';
import { startVendor, type Brain, type Vendor, type VendorOptions } from '../index.ts';

let vendor: Vendor | undefined;
afterEach(async () => vendor?.close());

const weather = {
  type: 'function' as const,
  function: {
    name: 'get_weather',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    },
    strict: true,
  },
};

/** Asks for the weather once, then says what it was told. */
const forecaster: Brain = (request) => {
  const told = request.messages.at(-1)?.toolResults[0];
  if (told !== undefined)
    return { text: `It is ${told.content} in ${JSON.stringify(request.messages.at(-2)?.toolCalls[0]?.arguments)}` };
  return request.tools.length > 0
    ? { reasoning: 'I must ask.', toolCalls: [{ name: 'get_weather', arguments: { city: 'Genève' } }] }
    : { text: `You said: ${request.messages.at(-1)?.text}` };
};

async function open(options: Partial<VendorOptions> = {}): Promise<OpenAI> {
  vendor = await startVendor({ kind: 'openai', brain: forecaster, ...options });
  return new OpenAI({ apiKey: 'test-key', baseURL: vendor.baseUrl, maxRetries: 0 });
}

describe('chat completions', () => {
  test('a plain answer with usage', async () => {
    const client = await open();
    const reply = await client.chat.completions.create({
      model: 'gpt-4.1-mini',
      messages: [
        { role: 'system', content: 'Be short.' },
        { role: 'user', content: 'Hello there' },
      ],
    });
    expect(reply.choices[0]?.message.content).toBe('You said: Hello there');
    expect(reply.choices[0]?.finish_reason).toBe('stop');
    expect(reply.usage).toMatchObject({ prompt_tokens: 6, completion_tokens: 6, total_tokens: 12 });
  });

  test('a streamed answer comes in several pieces, then its usage', async () => {
    const client = await open();
    const stream = await client.chat.completions.create({
      model: 'gpt-4.1-mini',
      messages: [{ role: 'user', content: 'Hello there' }],
      stream: true,
      stream_options: { include_usage: true },
    });
    const pieces: string[] = [];
    let usage: unknown;
    for await (const chunk of stream) {
      const piece = chunk.choices[0]?.delta.content ?? '';
      if (piece !== '') pieces.push(piece);
      if (chunk.choices.length === 0) usage = chunk.usage;
    }
    expect(pieces.length).toBeGreaterThan(3);
    expect(pieces.join('')).toBe('You said: Hello there');
    expect(usage).toMatchObject({ prompt_tokens: 3, completion_tokens: 6 });
  });

  test('a whole tool loop, streamed by the helper of the client', async () => {
    const client = await open();
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'Weather in Geneva?' }];
    const first = await client.chat.completions
      .stream({ model: 'gpt-5-mini', messages, tools: [weather] })
      .finalChatCompletion();
    const call = first.choices[0]?.message.tool_calls?.[0];
    expect(call).toMatchObject({ function: { name: 'get_weather', arguments: '{"city":"Genève"}' } });
    expect(call?.id.length).toBeLessThanOrEqual(40);
    messages.push(
      { role: 'assistant', tool_calls: first.choices[0]?.message.tool_calls ?? [] },
      { role: 'tool', tool_call_id: call?.id ?? '', content: 'sunny' },
    );
    const second = await client.chat.completions.create({ model: 'gpt-5-mini', messages, tools: [weather] });
    expect(second.choices[0]?.message.content).toBe('It is sunny in {"city":"Genève"}');
  });

  test('a refused request has the error of the vendor', async () => {
    const client = await open();
    const sent = client.chat.completions.create({
      model: 'gpt-5-mini',
      messages: [{ role: 'tool', content: 'x', tool_call_id: 'call_1' }],
    });
    await expect(sent).rejects.toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      param: 'messages.[0].role',
    });
    expect(vendor?.meter.total()).toMatchObject({ requests: 1, refused: 1, completed: 0, cost: 0 });
  });
});

describe('responses', () => {
  test('a tool loop that carries sealed reasoning back, nothing kept by the vendor', async () => {
    const client = await open();
    const tools: OpenAI.Responses.Tool[] = [{ type: 'function', ...weather.function }];
    const input: OpenAI.Responses.ResponseInputItem[] = [{ role: 'user', content: 'Weather in Geneva?' }];
    const options = {
      model: 'gpt-5-mini',
      tools,
      store: false,
      include: ['reasoning.encrypted_content' as const],
      reasoning: { summary: 'auto' as const },
    };
    const first = await client.responses.create({ ...options, input });
    expect(first.output.map((item) => item.type)).toEqual(['reasoning', 'function_call']);
    const call = first.output[1];
    const answered = [
      ...input,
      ...(first.output as OpenAI.Responses.ResponseInputItem[]),
      {
        type: 'function_call_output' as const,
        call_id: call?.type === 'function_call' ? call.call_id : '',
        output: 'sunny',
      },
    ];
    const second = await client.responses.create({ ...options, input: answered });
    expect(second.output_text).toBe('It is sunny in {"city":"Genève"}');
    const tampered = answered.map((item) =>
      'encrypted_content' in item ? { ...item, encrypted_content: 'AAAA.BBBB' } : item,
    );
    await expect(client.responses.create({ ...options, input: tampered })).rejects.toMatchObject({
      status: 400,
      code: 'invalid_encrypted_content',
    });
  });

  test('a stream whose events are numbered without a gap', async () => {
    const client = await open();
    const stream = await client.responses.create({ model: 'gpt-4.1-mini', input: 'Hello there', stream: true });
    const events: OpenAI.Responses.ResponseStreamEvent[] = [];
    for await (const event of stream) events.push(event);
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_event, index) => index));
    expect(events.map((event) => event.type).filter((type) => !type.endsWith('.delta'))).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
  });

  test('an earlier answer is found by its id', async () => {
    const client = await open();
    const first = await client.responses.create({ model: 'gpt-4.1-mini', input: 'One' });
    const second = await client.responses.create({
      model: 'gpt-4.1-mini',
      input: 'Two',
      previous_response_id: first.id,
    });
    expect(second.output_text).toBe('You said: Two');
    expect(second.usage?.input_tokens).toBeGreaterThan(first.usage?.input_tokens ?? 0);
    const lost = client.responses.create({ model: 'gpt-4.1-mini', input: 'x', previous_response_id: 'resp_none' });
    await expect(lost).rejects.toMatchObject({ status: 400, code: 'previous_response_not_found' });
  });
});

describe('the rest', () => {
  test('models, embeddings, speech and its transcription', async () => {
    const client = await open();
    const models = await client.models.list();
    expect(models.data.map((model) => model.id)).toContain('gpt-5-mini');
    const embedded = await client.embeddings.create({ model: 'text-embedding-3-small', input: ['a', 'b', 'a'] });
    expect(embedded.data[0]?.embedding).toEqual(embedded.data[2]?.embedding);
    expect(embedded.data[0]?.embedding).not.toEqual(embedded.data[1]?.embedding);
    const spoken = await client.audio.speech.create({ model: 'gpt-4o-mini-tts', input: 'Guten Tag', voice: 'alloy' });
    const sound = Buffer.from(await spoken.arrayBuffer());
    const heard = await client.audio.transcriptions.create({
      model: 'gpt-4o-mini-transcribe',
      file: await toFile(sound, 'x.mp3'),
    });
    expect(heard.text).toBe('Guten Tag');
  });
});
