import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startVendor, type Vendor } from '../index.ts';

let vendor: Vendor;
beforeAll(async () => {
  vendor = await startVendor({
    kind: 'openai',
    brain: (request) =>
      request.messages.at(-1)?.role === 'tool'
        ? { reasoning: 'Now I know.', text: 'done' }
        : { reasoning: 'Hm.', toolCalls: [{ name: 'f', arguments: {} }] },
  });
});
afterAll(async () => vendor.close());

interface Item {
  readonly id: string;
  readonly type: string;
  readonly call_id?: string;
  readonly encrypted_content?: string;
}
interface Answer {
  readonly status: number;
  readonly id?: string;
  readonly output?: readonly Item[];
  readonly error?: { readonly message: string; readonly code: string | null; readonly param: string | null };
}

async function send(body: object): Promise<Answer> {
  const response = await fetch(`${vendor.baseUrl}/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer test-key' },
    body: JSON.stringify(body),
  });
  // The body has a status of its own, which says how the answer ended.
  return { ...((await response.json()) as Answer), status: response.status };
}

const hello = { role: 'user', content: 'Hello' };
const tools = [{ type: 'function', name: 'f', parameters: { type: 'object', properties: {} }, strict: false }];
const plain = { model: 'gpt-4.1-mini' };
const thinker = { model: 'gpt-5-mini', tools };
const call = (id: string): object => ({ type: 'function_call', call_id: id, name: 'f', arguments: '{}' });
const output = (id: string): object => ({ type: 'function_call_output', call_id: id, output: 'x' });

const right: Readonly<Record<string, object>> = {
  'a string': { ...plain, input: 'Hello' },
  'items with and without their type': { ...plain, input: [hello, { type: 'message', ...hello }] },
  'pairs of calls and outputs': { ...plain, tools, input: [hello, call('a'), call('b'), output('b'), output('a')] },
  'what an assistant said': {
    ...plain,
    input: [hello, { role: 'assistant', content: [{ type: 'output_text', text: 'Hi', annotations: [] }] }, hello],
  },
};

const wrong: Readonly<Record<string, readonly [object, string]>> = {
  'no input': [plain, "One of 'input' or 'previous_response_id'"],
  'an unknown field': [{ ...plain, input: 'x', messages: [] }, "Unknown parameter: 'messages'."],
  'an unknown kind of item': [{ ...plain, input: [{ type: 'thought' }] }, "Invalid value: 'thought'."],
  'words of a person in an assistant': [
    { ...plain, input: [{ role: 'assistant', content: [{ type: 'input_text', text: 'x' }] }] },
    "Supported values are: 'output_text', and 'refusal'.",
  ],
  'a call without output': [
    { ...plain, tools, input: [hello, call('a')] },
    'No tool output found for function call a.',
  ],
  'a call whose output comes after a person spoke': [
    { ...plain, tools, input: [hello, call('a'), hello, output('a')] },
    'No tool output found for function call a.',
  ],
  'an output without call': [
    { ...plain, tools, input: [hello, output('a')] },
    'No tool call found for function call output with call_id a.',
  ],
  'an id of the wrong kind': [
    { ...plain, tools, input: [hello, { ...call('a'), id: 'call_1' }, output('a')] },
    "Expected an ID that begins with 'fc'.",
  ],
  'reasoning at a model that does not think': [
    { ...plain, input: [hello, { type: 'reasoning', id: 'rs_1', summary: [] }, { role: 'assistant', content: 'x' }] },
    'Reasoning input items can only be provided to a reasoning',
  ],
  'an effort at such a model': [
    { ...plain, input: 'x', reasoning: { effort: 'low' } },
    "'reasoning.effort' is not supported",
  ],
  'a temperature at a model that thinks': [
    { ...thinker, input: 'x', temperature: 0 },
    "'temperature' is not supported",
  ],
  'sealed reasoning of somebody else': [
    {
      ...thinker,
      input: [
        hello,
        { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' },
        { role: 'assistant', content: 'x' },
      ],
    },
    'could not be verified',
  ],
  'a strict format with an optional property': [
    {
      ...plain,
      input: 'x',
      text: {
        format: {
          type: 'json_schema',
          name: 'out',
          strict: true,
          schema: { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false },
        },
      },
    },
    "Missing 'a'",
  ],
  'too small a limit': [{ ...plain, input: 'x', max_output_tokens: 8 }, 'Expected a value >= 16'],
};

describe('a request to /v1/responses', () => {
  test.each(Object.entries(right))('is taken: %s', async (_title, body) => {
    expect(await send(body)).toMatchObject({ status: 200 });
  });

  test.each(Object.entries(wrong))('is refused: %s', async (_title, [body, message]) => {
    expect(await send(body)).toMatchObject({
      status: 400,
      error: { type: 'invalid_request_error', message: expect.stringContaining(message) as string },
    });
  });

  test('reasoning and the call it led to stay together', async () => {
    const first = await send({ ...thinker, input: [hello] });
    const [reasoning, called] = first.output ?? [];
    const answered = output(called?.call_id ?? '');
    expect(await send({ ...thinker, input: [hello, reasoning, called, answered] })).toMatchObject({ status: 200 });
    expect((await send({ ...thinker, input: [hello, called, answered] })).error?.message).toContain(
      `was provided without its required 'reasoning' item: '${reasoning?.id}'`,
    );
    expect((await send({ ...thinker, input: [hello, reasoning] })).error?.message).toContain(
      'without its required following item',
    );
    const { id: _id, ...unnamed } = called ?? { id: '' };
    expect(await send({ ...thinker, input: [hello, unnamed, answered] })).toMatchObject({ status: 200 });
  });

  test('what was not to be kept is not found again', async () => {
    const first = await send({ ...thinker, input: [hello], store: false });
    const [reasoning, called] = first.output ?? [];
    const sent = { ...thinker, input: [hello, reasoning, called, output(called?.call_id ?? '')] };
    expect(await send(sent)).toMatchObject({
      status: 404,
      error: { message: expect.stringContaining('Items are not persisted') as string },
    });
    const next = await send({ ...thinker, input: [hello], previous_response_id: first.id });
    expect(next).toMatchObject({ status: 400, error: { code: 'previous_response_not_found' } });
  });
});
