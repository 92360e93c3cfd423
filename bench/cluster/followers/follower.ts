// Somebody who follows one goal, by the protocol alone: what comes twice, out of order or not at all is seen, and not mended
// by a client.

import { Agent, get, type ClientRequest } from 'node:http';

export interface FollowerOptions {
  /** One of them at a time; after a loss, the next. */
  readonly baseUrls: readonly string[];
  readonly key: string;
  readonly goalId: string;
  /** `atMs`: when the event was made, before its commit. */
  readonly onEvent: (atMs: number) => void;
}

const againAfterMs = 250;

export class Follower {
  readonly #options: FollowerOptions;
  readonly #agent = new Agent({ keepAlive: false });
  #request: ClientRequest | undefined;
  #rest = '';
  #turn: number;
  #over = false;
  last = 0;
  /** Events that came again, or with others left out before them. */
  wrong = 0;
  connections = 0;

  constructor(options: FollowerOptions, turn: number) {
    this.#options = options;
    this.#turn = turn;
  }

  /** Resolves with the first answer. */
  open(): Promise<void> {
    return new Promise((resolve) => this.#connect(resolve));
  }

  /** As a network that goes away does it. */
  cut(): void {
    this.#request?.destroy();
  }

  close(): void {
    this.#over = true;
    this.cut();
    this.#agent.destroy();
  }

  #connect(onOpen: () => void): void {
    if (this.#over) return;
    const { baseUrls, key, goalId } = this.#options;
    const baseUrl = baseUrls[this.#turn % baseUrls.length] ?? '';
    const headers = { authorization: `Bearer ${key}`, 'last-event-id': String(this.last) };
    let lost = false;
    const again = (): void => {
      if (lost) return;
      lost = true;
      this.#turn += 1;
      setTimeout(() => this.#connect(onOpen), againAfterMs);
    };
    this.#rest = '';
    this.#request = get(`${baseUrl}/v1/goals/${goalId}/events/stream`, { agent: this.#agent, headers }, (response) => {
      if (response.statusCode !== 200) {
        response.resume();
        return again();
      }
      this.connections += 1;
      onOpen();
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => this.#read(chunk));
      response.on('error', again);
      response.on('close', again);
    });
    this.#request.on('error', again);
  }

  #read(chunk: string): void {
    const blocks = (this.#rest + chunk).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const seq = Number(/^id: (\d+)$/m.exec(block)?.[1] ?? 0);
      if (seq === 0) continue;
      if (seq === this.last + 1) this.last = seq;
      else this.wrong += 1;
      this.#options.onEvent(Number(/"at":(\d+)/.exec(block)?.[1]));
    }
  }
}
