// A provider that speaks OpenID Connect: authorization code with PKCE, and back-channel logout.
//
// Invariants: OP1 who somebody is, is believed only of a token signed by a key the provider publishes, with an asymmetric
//                 algorithm, for this client, now, and for the login that this browser began.
import { ChoraleError, refused, temporary } from '@chorale/lib-errors';
import type { BegunLogin, LoginProvider, ProvenLogin, ProvenLogout } from '@chorale/module-access';
import { createRemoteJWKSet, customFetch, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import * as client from 'openid-client';

export interface OpenIdProviderOptions {
  readonly issuer: string;
  readonly clientId: string;
  /** Without one, the client is public, and PKCE alone ties the answer to who asked. */
  readonly clientSecret?: string;
  readonly scopes: string;
  /** How strongly people must have logged in there, one of these (`acr`); none: as the provider likes. */
  readonly acrValues?: readonly string[];
  /** The claim that lists groups. */
  readonly groupsClaim: string;
  /** Makes requests that are judged by this installation's rules before they are made; default: as Node makes them. */
  readonly fetch?: typeof fetch;
}

const timeoutSeconds = 10;
/** Clocks of two machines differ. */
const clockToleranceSeconds = 30;
const groupsMax = 200;
const logoutAgeMax = '2 minutes';
const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';
/** What the provider does not name with an asymmetric key is not believed: a shared secret is known to both sides. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

export function openOpenIdProvider(options: OpenIdProviderOptions): LoginProvider {
  const { acrValues = [] } = options;
  let found: Promise<client.Configuration> | undefined;
  let keys: JWTVerifyGetKey | undefined;
  const configure = (): Promise<client.Configuration> =>
    (found ??= discover(options).catch((cause: unknown) => {
      // The next who asks looks again.
      found = undefined;
      throw unreachable(options, cause);
    }));
  return {
    async begin(redirectUrl) {
      const config = await configure();
      const kept: BegunLogin = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
      };
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUrl,
        scope: options.scopes,
        state: kept.state,
        nonce: kept.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(kept.verifier),
        code_challenge_method: 'S256',
        ...(acrValues.length === 0 ? {} : { acr_values: acrValues.join(' ') }),
      });
      return { url: url.href, kept };
    },
    async finish(url, { state, nonce, verifier }) {
      const config = await configure();
      const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
      let claims: client.IDToken | undefined;
      try {
        claims = (await client.authorizationCodeGrant(config, new URL(url), checks)).claims();
      } catch (cause) {
        if (isNetworkTrouble(cause)) throw unreachable(options, cause);
        throw loginInvalid(cause);
      }
      if (claims === undefined) throw loginInvalid(undefined);
      if (acrValues.length > 0 && !acrValues.some((value) => value === claims['acr']))
        throw loginInvalid(new Error('the login at the provider was weaker than is asked for'));
      return readClaims(claims, options.groupsClaim);
    },
    async readLogout(token) {
      const { issuer, jwks_uri: keysUrl } = (await configure()).serverMetadata();
      if (keysUrl === undefined) throw logoutInvalid('the provider publishes no keys');
      keys ??= createRemoteJWKSet(new URL(keysUrl), {
        timeoutDuration: timeoutSeconds * 1_000,
        ...(options.fetch === undefined ? {} : { [customFetch]: options.fetch }),
      });
      try {
        const { payload } = await jwtVerify(token, keys, {
          issuer,
          audience: options.clientId,
          algorithms,
          clockTolerance: clockToleranceSeconds,
          maxTokenAge: logoutAgeMax,
          requiredClaims: ['iat', 'jti', 'exp', 'events'],
        });
        return readLogoutClaims(payload, issuer);
      } catch (cause) {
        throw logoutInvalid(cause instanceof Error ? cause.message : String(cause), cause);
      }
    },
  };
}

async function discover({
  issuer,
  clientId,
  clientSecret,
  fetch: fetchIt,
}: OpenIdProviderOptions): Promise<client.Configuration> {
  const metadata = { [client.clockTolerance]: clockToleranceSeconds };
  const authentication = clientSecret === undefined ? client.None() : client.ClientSecretBasic(clientSecret);
  const isLocal = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?(?:\/|$)/.test(issuer);
  const config = await client.discovery(new URL(issuer), clientId, metadata, authentication, {
    timeout: timeoutSeconds,
    ...(fetchIt === undefined ? {} : { [client.customFetch]: fetchIt as client.CustomFetch }),
    // Of every token the signature is checked, also of those that came over a connection to the provider itself.
    execute: [client.enableNonRepudiationChecks, ...(isLocal ? [client.allowInsecureRequests] : [])],
  });
  const { issuer: named } = config.serverMetadata();
  if (named !== issuer) throw new Error(`the provider calls itself ${named}`);
  return config;
}

function readClaims(claims: client.IDToken, groupsClaim: string): ProvenLogin {
  const { iss: issuer, sub: subject } = claims;
  const groups = claims[groupsClaim];
  const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
  const sessionId = text(claims['sid']);
  // An address that the provider has not verified is anybody's.
  const email = claims['email_verified'] === true ? text(claims['email']) : undefined;
  const login = text(claims['preferred_username']) ?? email;
  const displayName = text(claims['name']);
  return {
    issuer,
    subject,
    ...(sessionId === undefined ? {} : { sessionId }),
    ...(email === undefined ? {} : { email }),
    ...(login === undefined ? {} : { login }),
    ...(displayName === undefined ? {} : { displayName }),
    ...(Array.isArray(groups)
      ? { groups: groups.filter((group): group is string => typeof group === 'string').slice(0, groupsMax) }
      : {}),
  };
}

/** OpenID Connect Back-Channel Logout 1.0, 2.6. */
function readLogoutClaims(payload: JWTPayload, issuer: string): ProvenLogout {
  const { sub: subject, sid, jti, exp, events, nonce } = payload;
  const sessionId = typeof sid === 'string' ? sid : undefined;
  if (typeof events !== 'object' || events === null || !(logoutEvent in events))
    throw new Error('it is about no logout');
  if (nonce !== undefined) throw new Error('it has a nonce: it is a token of a login');
  if (subject === undefined && sessionId === undefined) throw new Error('it names nobody');
  return {
    issuer,
    tokenId: jti!,
    expiresAt: exp! * 1_000,
    ...(subject === undefined ? {} : { subject }),
    ...(sessionId === undefined ? {} : { sessionId }),
  };
}

function isNetworkTrouble(cause: unknown): boolean {
  if (cause instanceof ChoraleError) return cause.family === 'temporary';
  return cause instanceof TypeError || (cause instanceof Error && cause.name === 'TimeoutError');
}

function unreachable({ issuer }: OpenIdProviderOptions, cause: unknown): Error {
  return temporary('provider-unreachable', `The login provider ${issuer} does not answer as one.`, {
    cause,
    retryAfterMs: 5_000,
  });
}

/** What exactly did not hold is for the log: whoever forges tokens learns nothing. */
function loginInvalid(cause: unknown): Error {
  return refused('provider-login-invalid', 'What the login provider answered does not hold.', {
    cause,
    action: 'Log in again; if it comes back, look at the log of the server.',
  });
}

function logoutInvalid(why: string, cause?: unknown): Error {
  return refused('provider-logout-invalid', `The logout token does not hold: ${why}.`, { cause });
}
