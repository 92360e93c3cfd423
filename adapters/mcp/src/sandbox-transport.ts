// Talks with a server that runs in a sandbox: a message a line, to its standard input and from its standard output.
//
// Owns:       the run. It ends with the transport, and the transport with it.

import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import { refused, temporary } from '@chorale/lib-errors';
import type { SandboxDriver, SandboxResult } from '@chorale/module-agents';
import type { StdioServer } from './mcp-server-config.ts';

export interface SandboxTransportOptions {
  readonly sandbox: SandboxDriver;
  readonly server: StdioServer;
  readonly env: Readonly<Record<string, string>>;
  /** The host folder the server may write to. */
  readonly workspace: string;
}

/** A connection is not kept longer than this. */
const connectionMsMax = 60 * 60_000;
/** All that a server writes in one connection. */
const outputBytesMax = 64 * 1024 * 1024;
const lineLengthMax = 8 * 1024 * 1024;
const stderrLengthMax = 2_000;

export class SandboxTransport implements Transport {
  readonly #options: SandboxTransportOptions;
  readonly #input = new LineQueue();
  readonly #stop = new AbortController();
  readonly #decoder = new TextDecoder();
  #rest = '';
  #closed = false;
  #ended: Promise<void> = Promise.resolve();
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;

  constructor(options: SandboxTransportOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { sandbox, server, env, workspace } = this.#options;
    const command = {
      argv: server.command,
      workspace,
      stdin: this.#input,
      network: server.network === true ? 'host' : 'none',
      limits: { wallMs: connectionMsMax, outputBytes: outputBytesMax },
      mounts: (server.reads ?? []).map((path) => ({ hostPath: path, insidePath: path })),
      env,
    } as const;
    const options = { signal: this.#stop.signal, onStdout: (chunk: Uint8Array) => this.#hear(chunk) };
    this.#ended = sandbox.run(command, options).then(
      (result) => this.#end(result),
      (error: unknown) => this.#fail(error instanceof Error ? error : new Error(String(error))),
    );
  }

  async send(message: JSONRPCMessage): Promise<void> {
    if (this.#closed) throw temporary('mcp-server-gone', 'The server has ended.');
    this.#input.push(`${JSON.stringify(message)}\n`);
  }

  /** Resolves when nothing of the server is left. */
  async close(): Promise<void> {
    this.#input.end();
    this.#stop.abort();
    await this.#ended;
  }

  #hear(chunk: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > lineLengthMax) {
      this.#rest = '';
      this.#stop.abort();
      this.onerror?.(
        refused('mcp-message-too-long', `The server wrote a line of more than ${lineLengthMax} characters.`),
      );
    }
    for (const line of lines) {
      if (line.trim() === '') continue;
      try {
        this.onmessage?.(JSON.parse(line) as JSONRPCMessage);
      } catch (error) {
        // Some servers print to their output what belongs into a log.
        this.onerror?.(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  #end({ exitCode, cancelled, stderr }: SandboxResult): void {
    if (!cancelled && exitCode !== 0) {
      const said = stderr.trim().slice(-stderrLengthMax);
      this.onerror?.(
        temporary('mcp-server-gone', `The server ended with ${exitCode}${said === '' ? '.' : `: ${said}`}`),
      );
    }
    this.#closeOnce();
  }

  #fail(error: Error): void {
    this.onerror?.(error);
    this.#closeOnce();
  }

  #closeOnce(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#input.end();
    this.onclose?.();
  }
}

/** Texts as they come; ends when it is told to. */
class LineQueue implements AsyncIterable<Uint8Array> {
  readonly #waiting: Uint8Array[] = [];
  #ended = false;
  #wake: () => void = () => {};

  push(text: string): void {
    this.#waiting.push(Buffer.from(text, 'utf8'));
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) yield next;
      else if (this.#ended) return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}
