import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startVendor, type Vendor } from '../index.ts';

let vendor: Vendor;
let imitator: Vendor;
beforeAll(async () => {
  vendor = await startVendor({ kind: 'openai', brain: () => ({ text: 'ok' }) });
  imitator = await startVendor({ kind: 'openai-compatible', brain: () => ({ reasoning: 'hm', text: 'ok' }), keys: [] });
});
afterAll(async () => {
  await vendor.close();
  await imitator.close();
});

interface Refusal {
  readonly status: number;
  readonly message?: string;
  readonly code?: string | null;
  readonly param?: string | null;
}

async function send(body: object, to: Vendor = vendor): Promise<Refusal> {
  const response = await fetch(`${to.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer test-key' },
    body: JSON.stringify(body),
  });
  const { error } = (await response.json()) as { error?: Omit<Refusal, 'status'> };
  return { status: response.status, ...error };
}

const hello = [{ role: 'user', content: 'Hello' }];
const base = { model: 'gpt-4.1-mini', messages: hello };
const called = (id: string, name = 'f'): object => ({ id, type: 'function', function: { name, arguments: '{}' } });
const strictObject = {
  type: 'object',
  properties: { a: { type: 'string' } },
  required: ['a'],
  additionalProperties: false,
};
const tool = (rest: object = {}): object => ({
  type: 'function',
  function: { name: 'f', parameters: strictObject, ...rest },
});
const format = (schema: object, strict = true): object => ({
  type: 'json_schema',
  json_schema: { name: 'out', schema, strict },
});

const right: Readonly<Record<string, object>> = {
  'the least there is': base,
  'all calls answered, in any order': {
    ...base,
    messages: [
      ...hello,
      { role: 'assistant', content: null, tool_calls: [called('call_1'), called('call_2')] },
      { role: 'tool', tool_call_id: 'call_2', content: 'b' },
      { role: 'tool', tool_call_id: 'call_1', content: [{ type: 'text', text: 'a' }] },
      { role: 'assistant', content: 'done' },
      { role: 'user', content: 'thanks' },
    ],
    tools: [tool()],
  },
  'a strict tool and a strict format': {
    ...base,
    tools: [tool({ strict: true })],
    response_format: format(strictObject),
  },
  'a schema that only a loose format takes': {
    ...base,
    response_format: format({ type: 'object', properties: {} }, false),
  },
  'json asked for in words': {
    ...base,
    messages: [{ role: 'user', content: 'as JSON' }],
    response_format: { type: 'json_object' },
  },
  'an image': {
    ...base,
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'see' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
        ],
      },
    ],
  },
};

const afterCall = (messages: readonly object[]): object => ({
  ...base,
  messages: [...hello, { role: 'assistant', tool_calls: [called('call_1'), called('call_2')] }, ...messages],
});

const wrong: Readonly<Record<string, readonly [object, Partial<Refusal>]>> = {
  'an unknown field': [
    { ...base, foo: 1 },
    { code: 'unknown_parameter', param: 'foo' },
  ],
  'an unknown field in a message': [
    { ...base, messages: [{ role: 'user', content: 'x', id: '1' }] },
    { code: 'unknown_parameter', param: 'messages[0].id' },
  ],
  'no messages': [{ model: 'gpt-4.1-mini' }, { code: 'missing_required_parameter', param: 'messages' }],
  'an empty list of messages': [{ ...base, messages: [] }, { code: 'empty_array' }],
  'a wrong type': [
    { ...base, temperature: 'hot' },
    { code: 'invalid_type', param: 'temperature' },
  ],
  'a value out of range': [{ ...base, temperature: 3 }, { code: 'decimal_above_max_value' }],
  'an unknown role': [{ ...base, messages: [{ role: 'model', content: 'x' }] }, { code: 'invalid_value' }],
  'an unknown model': [
    { ...base, model: 'gpt-9' },
    { status: 404, code: 'model_not_found' },
  ],
  'a call without any answer': [afterCall([]), { param: 'messages.[2].role' }],
  'a call without its answer before the next message': [
    afterCall([{ role: 'tool', tool_call_id: 'call_1', content: 'a' }, ...hello]),
    { message: expect.stringContaining('did not have response messages: call_2') as string },
  ],
  'an answer to no call': [
    { ...base, messages: [...hello, { role: 'tool', tool_call_id: 'call_1', content: 'a' }] },
    { message: expect.stringContaining('must be a response to a preceeding message') as string },
  ],
  'an answer with an id of its own': [
    afterCall([{ role: 'tool', tool_call_id: 'call_9', content: 'a' }]),
    { message: expect.stringContaining("'call_9' not found") as string },
  ],
  'two answers to one call': [
    afterCall([
      { role: 'tool', tool_call_id: 'call_1', content: 'a' },
      { role: 'tool', tool_call_id: 'call_1', content: 'a' },
    ]),
    { message: expect.stringContaining('Duplicate') as string },
  ],
  'an id of more than 40 characters': [
    { ...base, messages: [...hello, { role: 'assistant', tool_calls: [called('x'.repeat(41))] }] },
    { code: 'string_above_max_length', param: 'messages[1].tool_calls[0].id' },
  ],
  'a name with a dot': [
    { ...base, tools: [tool({ name: 'a.b' })] },
    { code: 'invalid_value', param: 'tools[0].function.name' },
  ],
  'a name of more than 64 characters': [
    { ...base, tools: [tool({ name: 'a'.repeat(65) })] },
    { code: 'string_above_max_length' },
  ],
  'no tools in a list of tools': [{ ...base, tools: [] }, { code: 'empty_array' }],
  'a choice of tool without tools': [{ ...base, tool_choice: 'auto' }, { param: 'tool_choice' }],
  'a choice of a tool that is not there': [
    { ...base, tools: [tool()], tool_choice: { type: 'function', function: { name: 'g' } } },
    { param: 'tool_choice' },
  ],
  'a strict tool that allows more': [
    { ...base, tools: [tool({ strict: true, parameters: { ...strictObject, additionalProperties: true } })] },
    { code: 'invalid_function_parameters', message: expect.stringContaining('additionalProperties') as string },
  ],
  'a strict tool with an optional property': [
    { ...base, tools: [tool({ strict: true, parameters: { ...strictObject, required: [] } })] },
    { message: expect.stringContaining("Missing 'a'") as string },
  ],
  'a strict format with a loose object deep inside': [
    {
      ...base,
      response_format: format({ ...strictObject, properties: { a: { type: 'array', items: { type: 'object' } } } }),
    },
    { message: expect.stringContaining("('properties', 'a', 'items')") as string },
  ],
  'a strict format with a keyword outside of the subset': [
    { ...base, response_format: format({ ...strictObject, properties: { a: { type: 'string', minLength: 1 } } }) },
    { message: expect.stringContaining("'minLength' is not permitted") as string },
  ],
  'options of streams without a stream': [
    { ...base, stream_options: { include_usage: true } },
    { param: 'stream_options' },
  ],
  'both limits of tokens': [{ ...base, max_tokens: 1, max_completion_tokens: 1 }, { param: 'max_tokens' }],
  'more tokens than the model can say': [
    { ...base, max_tokens: 99_999 },
    { param: 'max_tokens', code: 'invalid_value' },
  ],
  'the old limit at a model that thinks': [
    { ...base, model: 'gpt-5', max_tokens: 9 },
    { code: 'unsupported_parameter', param: 'max_tokens' },
  ],
  'a temperature at a model that thinks': [
    { ...base, model: 'gpt-5', temperature: 0.2 },
    { code: 'unsupported_value', param: 'temperature' },
  ],
  'json that nobody spoke of': [{ ...base, response_format: { type: 'json_object' } }, { param: 'messages' }],
  'an assistant that says nothing': [
    { ...base, messages: [...hello, { role: 'assistant', content: null }] },
    { param: 'messages.[1].content' },
  ],
  'reasoning that OpenAI does not take': [
    { ...base, messages: [...hello, { role: 'assistant', content: 'x', reasoning_content: 'y' }] },
    { code: 'unknown_parameter' },
  ],
};

describe('a chat request to OpenAI', () => {
  test.each(Object.entries(right))('is taken: %s', async (_title, body) => {
    expect(await send(body)).toEqual({ status: 200 });
  });

  test.each(Object.entries(wrong))('is refused: %s', async (_title, [body, refusal]) => {
    expect(await send(body)).toMatchObject({ status: 400, ...refusal });
  });

  test('needs a key that is known', async () => {
    const response = await fetch(`${vendor.baseUrl}/models`, { headers: { authorization: 'Bearer other' } });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { code: 'invalid_api_key', type: 'invalid_request_error' } });
    expect((await fetch(`${vendor.baseUrl}/models`)).status).toBe(401);
  });
});

describe('a server that imitates OpenAI', () => {
  const model = 'llama-3.3-70b';

  test('overlooks unknown fields, takes its own reasoning back, needs no key', async () => {
    const messages = [...hello, { role: 'assistant', content: 'x', reasoning_content: 'y' }, ...hello];
    expect(await send({ model, messages, foo: 1 }, imitator)).toEqual({ status: 200 });
    expect(await send({ model, messages: hello, response_format: { type: 'json_object' } }, imitator)).toEqual({
      status: 200,
    });
    expect((await fetch(`${imitator.baseUrl}/models`)).status).toBe(200);
    expect((await fetch(`${imitator.baseUrl}/responses`, { method: 'POST', body: '{}' })).status).toBe(404);
  });

  test('is as strict about tools', async () => {
    const messages = [...hello, { role: 'tool', tool_call_id: 'a', content: 'b' }];
    expect(await send({ model, messages }, imitator)).toMatchObject({ status: 400 });
  });

  test('may lack what others can', async () => {
    const poor = await startVendor({
      kind: 'openai-compatible',
      brain: () => ({ text: 'ok' }),
      lacks: ['json-schema', 'tools'],
    });
    expect(await send({ model, messages: hello, response_format: format(strictObject) }, poor)).toMatchObject({
      status: 400,
    });
    expect(await send({ model, messages: hello, tools: [tool()] }, poor)).toMatchObject({ status: 400 });
    expect(await send({ model, messages: hello }, poor)).toEqual({ status: 200 });
    await poor.close();
  });
});
