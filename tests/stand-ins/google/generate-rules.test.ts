import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startVendor, type Brain, type Vendor } from '../index.ts';

const forecaster: Brain = (request) =>
  request.messages.at(-1)?.role === 'tool'
    ? { text: `It is ${request.messages.at(-1)?.toolResults[0]?.content}.` }
    : request.tools.length > 0
      ? {
          reasoning: 'I must ask.',
          toolCalls: ['Genf', 'Bern'].map((city) => ({ name: 'weather', arguments: { city } })),
        }
      : { reasoning: 'Easy.', text: 'Hello to you' };

let vendor: Vendor;
beforeAll(async () => {
  vendor = await startVendor({ kind: 'google', brain: forecaster });
});
afterAll(async () => vendor.close());

interface Part {
  readonly text?: string;
  readonly thought?: boolean;
  readonly thoughtSignature?: string;
  readonly functionCall?: { readonly name: string; readonly args: object };
}
interface Answer {
  readonly status: number;
  readonly error?: { readonly code: number; readonly status: string; readonly message: string };
  readonly candidates?: readonly {
    readonly content?: { readonly role: string; readonly parts: readonly Part[] };
    readonly finishReason?: string;
  }[];
  readonly usageMetadata?: Readonly<Record<string, unknown>>;
}

const newest = 'gemini-3-pro-preview';
const headers = { 'content-type': 'application/json', 'x-goog-api-key': 'test-key' };

