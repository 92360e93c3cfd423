export {
  discoverDeployments,
  type Discovered,
  type DiscoverOptions,
  type ProviderReport,
} from './discover-deployments.ts';
export { openUpstream, type OpenUpstream, type UpstreamOptions } from './open-upstream.ts';
export type { Environment, ModelConfig, ProviderConfig } from './provider-config.ts';
export type { ProviderAccount } from './vendor-headers.ts';
