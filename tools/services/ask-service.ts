// Asks whether a service of a kind answers on a port, with the first bytes of its protocol and no client library.

import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { ChildProcess } from 'node:child_process';

export interface Greeting {
  readonly port: number;
  readonly says: Buffer;
  /** What its answer begins with. */
  readonly hears: Buffer;
}

const answerWithinMs = 3_000;
const lookAgainMs = 100;

export function answers(url: URL, { port, says, hears }: Greeting): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(url.port === '' ? port : Number(url.port), url.hostname);
    const finish = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(answerWithinMs, () => finish(false));
    socket.on('error', () => finish(false));
    socket.on('end', () => finish(false));
    socket.on('connect', () => socket.write(says));
    socket.on('data', (chunk) => finish(chunk.subarray(0, hears.length).equals(hears)));
  });
}

export interface Starting {
  readonly url: URL;
  readonly greeting: Greeting;
  readonly server: ChildProcess;
  readonly withinMs: number;
}

/** Throws when the server ends, or does not answer in time. */
export async function untilItAnswers({ url, greeting, server, withinMs }: Starting): Promise<void> {
  const giveUpMs = Date.now() + withinMs;
  while (Date.now() < giveUpMs) {
    if (await answers(url, greeting)) return;
    if (server.exitCode !== null) throw new Error(`${server.spawnfile} ended with exit code ${server.exitCode}.`);
    await wait(lookAgainMs);
  }
  throw new Error(`${server.spawnfile} did not answer at ${url.host} within ${withinMs / 1_000} s.`);
}
