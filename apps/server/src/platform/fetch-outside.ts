// How this process asks what others run: MCP servers, login providers.
import { createGuardedFetch, isPublicAddress } from '@chorale/adapter-tools';

/** Addresses that are not public are reached only at the hosts that the configuration names as such. No redirects. */
export function fetchOutside(near: ReadonlySet<string>): typeof fetch {
  const anywhere = createGuardedFetch({ allowsAddress: () => true });
  const outside = createGuardedFetch({ allowsAddress: isPublicAddress });
  return (input, init) => {
    const { hostname } = new URL(input instanceof Request ? input.url : input);
    return (near.has(hostname) ? anywhere : outside)(input, init);
  };
}
