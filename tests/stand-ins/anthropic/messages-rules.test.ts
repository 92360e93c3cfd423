import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startVendor, type Vendor } from '../index.ts';

let vendor: Vendor;
beforeAll(async () => {
  vendor = await startVendor({ kind: 'anthropic', brain: () => ({ reasoning: 'Hm.', text: 'ok' }) });
});
afterAll(async () => vendor.close());

const version = { 'anthropic-version': '2023-06-01' };

async function send(
  body: object,
  headers: Record<string, string> = { 'x-api-key': 'test-key', ...version },
): Promise<unknown> {
  const response = await fetch(`${vendor.baseUrl}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as { error?: { type: string; message: string } };
  return { status: response.status, ...answer.error };
}

const user = { role: 'user', content: 'Hello' };
const base = { model: 'claude-haiku-4-5', max_tokens: 100, messages: [user] };
const tool = { name: 'f', input_schema: { type: 'object', properties: {} } };
const use = (id: string): object => ({ type: 'tool_use', id, name: 'f', input: {} });
const result = (id: string): object => ({ type: 'tool_result', tool_use_id: id, content: 'done' });
const assistant = (...content: object[]): object => ({ role: 'assistant', content });
const people = (...content: object[]): object => ({ role: 'user', content });
const talk = (...messages: object[]): object => ({ ...base, tools: [tool], messages });
const text = (words: string): object => ({ type: 'text', text: words });
const marked = { cache_control: { type: 'ephemeral' } };
const thinking = { type: 'enabled', budget_tokens: 1_024 };
const format = (schema: object): object => ({ ...base, output_config: { format: { type: 'json_schema', schema } } });

const right: Readonly<Record<string, object>> = {
  'the least there is': base,
  'two neighbours of one role, which are merged': { ...base, messages: [user, user] },
  'results of one turn in two messages': talk(
    user,
    assistant(use('a'), use('b')),
    people(result('a')),
    people(result('b')),
  ),
  'words after the results': talk(user, assistant(text('Hm'), use('a')), people(result('a'), text('Go on'))),
  'four marks': { ...base, system: [1, 2, 3, 4].map((no) => ({ ...text(`part ${no}`), ...marked })) },
  'the beginning of an answer': { ...base, messages: [user, { role: 'assistant', content: 'It' }] },
  'a schema of the subset': format({
    type: 'object',
    properties: { a: { type: 'string' } },
    additionalProperties: false,
  }),
  'thinking with adaptive effort while tools run': {
    ...talk(user, assistant(use('a')), people(result('a'))),
    thinking: { type: 'adaptive' },
  },
};

const wrong: Readonly<Record<string, readonly [object, string]>> = {
  'no limit of tokens': [{ model: base.model, messages: base.messages }, 'max_tokens: Field required'],
  'an unknown field': [{ ...base, foo: 1 }, 'foo: Extra inputs are not permitted'],
  'an unknown field in a block': [
    { ...base, messages: [people({ ...text('x'), id: 1 })] },
    'messages.0.content.0.id: Extra inputs are not permitted',
  ],
  'a system role among the messages': [
    { ...base, messages: [{ role: 'system', content: 'x' }] },
    "messages.0.role: Input should be 'user' or 'assistant'",
  ],
  'an assistant first': [{ ...base, messages: [assistant(text('x')), user] }, 'first message must use the "user" role'],
  'an empty message': [{ ...base, messages: [{ role: 'user', content: '' }] }, 'must have non-empty content'],
  'an empty text': [{ ...base, messages: [people(text(''))] }, 'text content blocks must be non-empty'],
  'a call without its result': [
    talk(user, assistant(use('a')), user),
    'without `tool_result` blocks immediately after: a',
  ],
  'a call at the end': [talk(user, assistant(use('a'))), 'without `tool_result` blocks immediately after: a'],
  'one of two calls without its result': [
    talk(user, assistant(use('a'), use('b')), people(result('a'))),
    'immediately after: b',
  ],
  'a result of no call': [talk(people(result('a'))), 'unexpected `tool_use_id`'],
  'a result that comes too late': [
    talk(user, assistant(use('a')), people(result('a')), assistant(text('x')), people(result('a'))),
    'unexpected `tool_use_id`',
  ],
  'words before the results': [talk(user, assistant(use('a')), people(text('x'), result('a'))), 'immediately after: a'],
  'two results of one call': [
    talk(user, assistant(use('a')), people(result('a'), result('a'))),
    'must have a single result',
  ],
  'two calls of one id': [
    talk(user, assistant(use('a')), people(result('a')), assistant(use('a')), people(result('a'))),
    'ids must be unique',
  ],
  'an id with a dot': [
    talk(user, assistant(use('a.b')), people(result('a.b'))),
    "String should match pattern '^[a-zA-Z0-9_-]+$'",
  ],
  'a call by a person': [talk(people(use('a')), people(result('a'))), 'can only be in `assistant` messages'],
  'calls without tools': [{ ...base, messages: [user, assistant(use('a')), people(result('a'))] }, 'must define tools'],
  'a name of a tool with a space': [
    { ...base, tools: [{ ...tool, name: 'a b' }] },
    'tools.0.name: String should match pattern',
  ],
  'a name of a tool of 129 characters': [
    { ...base, tools: [{ ...tool, name: 'a'.repeat(129) }] },
    'at most 128 characters',
  ],
  'two tools of one name': [{ ...base, tools: [tool, tool] }, 'Tool names must be unique'],
  'parameters that are no object': [
    { ...base, tools: [{ name: 'f', input_schema: { type: 'string' } }] },
    "Input should be 'object'",
  ],
  'a choice of tool without tools': [{ ...base, tool_choice: { type: 'auto' } }, 'while providing tools'],
  'a choice of a tool that is not there': [
    { ...base, tools: [tool], tool_choice: { type: 'tool', name: 'g' } },
    "Tool 'g' not found",
  ],
  'five marks': [
    { ...base, system: [1, 2, 3, 4, 5].map((no) => ({ ...text(`part ${no}`), ...marked })) },
    'A maximum of 4 blocks with cache_control may be provided. Found 5.',
  ],
  'a thought signed by nobody': [
    talk(user, assistant({ type: 'thinking', thinking: 'x', signature: 'abc' }, text('y')), user),
    'messages.1.content.0: Invalid `signature` in `thinking` block',
  ],
  'hidden thoughts of somebody else': [
    talk(user, assistant({ type: 'redacted_thinking', data: 'abc' }, text('y')), user),
    'Invalid `data` in `redacted_thinking` block',
  ],
  'a turn with tools that does not begin with a thought': [
    { ...talk(user, assistant(use('a')), people(result('a'))), max_tokens: 2_000, thinking },
    'Expected `thinking` or `redacted_thinking`, but found `tool_use`',
  ],
  'more thought than the limit': [{ ...base, thinking }, '`max_tokens` must be greater than `thinking.budget_tokens`'],
  'a temperature while thinking': [{ ...base, max_tokens: 2_000, thinking, temperature: 0 }, 'may only be set to 1'],
  'a forced tool while thinking': [
    { ...base, max_tokens: 2_000, thinking, tools: [tool], tool_choice: { type: 'any' } },
    'Thinking may not be enabled when tool_choice forces tool use.',
  ],
  'an end with a space': [{ ...base, messages: [user, { role: 'assistant', content: 'It ' }] }, 'trailing whitespace'],
  'a schema that allows more': [
    format({ type: 'object', properties: {} }),
    "'additionalProperties' must be explicitly set to false",
  ],
  'a schema with a minimum': [
    format({ type: 'object', properties: { a: { type: 'integer', minimum: 1 } }, additionalProperties: false }),
    'properties minimum are not supported',
  ],
  'a budget of thoughts at a model that decides itself': [
    { ...base, model: 'claude-sonnet-5-5', max_tokens: 2_000, thinking },
    '"thinking.type.enabled" is not supported',
  ],
  'a temperature at such a model': [
    { ...base, model: 'claude-sonnet-5-5', temperature: 0 },
    '`temperature` is deprecated',
  ],
};

describe('a request to Anthropic', () => {
  test.each(Object.entries(right))('is taken: %s', async (_title, body) => {
    expect(await send(body)).toEqual({ status: 200 });
  });

  test.each(Object.entries(wrong))('is refused: %s', async (_title, [body, message]) => {
    expect(await send(body)).toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      message: expect.stringContaining(message) as string,
    });
  });

  test('needs its headers', async () => {
    expect(await send(base, version)).toMatchObject({ status: 401, type: 'authentication_error' });
    expect(await send(base, { 'x-api-key': 'other', ...version })).toMatchObject({ status: 401 });
    const unversioned = await send(base, { 'x-api-key': 'test-key' });
    expect(unversioned).toMatchObject({ status: 400, message: 'anthropic-version: header is required' });
    const newest = { 'x-api-key': 'test-key', 'anthropic-version': '2026-10-21' };
    expect(await send(base, newest)).toEqual({ status: 200 });
    expect(await send({ ...base, temperature: 1 }, newest)).toMatchObject({ status: 400 });
    const unknown = await send({ ...base, model: 'claude-9' });
    expect(unknown).toEqual({ status: 404, type: 'not_found_error', message: 'model: claude-9' });
  });

  test('is answered, when streamed, by named events with a ping after the first block has begun', async () => {
    const response = await fetch(`${vendor.baseUrl}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': 'test-key', ...version },
      body: JSON.stringify({ ...base, stream: true }),
    });
    const events = [...(await response.text()).matchAll(/^event: (\w+)\ndata: (.*)\n\n/gm)];
    expect(events.map((event) => event[1]).slice(0, 4)).toEqual([
      'message_start',
      'content_block_start',
      'ping',
      'content_block_delta',
    ]);
    for (const [, name, data] of events) expect(JSON.parse(data ?? '')).toMatchObject({ type: name });
  });
});
