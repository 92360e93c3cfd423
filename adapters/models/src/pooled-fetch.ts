// The `fetch` that provider packages are given: over our pools, with our limits, our keys and our reading of failures.

import type { CancelSignal } from '@chorale/lib-time';
import type { Received } from './exchange.ts';
import type { LaneCall } from './open-upstream.ts';
import { failureOfAnswer } from './read-fault.ts';
import { readErrorText } from './read-whole.ts';
import { signRequest } from './sign-request.ts';
import { authHeaders } from './vendor-headers.ts';

/** What packages set and we say ourselves, or nobody needs. */
const ownHeaders = new Set(['authorization', 'x-api-key', 'x-goog-api-key', 'user-agent', 'content-length']);

/** @throws UpstreamFailure for all that is no success; packages pass it on unchanged or as a cause. */
export function pooledFetch(lane: LaneCall, signal: CancelSignal): typeof globalThis.fetch {
  const { call, transport, context } = lane;
  return async (input, init) => {
    const headers: Record<string, string> = {};
    for (const [name, value] of new Headers(init?.headers)) if (!ownHeaders.has(name)) headers[name] = value;
    const body = typeof init?.body === 'string' ? init.body : '';
    const url = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url;
    const { account = {} } = lane;
    const auth =
      (await signRequest({ account, who: context.who, url, body })) ?? authHeaders(call.deployment.kind, account);
    const received = await transport.send(
      {
        ...context,
        method: 'POST',
        url,
        headers: { ...headers, ...auth },
        body: call.deployment.wire === 'google-generate' ? mergeTurns(body) : body,
        firstByteMsMax: call.firstByteMsMax,
        silenceMsMax: call.silenceMsMax,
      },
      signal,
    );
    if (received.status < 200 || received.status > 299) {
      const text = await readErrorText(received);
      throw failureOfAnswer({ status: received.status, headers: received.headers, body: text }, lane.faults());
    }
    const type = received.headers['content-type'];
    return new Response(streamOf(received), {
      status: received.status,
      headers: typeof type === 'string' ? { 'content-type': type } : {},
    });
  };
}

function streamOf(received: Received): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const piece = await received.read();
        if (piece === undefined) controller.close();
        else controller.enqueue(piece);
      },
      cancel: () => received.cancel(),
    },
    // Nothing is read ahead of the reader: the exchange holds what has come.
    { highWaterMark: 0 },
  );
}

interface Turn {
  readonly role?: string;
  readonly parts: readonly unknown[];
}

/** Google's turns alternate, and a user who speaks right after tool results is one turn with them. */
function mergeTurns(body: string): string {
  const request = JSON.parse(body) as { readonly contents?: readonly Turn[] };
  const contents = request.contents ?? [];
  if (!contents.some((turn, index) => index > 0 && turn.role === contents[index - 1]?.role)) return body;
  const merged: Turn[] = [];
  for (const turn of contents) {
    const before = merged.at(-1);
    if (before?.role !== turn.role || before === undefined) merged.push(turn);
    else merged[merged.length - 1] = { ...before, parts: [...before.parts, ...turn.parts] };
  }
  return JSON.stringify({ ...request, contents: merged });
}
