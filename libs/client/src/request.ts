// One HTTP call: builds the address, sends JSON, and turns every answer that is not the expected one into a ClientError.
import type { Problem } from './problem.ts';
import { ClientError } from './problem.ts';

export type Fetch = (input: string, init: RequestInit) => Promise<Response>;

export interface RequestDetails {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly query?: { readonly [name: string]: string | number | boolean | readonly string[] | undefined };
  /** Sent as JSON when defined; `null` is a body of its own. */
  readonly body?: unknown;
  readonly headers?: { readonly [name: string]: string | undefined };
  readonly signal?: AbortSignal | undefined;
}

export type Send = (path: string, details?: RequestDetails) => Promise<Response>;

export function createSend(baseUrl: string, fetchIt: Fetch): Send {
  return async (path, details = {}) => {
    const url = `${baseUrl}${path}${queryText(details.query ?? {})}`;
    const headers = new Headers({ accept: 'application/json' });
    for (const [name, value] of Object.entries(details.headers ?? {}))
      if (value !== undefined) headers.set(name, value);
    const init: RequestInit = { method: details.method ?? 'GET', headers };
    if (details.body !== undefined) {
      headers.set('content-type', 'application/json');
      init.body = JSON.stringify(details.body);
    }
    if (details.signal !== undefined) init.signal = details.signal;
    let response: Response;
    try {
      response = await fetchIt(url, init);
    } catch (cause) {
      if (details.signal?.aborted === true) throw cause;
      throw new ClientError('unreachable', `no answer from ${baseUrl}: ${reasonOf(cause)}`, { cause });
    }
    if (response.ok || response.status === 304) return response;
    throw await toClientError(response, url);
  };
}

/** Sends the key with every call. */
export function withKey(fetchIt: Fetch, key: string | (() => Promise<string | undefined>)): Fetch {
  let found: Promise<string | undefined> | undefined;
  return async (url, init) => {
    found ??= typeof key === 'string' ? Promise.resolve(key) : key();
    const word = await found;
    const headers = new Headers(init.headers);
    if (word !== undefined) headers.set('authorization', `Bearer ${word}`);
    return fetchIt(url, { ...init, headers });
  };
}

export async function readJson<T>(response: Response): Promise<T> {
  try {
    return (await response.json()) as T;
  } catch (cause) {
    throw new ClientError('foreign-answer', `${response.url} answered ${response.status} without JSON`, { cause });
  }
}

async function toClientError(response: Response, url: string): Promise<ClientError> {
  const type = response.headers.get('content-type') ?? '';
  if (!type.startsWith('application/problem+json')) {
    await response.body?.cancel();
    const message = `${url} answered ${response.status} as ${type === '' ? 'nothing' : type}: this is not a Chorale server`;
    return new ClientError('foreign-answer', message);
  }
  const problem = await readJson<Problem>(response);
  return new ClientError('problem', problem.detail, { problem });
}

/** Node's fetch says only `fetch failed` and keeps the reason in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error && error.cause.message !== '') return error.cause.message;
  return error.message;
}

function queryText(query: NonNullable<RequestDetails['query']>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    search.set(name, Array.isArray(value) ? value.join(',') : String(value));
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}
