// Short-lived tokens (JWT, EdDSA) for workers and sites: who has the published keys verifies them without asking anybody.
//
// Owns:       the private key of this process, in memory alone, and when it is changed.
// Invariants: JT1 a token is for one audience and ends within a quarter of an hour.
//             JT2 a key signs for a day; it is published until the last token it signed has ended.
import { randomUUID } from 'node:crypto';
import { refused } from '@chorale/lib-errors';
import type { PublicKey, SigningKeys } from '@chorale/module-access';
import {
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  jwtVerify,
  SignJWT,
  type CryptoKey,
  type JWK,
  type JWTPayload,
} from 'jose';

export interface TokenClaims {
  readonly tenantId: string;
  readonly subject: string;
  /** Operations it is for. */
  readonly scopes: readonly string[];
  /** For the things of this project alone. */
  readonly projectId?: string | undefined;
  /** Of the certificate that whoever asked has shown: it is for who shows it (RFC 8705, `x5t#S256`). */
  readonly thumbprint?: string | undefined;
}

export interface Tokens {
  /** @throws refused `token-life-invalid`. */
  issue(claims: TokenClaims, terms: { readonly audience: string; readonly lifeMs: number }): Promise<string>;
  /** Undefined where it does not hold for this audience, now. */
  verify(token: string, audience: string): Promise<TokenClaims | undefined>;
  /** For who verifies without asking. */
  publicKeys(): Promise<readonly PublicKey[]>;
}

export interface TokenOptions {
  readonly keys: SigningKeys;
  /** Names this installation in its tokens. */
  readonly issuer: string;
  readonly now: () => number;
}

export const tokenLifeMsMax = 15 * 60_000;
const keyLifeMs = 24 * 3_600_000;
const clockToleranceSeconds = 30;
const algorithm = 'EdDSA';
/** Not `JWT`: a token made for something else is none of these. */
const type = 'chorale-token+jwt';
/** Another process's key is looked for no more often, whatever tokens name. */
const lookEveryMs = 5_000;

interface Signer {
  readonly keyId: string;
  readonly privateKey: CryptoKey;
  readonly until: number;
}

/** Undefined where it is signed and none of ours. */
function readClaims({ tenant, scopes, project, cnf, sub: subject }: JWTPayload): TokenClaims | undefined {
  if (typeof tenant !== 'string' || !Array.isArray(scopes) || subject === undefined) return undefined;
  if (project !== undefined && typeof project !== 'string') return undefined;
  const thumbprint = (cnf as { readonly 'x5t#S256'?: unknown } | undefined)?.['x5t#S256'];
  // Bound to something that this program does not know: it is nobody's here.
  if (cnf !== undefined && typeof thumbprint !== 'string') return undefined;
  return {
    tenantId: tenant,
    subject,
    scopes: scopes.filter((scope) => typeof scope === 'string'),
    ...(project === undefined ? {} : { projectId: project }),
    ...(typeof thumbprint === 'string' ? { thumbprint } : {}),
  };
}

export function createTokens({ keys, issuer, now }: TokenOptions): Tokens {
  let signer: Promise<Signer> | undefined;
  let known: { readonly keys: readonly PublicKey[]; readonly at: number } | undefined;
  const makeSigner = async (): Promise<Signer> => {
    const { publicKey, privateKey } = await generateKeyPair(algorithm, { crv: 'Ed25519' });
    const keyId = randomUUID();
    const until = now() + keyLifeMs;
    const shown = { ...(await exportJWK(publicKey)), kid: keyId, alg: algorithm, use: 'sig' };
    // Published before anything is signed with it.
    await keys.publish(keyId, shown, until + tokenLifeMsMax + clockToleranceSeconds * 1_000);
    known = undefined;
    return { keyId, privateKey, until };
  };
  const currentSigner = async (): Promise<Signer> => {
    const current = await signer?.catch(() => undefined);
    if (current !== undefined && current.until > now()) return current;
    return (signer = makeSigner());
  };
  const findKeys = async (keyId: string): Promise<readonly PublicKey[]> => {
    const has = known?.keys.some((key) => key['kid'] === keyId) === true;
    if (known === undefined || (!has && known.at + lookEveryMs <= now()))
      known = { keys: await keys.list(), at: now() };
    return known.keys;
  };
  return {
    publicKeys: () => keys.list(),
    async issue({ tenantId, subject, scopes, projectId, thumbprint }, { audience, lifeMs }) {
      if (!(lifeMs > 0 && lifeMs <= tokenLifeMsMax))
        throw refused('token-life-invalid', 'A token lives for at most a quarter of an hour.');
      const { keyId, privateKey } = await currentSigner();
      const at = Math.floor(now() / 1_000);
      const bound = {
        ...(projectId === undefined ? {} : { project: projectId }),
        ...(thumbprint === undefined ? {} : { cnf: { 'x5t#S256': thumbprint } }),
      };
      return new SignJWT({ tenant: tenantId, scopes, ...bound })
        .setProtectedHeader({ alg: algorithm, kid: keyId, typ: type })
        .setIssuer(issuer)
        .setSubject(subject)
        .setAudience(audience)
        .setIssuedAt(at)
        .setExpirationTime(at + Math.ceil(lifeMs / 1_000))
        .setJti(randomUUID())
        .sign(privateKey);
    },
    async verify(token, audience) {
      try {
        const find: Parameters<typeof jwtVerify>[1] = async (header, jws) =>
          createLocalJWKSet({ keys: [...(await findKeys(header?.kid ?? ''))] as JWK[] })(header, jws);
        const { payload } = await jwtVerify(token, find, {
          algorithms: [algorithm, 'Ed25519'],
          typ: type,
          issuer,
          audience,
          currentDate: new Date(now()),
          clockTolerance: clockToleranceSeconds,
          maxTokenAge: tokenLifeMsMax / 1_000,
          requiredClaims: ['sub', 'exp', 'iat', 'jti'],
        });
        return readClaims(payload);
      } catch (error) {
        // A store that is away is no forged token.
        if ((error as { readonly family?: string }).family === 'temporary') throw error;
        return undefined;
      }
    },
  };
}
