// What leaves the server when there is something in a request that the provider may not have, in every way out.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ModelSite, openModelSite } from './model-site.ts';

const mail = 'ada.lovelace@engine.example';
const iban = 'DE89370400440532013000';
const question = `Write to ${mail} that ${iban} was charged. `.repeat(2).trim();
const chat = ['tools', 'json-schema', 'streaming'];

let site: ModelSite;
beforeAll(async () => {
  site = await openModelSite({
    brain: (request) => ({ text: `Said: ${request.messages.at(-1)?.text}` }),
    vendors: { acme: { kind: 'openai' }, rival: { kind: 'anthropic' } },
    models: {
      acme: [
        { name: 'gpt-4.1-mini', capabilities: chat, contextTokens: 100_000 },
        { name: 'text-embedding-3-small', capabilities: ['embeddings'] },
        { name: 'gpt-4o-mini-tts', capabilities: ['speech'] },
      ],
      rival: [{ name: 'claude-haiku-4-5', capabilities: chat, contextTokens: 100_000 }],
    },
  });
});
afterAll(async () => site?.close());
beforeEach(() => {
  for (const vendor of Object.values(site.vendors)) vendor.log.clear();
});

function sentIn(text: string): number {
  return Object.values(site.vendors).reduce((sum, { log }) => sum + log.find(text).length, 0);
}

const requests = (): number => Object.values(site.vendors).reduce((sum, { log }) => sum + log.entries.length, 0);

for (const model of ['gpt-4.1-mini', 'claude-haiku-4-5']) {
  test(`[OA17] ${model}: placeholders go out and values come back, plain and streamed, in both formats`, async () => {
    const client = site.openai();
    const messages = [{ role: 'user' as const, content: question }];
    const plain = await client.chat.completions.create({ model, messages });
    expect(plain.choices[0]?.message.content).toBe(`Said: ${question}`);
    let streamed = '';
    for await (const chunk of await client.chat.completions.create({ model, messages, stream: true }))
      streamed += chunk.choices[0]?.delta.content ?? '';
    expect(streamed).toBe(`Said: ${question}`);
    expect((await client.responses.create({ model, input: question })).output_text).toBe(`Said: ${question}`);
    const events = client.responses.stream({ model, input: question });
    expect((await events.finalResponse()).output_text).toBe(`Said: ${question}`);
    await expect.poll(async () => (await site.client.listModelCalls()).items.length).toBeGreaterThanOrEqual(4);
    const { items } = await site.client.listModelCalls({ limit: 4 });
    expect(items.map(({ masked }) => masked)).toEqual([2, 2, 2, 2]);
    expect(requests()).toBe(4);
    expect([sentIn(mail), sentIn(iban)]).toEqual([0, 0]);
  });
}

test('[OA7] a text that would have to be masked makes no embedding and no speech', async () => {
  const client = site.openai();
  await expect(client.embeddings.create({ model: 'text-embedding-3-small', input: [question] })).rejects.toMatchObject({
    status: 422,
  });
  await expect(
    client.audio.speech.create({ model: 'gpt-4o-mini-tts', voice: 'alloy', input: question }),
  ).rejects.toMatchObject({ status: 422 });
  await expect(client.embeddings.create({ model: 'text-embedding-3-small', input: [1, 2, 3] })).rejects.toMatchObject({
    param: 'input',
  });
  expect(requests()).toBe(0);
});
