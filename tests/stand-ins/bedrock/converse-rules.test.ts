import { afterAll, beforeAll, expect, test } from 'vitest';
import { startVendor, type Vendor } from '../core/vendor.ts';

let vendor: Vendor;
beforeAll(async () => {
  vendor = await startVendor({
    kind: 'bedrock',
    brain: ({ reasons }) => ({ ...(reasons ? { reasoning: 'hm' } : {}), text: 'Hello.' }),
  });
});
afterAll(async () => vendor?.close());

const claude = 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0';

async function ask(
  body: object,
  { model = claude, key = 'test-key' } = {},
): Promise<{ status: number; type: string | null; text: string }> {
  const response = await fetch(`${vendor.url}/model/${encodeURIComponent(model)}/converse`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  });
  return { status: response.status, type: response.headers.get('x-amzn-errortype'), text: await response.text() };
}

const user = (...content: object[]): object => ({
  role: 'user',
  content: content.length === 0 ? [{ text: 'go' }] : content,
});
const assistant = (...content: object[]): object => ({ role: 'assistant', content });
const use = { toolUse: { toolUseId: 't1', name: 'look', input: {} } };
const result = { toolResult: { toolUseId: 't1', content: [{ text: 'seen' }] } };
const toolConfig = { tools: [{ toolSpec: { name: 'look', inputSchema: { json: { type: 'object' } } } }] };
const thought = (signature: string): object => ({ reasoningContent: { reasoningText: { text: 'hm', signature } } });

test('takes what follows the rules, and its own signed thoughts back', async () => {
  const thinking = { additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 1_024 } } };
  const said = await ask({ messages: [user()], ...thinking });
  expect(said.status).toBe(200);
  const [reasoning] = (JSON.parse(said.text) as { output: { message: { content: object[] } } }).output.message.content;
  expect(JSON.stringify(reasoning)).toContain('signature');
  const messages = [user(), assistant(reasoning ?? {}, use), user(result)];
  expect(await ask({ messages, toolConfig, ...thinking })).toMatchObject({ status: 200 });
  expect(await ask({ messages: [user(), assistant(use), user(result)], toolConfig, ...thinking })).toMatchObject({
    status: 400,
    text: expect.stringContaining('must start with a thinking block'),
  });
});

test.each([
  ['an assistant first', { messages: [assistant({ text: 'x' }), user()] }, 'must start with a user message'],
  ['an assistant last', { messages: [user(), assistant({ text: 'x' })] }, 'must end with a user message'],
  ['two users in a row', { messages: [user(), user()] }, 'must alternate'],
  ['a blank text', { messages: [user({ text: ' ' })] }, 'is blank'],
  ['an unknown field', { messages: [user()], temperature: 1 }, 'Extra inputs are not permitted'],
  ['two members of a union', { messages: [user({ text: 'x', image: {} })] }, 'text and image'],
  ['calls without tools', { messages: [user(), assistant(use), user(result)] }, 'toolConfig field must be defined'],
  [
    'a call without its result',
    { messages: [user(), assistant(use), user()], toolConfig },
    'Expected toolResult blocks',
  ],
  [
    'a result without its call',
    { messages: [user(), assistant({ text: 'x' }), user(result)], toolConfig },
    'exceeds the number',
  ],
  ['a signature of another', { messages: [user(), assistant(thought('bm8=')), user()] }, 'Invalid `signature`'],
  ['too hot', { messages: [user()], inferenceConfig: { temperature: 2 } }, 'temperature'],
] as const)('refuses %s', async (_what, body, says) => {
  expect(await ask(body)).toMatchObject({
    status: 400,
    type: 'ValidationException',
    text: expect.stringContaining(says),
  });
});

test('refuses a key and a model that it does not know', async () => {
  expect(await ask({ messages: [user()] }, { key: 'other' })).toMatchObject({
    status: 403,
    type: 'AccessDeniedException',
  });
  expect((await ask({ messages: [user()] }, { model: 'none' })).text).toContain('model identifier is invalid');
});
