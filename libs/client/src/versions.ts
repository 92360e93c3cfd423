// What this client has seen change, it sees again, whichever copy of the database answers its reads.
import type { Fetch } from './request.ts';

export function withVersions(fetchIt: Fetch): Fetch {
  let seen = 0;
  return async (input, init) => {
    const reads = (init.method ?? 'GET') === 'GET';
    const headers = new Headers(init.headers);
    if (reads && seen > 0) headers.set('x-chorale-min-version', String(seen));
    const response = await fetchIt(input, reads && seen > 0 ? { ...init, headers } : init);
    seen = Math.max(seen, Number(response.headers.get('x-chorale-version') ?? '0') || 0);
    return response;
  };
}
