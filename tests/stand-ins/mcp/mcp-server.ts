// The Model Context Protocol over streamable HTTP: one endpoint, POST only, for the revision without state and, on the same
// endpoint, for older clients.
//
// Invariants: MH1 headers and body of a request of the new revision say the same, or it is refused.
//             MH2 a page of another origin is refused: it came from a browser that was led astray.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { answerMcp, isRequest, McpRefusal, newest, older, refusalOf, revisionOf } from './mcp-protocol.mjs';
import type { McpReply, McpRequest, McpTool } from './mcp-protocol.mjs';

export type { McpTool } from './mcp-protocol.mjs';

export interface McpServerOptions {
  readonly tools?: readonly McpTool[];
  readonly instructions?: string;
  /** Tools a page; default all. */
  readonly pageSize?: number;
  /** Answers as server-sent events instead of JSON. Default false. */
  readonly events?: boolean;
  /** Demanded as `Authorization: Bearer`. */
  readonly token?: string;
  /** Only the new revision. Default: both. */
  readonly legacy?: 'answer' | 'reject';
}

export interface McpServer {
  /** The endpoint itself. */
  readonly url: string;
  readonly requests: readonly { readonly headers: IncomingMessage['headers']; readonly message: unknown }[];
  /** What a server does that cannot be trusted: from now on the tool claims to be something else. */
  changeTool(name: string, change: Partial<McpTool>): void;
  addTool(tool: McpTool): void;
  removeTool(name: string): void;
  close(): Promise<void>;
}

const echo: McpTool = {
  name: 'echo',
  description: 'Says back what it is given.',
  inputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
  run: (args) => String(args['text']),
};
const headerMismatch = -32_020;
const named: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
};

interface State {
  readonly name: string;
  readonly version: string;
  readonly instructions?: string;
  readonly pageSize?: number;
  tools: McpTool[];
}

/** Values that are not ASCII come in base 64. */
function headerText(value: string | undefined): string | undefined {
  const coded = /^=\?base64\?(.*)\?=$/.exec(value ?? '')?.[1];
  return coded === undefined ? value : Buffer.from(coded, 'base64').toString();
}

function checkHeaders(request: IncomingMessage, message: McpRequest): void {
  const header = (name: string): string | undefined => {
    const value = request.headers[name];
    return headerText(Array.isArray(value) ? value[0] : value);
  };
  const accept = header('accept') ?? '';
  if (!accept.includes('application/json') || !accept.includes('text/event-stream')) {
    throw new McpRefusal(-32_600, 'Accept must name application/json and text/event-stream', { status: 406 });
  }
  const revision = revisionOf(message);
  const version = header('mcp-protocol-version');
  if (revision === undefined && version !== newest) {
    const known = version === undefined || older.includes(version);
    if (!known) throw new McpRefusal(-32_600, `Unsupported protocol version: ${version}`);
    return;
  }
  const name = named[message.method];
  const expected: Readonly<Record<string, unknown>> = {
    'mcp-protocol-version': revision,
    'mcp-method': message.method,
    ...(name === undefined ? {} : { 'mcp-name': message.params?.[name] }),
  };
  for (const [key, value] of Object.entries(expected)) {
    if (header(key) !== value) {
      throw new McpRefusal(headerMismatch, `The header ${key} does not say what the body says: ${String(value)}`);
    }
  }
}

async function readMessage(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  try {
    return JSON.parse(Buffer.concat(pieces).toString()) as unknown;
  } catch {
    throw new McpRefusal(-32_700, 'Parse error');
  }
}

function send(response: ServerResponse, answered: { status: number; reply: McpReply }, events: boolean): void {
  const body = JSON.stringify(answered.reply);
  if (!events || answered.status !== 200) {
    response.writeHead(answered.status, { 'content-type': 'application/json' }).end(body);
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  // A comment first, as servers send to keep the line open.
  response.write(': here\n\n');
  response.end(`event: message\ndata: ${body}\n\n`);
}

async function answer(
  request: IncomingMessage,
  options: McpServerOptions,
  more: { readonly state: State; readonly seen: (message: unknown) => void },
): Promise<{ status: number; reply: McpReply } | undefined> {
  let id: string | number | null = null;
  try {
    if (options.token !== undefined && request.headers.authorization !== `Bearer ${options.token}`) {
      throw new McpRefusal(-32_600, 'Unauthorized', { status: 401 });
    }
    const message = await readMessage(request);
    more.seen(message);
    if (!isRequest(message)) throw new McpRefusal(-32_600, 'Invalid request');
    id = message.id ?? null;
    checkHeaders(request, message);
    if (options.legacy === 'reject' && revisionOf(message) === undefined) {
      throw new McpRefusal(-32_022, 'Unsupported protocol version', {
        data: { supported: [newest], requested: request.headers['mcp-protocol-version'] ?? null },
      });
    }
    return await answerMcp(more.state, message);
  } catch (error) {
    return refusalOf(error, id);
  }
}

function isForeign(request: IncomingMessage): boolean {
  const { origin, host } = request.headers;
  return origin !== undefined && origin !== `http://${host}`;
}

export async function startMcpServer(options: McpServerOptions = {}): Promise<McpServer> {
  const state: State = {
    name: 'stand-in',
    version: '1.0.0',
    tools: [...(options.tools ?? [echo])],
    ...(options.instructions === undefined ? {} : { instructions: options.instructions }),
    ...(options.pageSize === undefined ? {} : { pageSize: options.pageSize }),
  };
  const requests: { headers: IncomingMessage['headers']; message: unknown }[] = [];
  const server = createServer((request, response) => {
    if (isForeign(request)) {
      response.writeHead(403).end();
      return;
    }
    if (request.method !== 'POST') {
      response.writeHead(405, { allow: 'POST' }).end();
      return;
    }
    const seen = (message: unknown): void => void requests.push({ headers: request.headers, message });
    answer(request, options, { state, seen }).then(
      (answered) => {
        if (answered === undefined) response.writeHead(202).end();
        else send(response, answered, options.events === true);
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}/mcp`,
    requests,
    changeTool(name, change) {
      state.tools = state.tools.map((tool) => (tool.name === name ? { ...tool, ...change } : tool));
    },
    addTool: (tool) => void state.tools.push(tool),
    removeTool(name) {
      state.tools = state.tools.filter((tool) => tool.name !== name);
    },
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}
