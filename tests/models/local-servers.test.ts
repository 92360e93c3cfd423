// Servers of one's own, named in the configuration: each lists its models, streams and refuses in its own dialect of OpenAI's
// format.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type ChoraleClient } from '@chorale/lib-client';
import OpenAI, { APIError } from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ServerProcess } from '../e2e/server-process.ts';

interface Dialect {
  /** Beside `/v1/chat/completions`, by path. */
  readonly pages: Readonly<Record<string, unknown>>;
  readonly context: number;
  /** The events of a stream, as they are on the wire. */
  readonly stream: readonly string[];
  /** How it says that a prompt is too long for it. */
  readonly tooLong: { readonly status: number; readonly body: unknown };
}

const chunk = (delta: object, more: object = {}): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'own', choices: [{ index: 0, delta, finish_reason: null }], ...more })}\n\n`;
const last = (finish_reason: string, more: object = {}): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'own', choices: [{ index: 0, delta: {}, finish_reason }], ...more })}\n\n`;
const usage = { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 };
const usageAlone = `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'own', choices: [], usage })}\n\n`;
const done = 'data: [DONE]\n\n';

const dialects: Readonly<Record<string, Dialect>> = {
  ollama: {
    pages: {
      '/v1/models': { object: 'list', data: [{ id: 'own', object: 'model', created: 1, owned_by: 'library' }] },
      '/api/show': {
        parameters: 'num_ctx                        16384',
        model_info: { 'llama.context_length': 131_072 },
      },
    },
    context: 16_384,
    // The role with every piece, and the end in one with content.
    stream: [
      chunk({ role: 'assistant', content: 'Hel' }),
      chunk({ role: 'assistant', content: 'lo' }),
      last('stop'),
      usageAlone,
      done,
    ],
    tooLong: {
      status: 400,
      body: {
        error: {
          message: 'input length exceeds the context length',
          type: 'invalid_request_error',
          param: null,
          code: null,
        },
      },
    },
  },
  'llama.cpp': {
    pages: {
      '/v1/models': { object: 'list', data: [{ id: 'own', object: 'model', meta: { n_ctx_train: 131_072 } }] },
      '/props': { default_generation_settings: { n_ctx: 8_192 } },
    },
    context: 8_192,
    // What it measured stands in the last event, and a comment keeps the line open.
    stream: [
      ': keep-alive\n\n',
      chunk({ role: 'assistant', content: null }),
      chunk({ content: 'Hello' }),
      last('stop', { usage, timings: { predicted_ms: 1 } }),
      done,
    ],
    tooLong: {
      status: 400,
      body: {
        error: {
          code: 400,
          message: 'the request exceeds the available context size, try increasing it',
          type: 'exceed_context_size_error',
          n_prompt_tokens: 9_000,
          n_ctx: 8_192,
        },
      },
    },
  },
  vllm: {
    pages: {
      '/v1/models': {
        object: 'list',
        data: [
          {
            id: 'own',
            object: 'model',
            created: 1,
            owned_by: 'vllm',
            root: 'own',
            max_model_len: 32_768,
            permission: [],
          },
        ],
      },
    },
    context: 32_768,
    stream: [
      chunk({ role: 'assistant', content: '' }, { usage: null }),
      chunk({ content: 'Hello' }, { usage: null }),
      last('stop', { usage: null }),
      usageAlone,
      done,
    ],
    tooLong: {
      status: 400,
      body: {
        object: 'error',
        message: "This model's maximum context length is 32768 tokens. However, you requested 40000 tokens.",
        type: 'BadRequestError',
        param: null,
        code: 400,
      },
    },
  },
  'lm-studio': {
    pages: {
      '/v1/models': { object: 'list', data: [{ id: 'own', object: 'model', owned_by: 'organization_owner' }] },
      '/api/v0/models': {
        data: [{ id: 'own', state: 'loaded', max_context_length: 131_072, loaded_context_length: 4_096 }],
      },
    },
    context: 4_096,
    stream: [chunk({ role: 'assistant', content: 'Hello' }), last('stop', { usage, stats: {} }), done],
    tooLong: {
      status: 400,
      body: {
        error:
          'Trying to keep the first 9000 tokens when context overflows. However, the model is loaded with context length of only 4096 tokens',
      },
    },
  },
};

async function answer(dialect: Dialect, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const piece of request) body += String(piece);
  const page = dialect.pages[request.url ?? ''];
  if (page === undefined && request.url !== '/v1/chat/completions')
    return void response.writeHead(404).end('404 page not found');
  if (page !== undefined)
    return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(page));
  if (body.includes('much too long'))
    return void response
      .writeHead(dialect.tooLong.status, { 'content-type': 'application/json' })
      .end(JSON.stringify(dialect.tooLong.body));
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of dialect.stream) response.write(event);
  response.end();
}

const servers: Server[] = [];
let folder: string;
let server: ServerProcess;
let client: ChoraleClient;
let openai: OpenAI;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorale-own-'));
  const providers = [];
  for (const [kind, dialect] of Object.entries(dialects)) {
    const own = createServer((request, response) => void answer(dialect, request, response));
    servers.push(own);
    await new Promise<void>((resolve) => void own.listen(0, '127.0.0.1', resolve));
    providers.push({ name: `my-${kind}`, kind, baseUrl: `http://127.0.0.1:${(own.address() as AddressInfo).port}/v1` });
  }
  await writeFile(join(folder, 'chorale.yaml'), JSON.stringify({ models: { discover: false, providers } }));
  const args = ['serve', '--roles', 'api'];
  server = new ServerProcess({ dataDir: join(folder, 'data'), cwd: folder, args, listen: '127.0.0.1:0' });
  const url = (await server.waitFor(/serving on (http:\S+)/))[1] ?? '';
  client = createClient({ baseUrl: url, key: server.key });
  openai = new OpenAI({ apiKey: server.key, baseURL: `${url}/v1`, maxRetries: 0 });
});
afterAll(async () => {
  await server?.kill();
  for (const own of servers) own.close();
  await rm(folder, { recursive: true, force: true });
});

test('[MA23] each says its own context, costs nothing and keeps what it is sent', async () => {
  const found = await client.listDeployments();
  expect(
    found.map(({ deploymentId, contextTokens, retention, prices }) => [
      deploymentId,
      contextTokens,
      retention,
      prices?.inputUsd,
    ]),
  ).toEqual(Object.entries(dialects).map(([kind, { context }]) => [`my-${kind}/own`, context, 'local', 0]));
});

test.each(Object.keys(dialects))(
  '[MA23] %s answers a stream with its usage, and refuses what is too long by that name',
  async (kind) => {
    const model = `my-${kind}/own`;
    const ask = (content: string) =>
      openai.chat.completions.create({
        model,
        messages: [{ role: 'user', content }],
        stream: true,
        stream_options: { include_usage: true },
      });
    let text = '';
    let tokens = 0;
    for await (const piece of await ask('Hello?')) {
      text += piece.choices[0]?.delta.content ?? '';
      tokens += piece.usage?.total_tokens ?? 0;
    }
    expect([text, tokens]).toEqual(['Hello', 9]);
    const refused = await ask('much too long').then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(APIError);
    expect((refused as APIError).status).toBe(400);
    expect((refused as APIError).code).toBe('context_length_exceeded');
  },
);
