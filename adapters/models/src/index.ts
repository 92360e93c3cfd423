export { openUpstream, type OpenUpstream, type UpstreamOptions } from './open-upstream.ts';
export type { ProviderAccount } from './vendor-headers.ts';