async function send(body: object, model = newest): Promise<Answer> {
  const response = await fetch(`${vendor.baseUrl}/models/${model}:generateContent`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  return { ...((await response.json()) as Answer), status: response.status };
}

const user = { role: 'user', parts: [{ text: 'Hello' }] };
const model = { role: 'model', parts: [{ text: 'Hi' }] };
const base = { contents: [user] };
const parameters = { type: 'OBJECT', properties: { city: { type: 'STRING' } }, required: ['city'] };
const declared = (rest: object = {}): object => ({
  tools: [{ functionDeclarations: [{ name: 'weather', parameters, ...rest }] }],
});
const call = (name = 'weather'): object => ({
  functionCall: { name, args: {} },
  thoughtSignature: 'skip_thought_signature_validator',
});
const response = (name = 'weather'): object => ({ functionResponse: { name, response: { output: 'sunny' } } });
const talk = (...turns: (readonly object[])[]): object => ({
  ...declared(),
  contents: turns.map((parts, index) => ({ role: index % 2 === 0 ? 'user' : 'model', parts })),
});
const hello = [{ text: 'Hello' }];

const right: Readonly<Record<string, object>> = {
  'the least there is': base,
  'a conversation': { contents: [user, model, user], systemInstruction: { parts: [{ text: 'Be kind.' }] } },
  'calls that are all answered': talk(hello, [call(), { functionCall: { name: 'weather' } }], [response(), response()]),
  'a declaration without parameters': { ...base, tools: [{ functionDeclarations: [{ name: 'now' }] }] },
  'any schema in its own field': {
    ...base,
    tools: [
      { functionDeclarations: [{ name: 'f', parametersJsonSchema: { type: 'object', additionalProperties: false } }] },
    ],
  },
  'an answer of a schema': {
    ...base,
    generationConfig: { responseMimeType: 'application/json', responseSchema: parameters },
  },
};

const wrong: Readonly<Record<string, readonly [object, string]>> = {
  'no contents': [{}, 'contents is not specified'],
  'an unknown field': [{ ...base, messages: [] }, 'Unknown name "messages": Cannot find field.'],
  'an unknown role': [{ contents: [{ role: 'assistant', parts: hello }] }, 'Please use a valid role: user, model.'],
  'a part of nothing': [{ contents: [{ role: 'user', parts: [{}] }] }, 'contents[0].parts[0].data'],
  'the model first': [{ contents: [model, user] }, 'first content'],
  'two of one role': [{ contents: [user, user] }, 'alternate between user and model'],
  'fewer responses than calls': [
    talk(hello, [call(), { functionCall: { name: 'weather' } }], [response()]),
    'number of function response parts is equal',
  ],
  'a call that is not answered': [talk(hello, [call()], hello), 'number of function response parts is equal'],
  'a response to no call': [talk(hello, [{ text: 'x' }], [response()]), 'immediately after a function call turn'],
  'a response of another name': [talk(hello, [call()], [response('other')]), "'other' does not"],
  'a call at the end': [talk(hello, [call()]), 'last content is not a function call turn'],
  'a call without its mark': [
    talk(hello, [{ functionCall: { name: 'weather' } }], [response()]),
    'missing a thought_signature in functionCall parts',
  ],
  'a mark of somebody else': [
    talk(hello, [{ functionCall: { name: 'weather' }, thoughtSignature: 'c2lnbmVk' }], [response()]),
    'Corrupted thought signature.',
  ],
  'a name with a space': [{ ...base, ...declared({ name: 'a b' }) }, 'Invalid function name'],
  'a keyword outside of the subset': [
    { ...base, ...declared({ parameters: { ...parameters, additionalProperties: false } }) },
    'Unknown name "additionalProperties"',
  ],
  'an object without properties': [
    { ...base, ...declared({ parameters: { type: 'OBJECT' } }) },
    'should be non-empty for OBJECT type',
  ],
  'a list of nothing in particular': [
    { ...base, ...declared({ parameters: { type: 'OBJECT', properties: { a: { type: 'ARRAY' } } } }) },
    'missing field',
  ],
  'an enum of numbers': [
    { ...base, ...declared({ parameters: { type: 'OBJECT', properties: { a: { type: 'INTEGER', enum: ['1'] } } } }) },
    'only allowed for STRING type',
  ],
  'a required property that is not there': [
    { ...base, ...declared({ parameters: { ...parameters, required: ['b'] } }) },
    'property is not defined',
  ],
  'a schema for plain text': [
    { ...base, generationConfig: { responseSchema: parameters } },
    'response_mime_type application/json',
  ],
};

describe('a request to Google', () => {
  test.each(Object.entries(right))('is taken: %s', async (_title, body) => {
    expect(await send(body)).toMatchObject({ status: 200 });
  });

  test.each(Object.entries(wrong))('is refused: %s', async (_title, [body, message]) => {
    expect(await send(body)).toMatchObject({
      status: 400,
      error: { code: 400, status: 'INVALID_ARGUMENT', message: expect.stringContaining(message) as string },
    });
  });

  test('needs a key, and says so in two ways', async () => {
    const none = await fetch(`${vendor.baseUrl}/models`);
    expect(none.status).toBe(403);
    const other = await fetch(`${vendor.baseUrl}/models`, { headers: { 'x-goog-api-key': 'other' } });
    expect(other.status).toBe(400);
    expect(await other.json()).toMatchObject({ error: { details: [{ reason: 'API_KEY_INVALID' }] } });
    expect(await send(base, 'gemini-9')).toMatchObject({ status: 404, error: { status: 'NOT_FOUND' } });
  });

  test('an older model takes calls without a mark, and no schema beside tools', async () => {
    const unmarked = talk(hello, [{ functionCall: { name: 'weather' } }], [response()]);
    expect(await send(unmarked, 'gemini-2.5-flash')).toMatchObject({ status: 200 });
    const both = { ...base, ...declared(), generationConfig: { responseMimeType: 'application/json' } };
    expect(await send(both, 'gemini-2.5-flash')).toMatchObject({ status: 400 });
    expect(await send(both)).toMatchObject({ status: 200 });
  });
});

describe('an answer of Google', () => {
  test('a tool loop: the first of two calls is marked, and the mark must come back as it was', async () => {
    const first = await send({ ...base, ...declared() });
    const said = first.candidates?.[0]?.content;
    expect(said?.parts.map((part) => part.functionCall?.args)).toEqual([{ city: 'Genf' }, { city: 'Bern' }]);
    expect(said?.parts.map((part) => part.thoughtSignature !== undefined)).toEqual([true, false]);
    expect(first.usageMetadata).toMatchObject({ thoughtsTokenCount: 3 });
    const results = { role: 'user', parts: [response(), response()] };
    const second = await send({ ...declared(), contents: [user, said ?? {}, results] });
    expect(second.candidates?.[0]?.content?.parts[0]?.text).toBe('It is sunny.');
    const changed = said?.parts.map((part, at) =>
      at === 0 ? { ...part, functionCall: { name: 'weather', args: { city: 'Rom' } } } : part,
    );
    const tampered = await send({ ...declared(), contents: [user, { role: 'model', parts: changed ?? [] }, results] });
    expect(tampered).toMatchObject({ status: 400, error: { message: 'Corrupted thought signature.' } });
  });

  test('a stream: partial answers, thoughts marked as such, the end and usage in the last', async () => {
    const answer = await fetch(`${vendor.baseUrl}/models/${newest}:streamGenerateContent?alt=sse`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ ...base, generationConfig: { thinkingConfig: { includeThoughts: true } } }),
    });
    const chunks = (await answer.text())
      .split('\r\n\r\n')
      .filter((chunk) => chunk !== '')
      .map((chunk) => JSON.parse(chunk.replace(/^data: /, '')) as Answer);
    const parts = chunks.flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? []);
    expect(
      parts
        .filter((part) => part.thought === true)
        .map((part) => part.text)
        .join(''),
    ).toBe('Easy.');
    expect(
      parts
        .filter((part) => part.thought !== true)
        .map((part) => part.text)
        .join(''),
    ).toBe('Hello to you');
    expect(parts.at(-1)).toMatchObject({ text: '', thoughtSignature: expect.any(String) as string });
    expect(chunks.map((chunk) => chunk.candidates?.[0]?.finishReason).filter((reason) => reason !== undefined)).toEqual(
      ['STOP'],
    );
    expect(chunks.at(-1)?.usageMetadata).toMatchObject({
      promptTokenCount: 2,
      candidatesTokenCount: 3,
      totalTokenCount: 7,
    });
  });

  test('arguments that are no JSON end the answer with the reason', async () => {
    vendor.setFaults([{ kind: 'truncated-arguments' }]);
    expect(await send({ ...base, ...declared() })).toMatchObject({
      status: 200,
      candidates: [{ finishReason: 'MALFORMED_FUNCTION_CALL' }],
    });
  });
});
