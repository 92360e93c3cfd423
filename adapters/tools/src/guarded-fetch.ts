// `fetch` for clients of others, by the rules of guarded requests: judged addresses, no redirects, nothing of this process's
// environment, bounded in bytes and time.
//
// An answer is read whole before it is given: streams that go on for ever are refused, not followed.

import { refused } from '@chorale/lib-errors';
import { createAddressGuard, type AddressGuardOptions } from './address-guard.ts';
import { requestGuarded } from './guarded-request.ts';

export interface GuardedFetchOptions extends AddressGuardOptions {
  /** Throws for a URL that may not be requested. */
  readonly checkUrl?: (url: URL) => void;
  readonly bytesMax?: number;
  readonly timeoutMs?: number;
}

const bytesMaxDefault = 16 * 1024 * 1024;
const timeoutMsDefault = 120_000;
const withoutBody = [204, 205, 304];

export function createGuardedFetch(options: GuardedFetchOptions = {}): typeof fetch {
  const guard = createAddressGuard(options);
  const { checkUrl = checkScheme, bytesMax = bytesMaxDefault, timeoutMs = timeoutMsDefault } = options;
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const method = (init.method ?? 'GET').toUpperCase();
    const headers = Object.fromEntries(new Headers(init.headers).entries());
    // What opens a stream without an end is answered as a server without such streams does.
    if (method === 'GET' && headers['accept']?.includes('text/event-stream') === true)
      return new Response(null, { status: 405 });
    const over = AbortSignal.timeout(timeoutMs);
    const signal = init.signal === undefined || init.signal === null ? over : AbortSignal.any([init.signal, over]);
    const body = bodyOf(init.body);
    const response = await requestGuarded(
      { url, method, headers, body },
      { guard, checkUrl, bytesMax, redirectsMax: 0, signal },
    );
    if (response.truncated) throw refused('answer-too-large', `${url.host} answered with more than ${bytesMax} bytes.`);
    const named = Object.entries(response.headers).flatMap(([name, value]) =>
      value === undefined || dropped.has(name) ? [] : [[name, String(value)] as [string, string]],
    );
    const content = withoutBody.includes(response.status) ? null : new Uint8Array(response.body);
    return new Response(content, { status: response.status, headers: named });
  };
}

/** True of the bytes that came, and no longer of those that are given. */
const dropped: ReadonlySet<string> = new Set(['content-encoding', 'content-length', 'transfer-encoding']);

function bodyOf(body: RequestInit['body']): string | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === 'string') return body;
  if (body instanceof URLSearchParams) return body.toString();
  throw refused('body-not-text', 'Only texts can be sent.');
}

function checkScheme(url: URL): void {
  if (url.protocol === 'https:' || url.protocol === 'http:') return;
  throw refused('scheme-not-allowed', `${url.href} is neither http nor https.`);
}
