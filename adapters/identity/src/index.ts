export { createTokens, tokenLifeMsMax, type Tokens } from './tokens.ts';
export { passkeyVerifier } from './passkey-verifier.ts';
export { openOpenIdProvider, type OpenIdProviderOptions } from './open-id-provider.ts';
