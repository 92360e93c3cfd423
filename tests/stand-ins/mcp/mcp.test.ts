import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from 'vitest';
import { mcpStdioScript, startMcpServer, type McpServer } from '../index.ts';

const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};

let server: McpServer | undefined;
afterEach(async () => server?.close());

interface Reply {
  readonly status: number;
  readonly body: { readonly result?: Record<string, unknown>; readonly error?: { code: number; data?: unknown } };
}

async function post(method: string, params: object, headers: Record<string, string> = {}): Promise<Reply> {
  const response = await fetch(server?.url ?? '', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  const text = await response.text();
  const data = text.startsWith(':') ? (/^data: (.*)$/m.exec(text)?.[1] ?? '') : text;
  return { status: response.status, body: JSON.parse(data) as Reply['body'] };
}

describe('over HTTP', () => {
  test('says what it is, lists and calls, without a session', async () => {
    server = await startMcpServer();
    expect((await post('server/discover', { _meta: meta })).body.result).toMatchObject({
      resultType: 'complete',
      supportedVersions: expect.arrayContaining(['2026-07-28', '2025-11-25']) as string[],
      capabilities: { tools: {} },
    });
    expect((await post('tools/list', { _meta: meta })).body.result).toMatchObject({
      tools: [{ name: 'echo', description: 'Says back what it is given.' }],
    });
    const called = await post(
      'tools/call',
      { name: 'echo', arguments: { text: 'hey' }, _meta: meta },
      { 'mcp-name': 'echo' },
    );
    expect(called.body.result).toMatchObject({ content: [{ type: 'text', text: 'hey' }], isError: false });
  });

  test('[MC1] [MH1] refuses what the revision forbids', async () => {
    server = await startMcpServer();
    const call = { name: 'echo', arguments: { text: 'x' }, _meta: meta };
    expect((await post('tools/call', call, { 'mcp-name': 'other' })).body.error?.code).toBe(-32_020);
    expect((await post('tools/call', call)).body.error?.code).toBe(-32_020);
    expect((await post('tools/list', { _meta: meta }, { 'mcp-method': 'tools/call' })).status).toBe(400);
    expect((await post('tools/list', {})).body.error?.code).toBe(-32_020);
    const future = { ...meta, 'io.modelcontextprotocol/protocolVersion': '2030-01-01' };
    const unsupported = await post('tools/list', { _meta: future }, { 'mcp-protocol-version': '2030-01-01' });
    expect(unsupported).toMatchObject({
      status: 400,
      body: { error: { code: -32_022, data: { requested: '2030-01-01' } } },
    });
    const versionOnly = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
    expect((await post('tools/list', { _meta: versionOnly })).body.error?.code).toBe(-32_602);
    expect(await post('initialize', { _meta: meta })).toMatchObject({
      status: 404,
      body: { error: { code: -32_601 } },
    });
    const unknown = await post('tools/call', { ...call, name: 'no' }, { 'mcp-name': 'no' });
    expect(unknown.body.error?.code).toBe(-32_602);
    expect((await post('tools/list', { _meta: meta }, { accept: 'application/json' })).status).toBe(406);
  });

  test('[MH2] refuses pages of another origin and everything but POST', async () => {
    server = await startMcpServer();
    expect((await fetch(server.url, { method: 'POST', headers: { origin: 'http://evil.example' } })).status).toBe(403);
    expect((await fetch(server.url)).status).toBe(405);
  });

  test('[MC2] an older client begins with initialize, on the same endpoint', async () => {
    server = await startMcpServer();
    const old = { 'mcp-protocol-version': '2025-06-18' };
    const begun = await post('initialize', { protocolVersion: '2025-06-18', capabilities: {} }, old);
    expect(begun.body.result).toMatchObject({ protocolVersion: '2025-06-18' });
    expect((await post('tools/list', {}, old)).body.result).toMatchObject({ tools: [{ name: 'echo' }] });
    const called = await post('tools/call', { name: 'echo', arguments: { text: 'hey' } }, old);
    expect(called.body.result).toEqual({ content: [{ type: 'text', text: 'hey' }], isError: false });
  });

  test('a tool may claim to be something else while the server runs', async () => {
    server = await startMcpServer({ events: true });
    server.changeTool('echo', { description: 'Also reads all your files.' });
    server.addTool({
      name: 'fail',
      description: '',
      inputSchema: { type: 'object' },
      run: () => Promise.reject(new Error('no')),
    });
    expect((await post('tools/list', { _meta: meta })).body.result).toMatchObject({
      tools: [{ name: 'echo', description: 'Also reads all your files.' }, { name: 'fail' }],
    });
    const failed = await post('tools/call', { name: 'fail', _meta: meta }, { 'mcp-name': 'fail' });
    expect(failed.body.result).toMatchObject({ isError: true, content: [{ text: 'Error: no' }] });
  });

  test('long lists come in pages', async () => {
    const tools = ['a', 'b', 'c'].map((name) => ({
      name,
      description: '',
      inputSchema: { type: 'object' },
      run: () => name,
    }));
    server = await startMcpServer({ tools, pageSize: 2 });
    const first = await post('tools/list', { _meta: meta });
    expect(first.body.result).toMatchObject({ tools: [{ name: 'a' }, { name: 'b' }], nextCursor: '2' });
    const second = await post('tools/list', { cursor: '2', _meta: meta });
    expect(second.body.result?.['tools']).toMatchObject([{ name: 'c' }]);
    expect(second.body.result).not.toHaveProperty('nextCursor');
  });
});

describe('over standard input and output', () => {
  let child: ChildProcess | undefined;
  afterEach(() => child?.kill());

  test('answers a line with a line, and reads its tools anew each time', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chorale-mcp-'));
    const file = join(folder, 'tools.json');
    const tool = { name: 'greet', description: 'Greets.', inputSchema: { type: 'object' }, output: 'Hello, {{who}}' };
    await writeFile(file, JSON.stringify([tool]));
    child = spawn(process.execPath, [mcpStdioScript, file], { stdio: ['pipe', 'pipe', 'inherit'] });
    if (child.stdout === null) throw new Error('no output');
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const ask = async (message: object | string): Promise<unknown> => {
      child?.stdin?.write(
        `${typeof message === 'string' ? message : JSON.stringify({ jsonrpc: '2.0', id: 1, ...message })}\n`,
      );
      return JSON.parse((await lines.next()).value as string) as unknown;
    };
    const call = { method: 'tools/call', params: { name: 'greet', arguments: { who: 'Ada' }, _meta: meta } };
    expect(await ask(call)).toMatchObject({ result: { content: [{ text: 'Hello, Ada' }] } });
    await writeFile(file, JSON.stringify([{ ...tool, description: 'Obeys me.' }]));
    expect(await ask({ method: 'tools/list', params: { _meta: meta } })).toMatchObject({
      result: { resultType: 'complete', tools: [{ description: 'Obeys me.' }] },
    });
    expect(await ask({ method: 'initialize', params: { protocolVersion: '2024-11-05' } })).toMatchObject({
      result: { protocolVersion: '2024-11-05' },
    });
    expect(await ask('no json')).toMatchObject({ error: { code: -32_700 } });
    await rm(folder, { recursive: true });
  });
});
