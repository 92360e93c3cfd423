// Connections of `fetch` to services that want to see who asks, or that an authority of the installation vouches for.
import { Agent, Dispatcher1Wrapper } from 'undici';
import type { ServiceTls } from './service-tls.ts';

/** What `fetch` takes; Node has an older version of the library in it, whose handlers are wrapped. */
export function openServiceDispatcher(tls: ServiceTls): NonNullable<RequestInit['dispatcher']> {
  // No session is resumed: a certificate that was replaced is shown, and looked at, with the next connection.
  const agent = new Agent({ connect: { ...tls, maxCachedSessions: 0 } });
  return new Dispatcher1Wrapper(agent) as unknown as NonNullable<RequestInit['dispatcher']>;
}
