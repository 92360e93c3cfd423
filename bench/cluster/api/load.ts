// The load generator, in a process of its own on the same cores as what it loads.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { BenchContext } from '../../harness/index.ts';
import { loadAverage } from '../../harness/machine.ts';

export interface LoadPhase {
  /** Requests a second; none: each connection asks again when it was answered. */
  readonly rate?: number;
  readonly seconds: number;
}

export interface LoadOrder {
  readonly port: number;
  readonly connections: number;
  /** As they are written to the connection, one after the other and from the beginning. */
  readonly requests: readonly string[];
  readonly phases: readonly LoadPhase[];
}

export interface LoadResult {
  /** Answers below 400. */
  readonly ok: number;
  readonly perSecond: number;
  /** Of those, in milliseconds since they were due. */
  readonly p50: number;
  readonly p99: number;
  readonly statuses: { readonly [status: number]: number };
  readonly failed: number;
  readonly skipped: number;
  /** Refusals that do not say when to come back. */
  readonly withoutWhen: number;
  readonly slices: readonly { readonly ok: number; readonly others: number; readonly msMax: number }[];
}

export async function load(order: LoadOrder): Promise<readonly LoadResult[]> {
  const file = new URL('./load-process.ts', import.meta.url);
  const child = fork(file, [], { execArgv: ['--conditions=chorale-source'] });
  try {
    await once(child, 'message');
    const answered = once(child, 'message') as Promise<[{ results?: readonly LoadResult[]; error?: string }]>;
    child.send(order);
    const [{ results, error }] = await answered;
    if (results === undefined) throw new Error(`the load generator failed: ${error}`);
    // Over the channel an infinite number becomes null.
    return results.map((one) => ({ ...one, p50: one.p50 ?? Infinity, p99: one.p99 ?? Infinity }));
  } finally {
    child.kill('SIGKILL');
  }
}

export interface RequestText {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly key: string;
  readonly body?: string;
}

export function requestText({ method, path, key, body }: RequestText): string {
  const head = `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${key}\r\n`;
  if (body === undefined) return `${head}\r\n`;
  return `${head}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

export function say(
  context: BenchContext,
  name: string,
  { perSecond: rate, p50, p99, statuses, failed, skipped }: LoadResult,
): void {
  const counts = JSON.stringify(statuses);
  context.note(
    `${name}: ${Math.round(rate)}/s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, ${counts}, ${failed} cut off, ${skipped} not sent, load ${loadAverage().toFixed(1)}`,
  );
}
