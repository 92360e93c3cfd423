export { openOpenIdProvider, type OpenIdProviderOptions } from './open-id-provider.ts';
