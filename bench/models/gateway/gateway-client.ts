// The client of all gateways alike: a pool of undici, which is also what is measured as the way without a gateway.

import type { BenchContext } from '../../harness/index.ts';
import type { Target } from './gateway-site.ts';

/** Of undici, what is used here. */
interface UndiciPool {
  request(options: {
    readonly path: string;
    readonly method: 'POST';
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  }): Promise<{ readonly statusCode: number; readonly body: AsyncIterable<Uint8Array> }>;
  destroy(): Promise<void>;
}

interface Undici {
  readonly Pool: new (
    origin: string,
    options: { readonly connections: number; readonly pipelining: number },
  ) => UndiciPool;
}

export interface CallTimes {
  readonly firstByteMs: number;
  readonly wholeMs: number;
}

export interface GatewayClient {
  readonly target: Target;
  /** Reads the answer to its end. Throws for one that is not 200. */
  call(body: string): Promise<CallTimes>;
  /** Reads the answer to its end. */
  status(body: string): Promise<number>;
  close(): Promise<void>;
}

export async function openClient(context: BenchContext, target: Target, connections: number): Promise<GatewayClient> {
  const { Pool } = (await context.importPeer('undici')) as Undici;
  const pool = new Pool(target.origin, { connections, pipelining: 1 });
  const send = (body: string) => pool.request({ path: target.path, method: 'POST', headers: target.headers, body });
  return {
    target,
    async call(sent) {
      const begun = performance.now();
      const { statusCode, body } = await send(sent);
      let firstByteMs: number | undefined;
      let bytes = 0;
      for await (const piece of body) {
        firstByteMs ??= performance.now() - begun;
        bytes += piece.length;
      }
      const wholeMs = performance.now() - begun;
      if (statusCode !== 200 || bytes === 0)
        throw new Error(`${target.origin} answered ${statusCode} with ${bytes} bytes`);
      return { firstByteMs: firstByteMs ?? wholeMs, wholeMs };
    },
    async status(sent) {
      const { statusCode, body } = await send(sent);
      for await (const _piece of body);
      return statusCode;
    },
    close: () => pool.destroy(),
  };
}

const messages = [
  { role: 'system', content: 'You answer in one short paragraph, in plain words, without lists.' },
  { role: 'user', content: 'Say what a reservation of a budget is good for, and when it is given back.' },
];

export const wholeBody = JSON.stringify({ model: 'plain', messages, temperature: 0.2, max_tokens: 200 });
export const streamBody = JSON.stringify({
  model: 'plain',
  messages,
  temperature: 0.2,
  max_tokens: 200,
  stream: true,
  stream_options: { include_usage: true },
});
