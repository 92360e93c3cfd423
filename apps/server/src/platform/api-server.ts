// The API and the page on a port.

import { refused } from '@chorale/lib-errors';
import { createApi, type ApiLogEntry, type ApiServices } from '../api/index.ts';
import { parseListen } from '../config/load-config.ts';
import { createOpenCalls } from '../openai/open-calls.ts';
import type { Log } from '../process/log.ts';
import type { Service } from '../process/service.ts';
import { describePortHolder } from './port-holder.ts';

export class ApiServer implements Service {
  readonly name = 'api';
  readonly #api: ReturnType<typeof createApi>;
  readonly #listen: string;
  readonly #openCalls = createOpenCalls();
  readonly #closed: Promise<void>;
  #close: () => void = () => {};
  /** Where it can be reached; set by `begin`. */
  url = '';

  constructor(services: ApiServices, listen: string) {
    this.#api = createApi(services, { openCalls: this.#openCalls });
    this.#listen = listen;
    this.#closed = new Promise((resolve) => {
      this.#close = resolve;
    });
  }

  /** Listens. Throws refused `port-taken` and `address-unavailable`. */
  async begin(): Promise<void> {
    const { address, port } = parseListen(this.#listen);
    const host = address.replace(/^\[|\]$/g, '');
    try {
      await this.#api.listen({ host, port });
    } catch (cause) {
      throw listenError(cause, this.#listen, port);
    }
    // Asked for port 0, the system chose one.
    const found = this.#api.server.address();
    const bound = found === null || typeof found === 'string' ? port : found.port;
    const reached = host === '0.0.0.0' || host === '::' ? 'localhost' : address;
    this.url = `http://${reached}:${bound}`;
  }

  run(): Promise<void> {
    return this.#closed;
  }

  async drain(): Promise<void> {
    await this.#openCalls.drain();
    await this.stop();
  }

  async stop(): Promise<void> {
    await this.#api.close();
    this.#close();
  }
}

function listenError(cause: unknown, listen: string, port: number): unknown {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return refused('port-taken', `${listen} is taken by ${describePortHolder(port)}.`, {
      cause,
      action: 'Stop that program, or choose another port with --listen 127.0.0.1:PORT (0 for any that is free).',
    });
  }
  if (code === 'EADDRNOTAVAIL' || code === 'EACCES' || code === 'ENOTFOUND') {
    return refused('address-unavailable', `This process cannot listen on ${listen} (${code}).`, {
      cause,
      action: 'Choose another address or a port above 1023 with --listen.',
    });
  }
  return cause;
}

/** Answers are worth a line only to someone who looks for them; defects always are. */
export function logApiEntry(log: Log): (entry: ApiLogEntry) => void {
  return ({ level, message, error, ...fields }) => {
    const rounded = { ...fields, durationMs: Math.round(fields.durationMs) };
    if (level === 'error') log.error(message, error === undefined ? rounded : { ...rounded, error });
    else log.debug(message, rounded);
  };
}
