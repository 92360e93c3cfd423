// One HTTP request whose every hop was judged before it was made.
//
// Invariants: GR1 the connection goes to an address the guard gave for this hop, whatever the name resolves to by then.
//             GR2 no proxy, cookie or credential of this process or its environment is used.
//             GR3 what is read is bounded in bytes, after decompression too, and the whole is bounded in time.
//             GR4 credentials the caller gave go to the origin they were given for and to no other.

import * as http from 'node:http';
import * as https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { refused, temporary, type ChoraleError } from '@chorale/lib-errors';
import type { AddressGuard } from './address-guard.ts';

export interface GuardedRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Names of headers that go to this origin alone, besides those that always do. */
  readonly confidential?: readonly string[];
}

export interface GuardedRequestOptions {
  readonly guard: AddressGuard;
  /** Throws for a URL that may not be requested (scheme, port, host); asked for each hop. */
  readonly checkUrl: (url: URL) => void;
  readonly bytesMax: number;
  readonly redirectsMax: number;
  readonly signal: AbortSignal;
}

export interface GuardedResponse {
  readonly url: URL;
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
  readonly truncated: boolean;
  /** Where the request was sent on to, in order. */
  readonly redirects: readonly string[];
}

const redirectStatuses = [301, 302, 303, 307, 308];
const credentialHeaders = ['authorization', 'cookie', 'proxy-authorization'];
const bodyHeaders = ['content-type', 'content-length', 'content-encoding', 'content-language'];
const headerBytesMax = 64 * 1024;

/** Throws refused or temporary errors; a status of 400 and above is a response, not an error. */
export async function requestGuarded(first: GuardedRequest, options: GuardedRequestOptions): Promise<GuardedResponse> {
  const redirects: string[] = [];
  let request = first;
  for (;;) {
    options.checkUrl(request.url);
    const addresses = await options.guard.resolve(request.url);
    options.signal.throwIfAborted();
    const response = await send(request, addresses, options);
    const location = response.headers.location;
    if (!redirectStatuses.includes(response.statusCode ?? 0) || location === undefined) {
      const { body, truncated } = await readBody(response, request.url, options);
      return {
        url: request.url,
        status: response.statusCode ?? 0,
        headers: response.headers,
        body,
        truncated,
        redirects,
      };
    }
    response.destroy();
    if (redirects.length >= options.redirectsMax) {
      throw refused('too-many-redirects', `${first.url.href} was redirected more than ${options.redirectsMax} times.`);
    }
    request = follow(request, location, response.statusCode ?? 0);
    redirects.push(request.url.href);
  }
}

function follow(request: GuardedRequest, location: string, status: number): GuardedRequest {
  if (!URL.canParse(location, request.url.href)) {
    throw refused(
      'redirect-not-followed',
      `${request.url.href} redirects to ${JSON.stringify(location.slice(0, 200))}, which is no URL.`,
    );
  }
  const url = new URL(location, request.url);
  if (request.url.protocol === 'https:' && url.protocol !== 'https:') {
    throw refused('redirect-not-followed', `${request.url.href} redirects to ${url.href}, which is not encrypted.`);
  }
  const sameOrigin = url.origin === request.url.origin;
  const becomesGet =
    status === 303 ? request.method !== 'HEAD' : (status === 301 || status === 302) && request.method === 'POST';
  const confidential = (request.confidential ?? []).map((name) => name.toLowerCase());
  const dropped = [...(sameOrigin ? [] : [...credentialHeaders, ...confidential]), ...(becomesGet ? bodyHeaders : [])];
  return {
    ...request,
    url,
    method: becomesGet ? 'GET' : request.method,
    headers: Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => !dropped.includes(name.toLowerCase())),
    ),
    body: becomesGet ? undefined : request.body,
  };
}

/** Answers with the addresses that were judged, whatever is asked. */
function fixedLookup(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_name, lookupOptions, callback) => {
    const wanted = all.filter(({ family }) => !lookupOptions.family || lookupOptions.family === family);
    const chosen = wanted[0];
    if (chosen === undefined) callback(new Error('no address of that family'), '', 0);
    else if (lookupOptions.all === true) callback(null, wanted);
    else callback(null, chosen.address, chosen.family);
  };
}

function send(
  request: GuardedRequest,
  addresses: readonly string[],
  options: GuardedRequestOptions,
): Promise<http.IncomingMessage> {
  const { url } = request;
  const transport = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const sent = transport.request(url, {
      method: request.method,
      headers: { 'user-agent': 'chorale', 'accept-encoding': 'gzip, deflate, br', ...request.headers },
      // An agent of its own: the shared one keeps connections that were judged for another call.
      agent: new transport.Agent({ keepAlive: false }),
      lookup: fixedLookup(addresses),
      signal: options.signal,
      maxHeaderSize: headerBytesMax,
    });
    sent.on('response', resolve);
    sent.on('error', (error) => reject(failureOf(error, url, options.signal)));
    sent.end(request.body);
  });
}

function failureOf(error: unknown, url: URL, signal: AbortSignal): ChoraleError {
  if (signal.aborted) return temporary('http-timed-out', `${url.href} did not answer in time.`, { cause: error });
  const message = error instanceof Error ? error.message || error.name : String(error);
  return temporary('http-failed', `${url.href} could not be fetched: ${message}`, { cause: error });
}

function decoderOf(response: http.IncomingMessage): Transform | undefined {
  switch ((response.headers['content-encoding'] ?? '').trim().toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      return undefined;
  }
}

/** Ends with an error when either part breaks, and ends the connection when it is no longer read. */
function decoded(response: http.IncomingMessage): Readable {
  const decoder = decoderOf(response);
  return decoder === undefined ? response : pipeline(response, decoder, () => undefined);
}

interface Body {
  readonly body: Buffer;
  readonly truncated: boolean;
}

async function readBody(response: http.IncomingMessage, url: URL, options: GuardedRequestOptions): Promise<Body> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of decoded(response)) {
      const part = chunk as Buffer;
      const room = options.bytesMax - bytes;
      chunks.push(part.subarray(0, room));
      bytes += Math.min(part.length, room);
      if (part.length > room) return { body: Buffer.concat(chunks), truncated: true };
    }
  } catch (error) {
    throw failureOf(error, url, options.signal);
  } finally {
    response.destroy();
  }
  return { body: Buffer.concat(chunks), truncated: false };
}
