// One server and, while it is used, one connection to it, in whichever revision of the protocol it speaks.
//
// Owns:       the connection: opened when it is needed, closed when nobody used it for a while, opened anew when it broke.
// Invariants: MC1 nothing is offered to the server: it can ask neither a model nor a person through this connection.

import type { Client, Transport } from '@modelcontextprotocol/client';
import { refused, temporary } from '@chorale/lib-errors';
import type { Clock } from '@chorale/lib-time';
import type { SandboxDriver } from '@chorale/module-agents';
import type { Json } from '@chorale/module-goals';
import type { McpServerConfig } from './mcp-server-config.ts';
import { SandboxTransport } from './sandbox-transport.ts';
import type { ListedTool } from './tool-pin.ts';

export interface McpPorts {
  readonly clock: Clock;
  readonly sandbox: SandboxDriver;
  /** Makes HTTP requests that are judged by this installation's rules before they are made. */
  readonly fetch: typeof fetch;
  /** The host folder a server of that name may write to; it exists. */
  readonly workspaceOf: (server: string) => Promise<string>;
  /** Told of what goes wrong beside the calls. */
  readonly report: (problem: { readonly server: string; readonly message: string }) => void;
}

const timeoutMsDefault = 60_000;
const idleMs = 60_000;
const toolsMax = 500;

/** As it came; not looked at yet. */
export interface McpAnswer {
  readonly content: readonly { readonly type: string; readonly [field: string]: unknown }[];
  readonly structured: Json | undefined;
  readonly isError: boolean;
}

export class McpConnection {
  readonly #config: McpServerConfig;
  readonly #ports: McpPorts;
  #open: Promise<Client> | undefined;
  #users = 0;
  #takeBack: () => void = () => {};

  constructor(config: McpServerConfig, ports: McpPorts) {
    this.#config = config;
    this.#ports = ports;
  }

  get #timeoutMs(): number {
    return this.#config.timeoutMs ?? timeoutMsDefault;
  }

  listTools(signal?: AbortSignal): Promise<readonly ListedTool[]> {
    return this.#use(async (client) => {
      const options = {
        timeout: this.#timeoutMs,
        cacheMode: 'refresh',
        ...(signal === undefined ? {} : { signal }),
      } as const;
      const { tools } = await client.listTools(undefined, options);
      return tools.slice(0, toolsMax).map(({ name, description = '', inputSchema }) => ({
        name,
        description,
        inputSchema: inputSchema as ListedTool['inputSchema'],
      }));
    });
  }

  callTool(name: string, args: Json, signal?: AbortSignal): Promise<McpAnswer> {
    return this.#use(async (client) => {
      const options = { timeout: this.#timeoutMs, ...(signal === undefined ? {} : { signal }) };
      const result = await client.callTool({ name, arguments: args as Record<string, unknown> }, options);
      return {
        content: result.content,
        structured: result.structuredContent as Json | undefined,
        isError: result.isError === true,
      };
    });
  }

  async close(): Promise<void> {
    this.#takeBack();
    const open = this.#open;
    this.#open = undefined;
    await open?.then((client) => client.close()).catch(() => {});
  }

  async #use<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
    this.#takeBack();
    this.#users += 1;
    this.#open ??= this.#connect();
    const open = this.#open;
    try {
      return await work(await open);
    } catch (error) {
      // Whatever it was, the next use begins with a connection that is known to work.
      if (this.#open === open) await this.close();
      throw unreachableServer(this.#config.name, error);
    } finally {
      this.#users -= 1;
      if (this.#users === 0) this.#takeBack = this.#ports.clock.schedule(idleMs, () => void this.close());
    }
  }

  async #connect(): Promise<Client> {
    const { name } = this.#config;
    const { Client: McpClient } = await import('@modelcontextprotocol/client');
    const client = new McpClient(
      { name: 'chorale', version: '1' },
      { capabilities: {}, versionNegotiation: { mode: 'auto' }, inputRequired: { autoFulfill: false } },
    );
    // The client has no events, only places for one listener each.
    Object.assign(client, {
      onerror: (error: Error) => this.#ports.report({ server: name, message: error.message }),
      onclose: () => {
        this.#open = undefined;
      },
    });
    await client.connect(await this.#transport(), { timeout: this.#timeoutMs });
    return client;
  }

  async #transport(): Promise<Transport> {
    const { name, reached } = this.#config;
    const { sandbox, fetch, workspaceOf } = this.#ports;
    if (reached.by === 'http') {
      const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client');
      const requestInit = { headers: (await reached.headers?.()) ?? {} };
      return new StreamableHTTPClientTransport(new URL(reached.url), { fetch, requestInit });
    }
    const env = (await reached.env?.()) ?? {};
    return new SandboxTransport({ sandbox, server: reached, env, workspace: await workspaceOf(name) });
  }
}

function unreachableServer(name: string, error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Error && error.name === 'ChoraleError') return error;
  const code = (error as { readonly code?: unknown }).code;
  // -32602 and its neighbours: the server understood, and refuses.
  if (typeof code === 'number')
    return refused('mcp-call-refused', `The MCP server ${name} refuses: ${message}`, { cause: error });
  return temporary('mcp-server-unreachable', `The MCP server ${name} does not answer: ${message}`, {
    action: 'See whether the server runs; `chorale doctor` shows what is configured.',
    cause: error,
  });
}
