// The API and the page on a port.

import type { Server as TlsServer } from 'node:tls';
import { refused } from '@chorale/lib-errors';
import type { RateLimiter } from '@chorale/module-access';
import { createApi, type ApiLogEntry, type ApiServices } from '../api/index.ts';
import { readTls, stampOf } from '../access/read-tls.ts';
import type { Config } from '../config/config-schema.ts';
import { parseListen } from '../config/load-config.ts';
import { createOpenCalls } from '../openai/open-calls.ts';
import type { Log } from '../process/log.ts';
import type { Service } from '../process/service.ts';
import { describePortHolder } from './port-holder.ts';

type ApiConfig = Pick<Config, 'listen' | 'tls' | 'trustProxy' | 'limits'>;

/** Certificates are renewed days before they end. */
const renewEveryMs = 600_000;

export class ApiServer implements Service {
  readonly name = 'api';
  readonly #api: ReturnType<typeof createApi>;
  readonly #config: ApiConfig;
  readonly #openCalls = createOpenCalls();
  readonly #closed: Promise<void>;
  #close: () => void = () => {};
  #renewing: NodeJS.Timeout | undefined;
  /** Where it can be reached; set by `begin`. */
  url = '';

  /** `limiter` where the processes of a cluster share one. */
  constructor(services: ApiServices, config: ApiConfig, limiter?: RateLimiter) {
    const { tls, trustProxy, limits } = config;
    this.#api = createApi(services, {
      openCalls: this.#openCalls,
      trustProxy,
      admission: limits.admission,
      limits: { ...limits.requests, ...(limiter === undefined ? {} : { limiter }) },
      ...(tls.cert === '' ? {} : { tls: readTls(tls) }),
    });
    this.#config = config;
    if (tls.cert !== '') this.#renewing = setInterval(this.#renewTls(services.log), renewEveryMs).unref();
    this.#closed = new Promise((resolve) => {
      this.#close = resolve;
    });
  }

  /** Listens. Throws refused `port-taken` and `address-unavailable`. */
  async begin(): Promise<void> {
    const { address, port } = parseListen(this.#config.listen);
    const host = address.replace(/^\[|\]$/g, '');
    try {
      await this.#api.listen({ host, port });
    } catch (cause) {
      throw listenError(cause, this.#config.listen, port);
    }
    // Asked for port 0, the system chose one.
    const found = this.#api.server.address();
    const bound = found === null || typeof found === 'string' ? port : found.port;
    const reached = host === '0.0.0.0' || host === '::' ? 'localhost' : address;
    this.url = `${this.#config.tls.cert === '' ? 'http' : 'https'}://${reached}:${bound}`;
  }

  run(): Promise<void> {
    return this.#closed;
  }

  async drain(): Promise<void> {
    await this.#openCalls.drain();
    await this.stop();
  }

  async stop(): Promise<void> {
    clearInterval(this.#renewing);
    await this.#api.close();
    this.#close();
  }

  /** What cannot be used leaves what is in use. */
  #renewTls(log: ApiServices['log']): () => void {
    const { tls } = this.#config;
    let seen = stampOf(tls);
    return () => {
      try {
        const stamp = stampOf(tls);
        if (stamp === seen) return;
        (this.#api.server as unknown as TlsServer).setSecureContext(readTls(tls));
        seen = stamp;
      } catch (error) {
        log({ ...noRequest, message: 'the certificate was not renewed', error });
      }
    };
  }
}

const noRequest = {
  level: 'error',
  requestId: 'none',
  method: 'GET',
  route: 'tls',
  status: 200,
  durationMs: 0,
} as const;

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
