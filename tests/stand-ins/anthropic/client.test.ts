// The vendor's own client, unchanged, against the stand-in.

import Anthropic from '@anthropic-ai/sdk';
import { afterEach, describe, expect, test } from 'vitest';
import { startVendor, type Brain, type Vendor, type VendorOptions } from '../index.ts';

let vendor: Vendor | undefined;
afterEach(async () => vendor?.close());

const tools: Anthropic.Tool[] = [
  { name: 'get_weather', input_schema: { type: 'object', properties: { city: { type: 'string' } } } },
];

const forecaster: Brain = (request) => {
  const told = request.messages.find((message) => message.role === 'tool')?.toolResults[0];
  if (told !== undefined) return { reasoning: 'Now I know.', text: `${told.name} says ${told.content}` };
  return request.tools.length > 0
    ? {
        reasoning: 'I must ask.',
        text: 'One moment.',
        toolCalls: [{ name: 'get_weather', arguments: { city: 'Genève' } }],
      }
    : { text: `You said: ${request.messages.at(-1)?.text}` };
};

async function open(options: Partial<VendorOptions> = {}): Promise<Anthropic> {
  vendor = await startVendor({ kind: 'anthropic', brain: forecaster, ...options });
  return new Anthropic({ apiKey: 'test-key', baseURL: vendor.url, maxRetries: 0 });
}

const thinking = { type: 'enabled' as const, budget_tokens: 1_024 };
const model = 'claude-haiku-4-5';

describe('messages', () => {
  test('a plain answer with usage', async () => {
    const client = await open();
    const reply = await client.messages.create({
      model,
      max_tokens: 100,
      system: 'Be short.',
      messages: [{ role: 'user', content: 'Hello there' }],
    });
    expect(reply.content).toEqual([{ type: 'text', text: 'You said: Hello there', citations: null }]);
    expect(reply.stop_reason).toBe('end_turn');
    expect(reply.usage).toMatchObject({ input_tokens: 6, output_tokens: 6 });
  });

  test('a whole tool loop with thinking, streamed by the helper of the client', async () => {
    const client = await open();
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'Weather in Geneva?' }];
    const first = await client.messages.stream({ model, max_tokens: 2_000, thinking, tools, messages }).finalMessage();
    expect(first.content.map((block) => block.type)).toEqual(['thinking', 'text', 'tool_use']);
    expect(first.stop_reason).toBe('tool_use');
    const call = first.content[2];
    expect(call).toMatchObject({ input: { city: 'Genève' } });
    messages.push(
      { role: 'assistant', content: first.content },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: call?.type === 'tool_use' ? call.id : '', content: 'sunny' }],
      },
    );
    const second = await client.messages.create({ model, max_tokens: 2_000, thinking, tools, messages });
    expect(second.content.at(-1)).toMatchObject({ text: 'get_weather says sunny' });
  });

  test('a thought that was changed is found out', async () => {
    const client = await open();
    const asked: Anthropic.MessageParam = { role: 'user', content: 'Weather in Geneva?' };
    const first = await client.messages.create({ model, max_tokens: 2_000, thinking, tools, messages: [asked] });
    const content = first.content.map((block) =>
      block.type === 'thinking' ? { ...block, thinking: `${block.thinking}!` } : block,
    );
    const id = first.content.find((block) => block.type === 'tool_use')?.id ?? '';
    const sent = client.messages.create({
      model,
      max_tokens: 2_000,
      thinking,
      tools,
      messages: [
        asked,
        { role: 'assistant', content },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: 'sunny' }] },
      ],
    });
    await expect(sent).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('messages.1.content.0: Invalid `signature` in `thinking` block') as string,
    });
  });

  test('the stream has the events of the vendor, in their order', async () => {
    const client = await open();
    const stream = await client.messages.create({
      model,
      max_tokens: 100,
      messages: [{ role: 'user', content: 'Hello there' }],
      stream: true,
    });
    const types: string[] = [];
    for await (const event of stream) types.push(event.type);
    expect(types.filter((type) => type !== 'content_block_delta' && type !== 'ping')).toEqual([
      'message_start',
      'content_block_start',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    expect(types.length).toBeGreaterThan(8);
  });

  test('what is marked for the cache is written once and read afterwards', async () => {
    const client = await open({ cachedTokensMin: 10 });
    const ask = (text: string): Promise<Anthropic.Message> =>
      client.messages.create({
        model,
        max_tokens: 100,
        system: [{ type: 'text', text: 'r'.repeat(400), cache_control: { type: 'ephemeral' } }],
        messages: [{ role: 'user', content: text }],
      });
    expect((await ask('one')).usage).toMatchObject({
      input_tokens: 1,
      cache_creation_input_tokens: 100,
      cache_read_input_tokens: 0,
    });
    expect((await ask('other')).usage).toMatchObject({
      input_tokens: 2,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 100,
    });
  });

  test('models are listed', async () => {
    const client = await open();
    expect((await client.models.list()).data.map((one) => one.id)).toContain(model);
  });
});
