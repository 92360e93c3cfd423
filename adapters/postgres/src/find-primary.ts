// Which of several servers takes writes, found by asking all of them, once for all connections of this process.
//
// Invariants: FP1 a server whose history (its timeline) is older than one that took writes before is never taken: an old
//                 primary that comes back has not seen what was written since.
//             FP2 while none takes writes they are asked again with growing pauses of random length, and whoever waits is told
//                 after `connectMs`.
import { setTimeout as wait } from 'node:timers/promises';
import { lost } from './server-socket.ts';
import type { ServerAddress } from './server-address.ts';

/** The timeline of a server that takes writes; undefined of one that does not. Rejects where there is no answer. */
export type AskServer = (server: ServerAddress) => Promise<number | undefined>;

const pauseMsMin = 50;
const pauseMsMax = 1_000;

export class PrimaryFinder {
  readonly #servers: readonly ServerAddress[];
  readonly #ask: AskServer;
  readonly #searchMs: number;
  readonly #onMoved = new Set<() => void>();
  #known: ServerAddress | undefined;
  #searching: Promise<ServerAddress> | undefined;
  #timeline = 0;
  #last: ServerAddress | undefined;

  constructor(servers: readonly ServerAddress[], ask: AskServer, searchMs: number) {
    this.#servers = servers;
    this.#ask = ask;
    this.#searchMs = searchMs;
  }

  find(): Promise<ServerAddress> {
    if (this.#known !== undefined) return Promise.resolve(this.#known);
    return (this.#searching ??= this.#search().finally(() => (this.#searching = undefined)));
  }

  /** A way to this server broke: the next connection asks again who takes writes. */
  doubt(server: ServerAddress): void {
    if (this.#known === server) this.#known = undefined;
  }

  /** To be told when another server, or another history, has taken over. */
  onMoved(listener: () => void): () => void {
    this.#onMoved.add(listener);
    return () => this.#onMoved.delete(listener);
  }

  async #search(): Promise<ServerAddress> {
    const giveUpAt = performance.now() + this.#searchMs;
    for (let tries = 0; ; tries++) {
      const { server, found } = await this.#look();
      if (server !== undefined) return (this.#known = server);
      const pauseMs = (0.5 + Math.random() / 2) * Math.min(pauseMsMin * 2 ** tries, pauseMsMax);
      if (performance.now() + pauseMs > giveUpAt)
        throw lost(`No database server takes writes: ${found.join('; ')}.`, 'CONNECTION_NO_PRIMARY');
      await wait(pauseMs);
    }
  }

  async #look(): Promise<{ readonly server: ServerAddress | undefined; readonly found: readonly string[] }> {
    const asked = await Promise.allSettled(this.#servers.map((server) => this.#ask(server)));
    const found: string[] = [];
    let best: { readonly server: ServerAddress; readonly timeline: number } | undefined;
    for (const [index, answer] of asked.entries()) {
      const server = this.#servers[index]!;
      const name = `${server.host}:${server.port}`;
      if (answer.status === 'rejected') found.push(`${name} does not answer (${(answer.reason as Error).message})`);
      else if (answer.value === undefined) found.push(`${name} only reads`);
      else if (answer.value < this.#timeline)
        found.push(`${name} is an old primary (timeline ${answer.value}, ${this.#timeline} was in use)`);
      else if (best === undefined || answer.value > best.timeline) best = { server, timeline: answer.value };
    }
    if (best !== undefined) this.#note(best.server, best.timeline);
    return { server: best?.server, found };
  }

  #note(server: ServerAddress, timeline: number): void {
    const moved = this.#last !== undefined && (this.#last !== server || this.#timeline !== timeline);
    this.#last = server;
    this.#timeline = timeline;
    if (moved) for (const listener of this.#onMoved) listener();
  }
}
