// An OpenID provider that answers correctly, except in the one way that a test asks for. It is strict about what it is sent.
import { createHash, createHmac, createPublicKey, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';

export const clientId = 'chorale';

export interface Tampering {
  readonly header?: Record<string, unknown>;
  readonly claims?: (claims: JWTPayload) => JWTPayload;
  readonly sign?: 'other-key' | 'none' | 'hs256-public-pem' | 'hs256-public-jwk' | 'broken' | 'embedded-key';
  /** On the way back to the client. */
  readonly callback?: (parameters: URLSearchParams) => void;
  readonly issuer?: string;
  /** Instead of a token made for this login. */
  readonly token?: string;
}

interface Code {
  readonly challenge: string;
  readonly nonce: string;
  readonly redirect: string;
}

interface Keys {
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
}

export class TamperingProvider {
  readonly #server: Server;
  readonly #keys: Keys;
  readonly #other: Keys;
  readonly #jwk: JWK;
  readonly #codes = new Map<string, Code>();
  tampering: Tampering = {};
  /** The one it made last. */
  lastToken = '';

  static async open(): Promise<TamperingProvider> {
    const [keys, other] = [await generateKeyPair('RS256', { extractable: true }), await generateKeyPair('RS256')];
    const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
    const provider = new TamperingProvider(keys, other, jwk);
    await new Promise<void>((resolve) => void provider.#server.listen(0, '127.0.0.1', resolve));
    return provider;
  }

  private constructor(keys: Keys, other: Keys, jwk: JWK) {
    this.#keys = keys;
    this.#other = other;
    this.#jwk = jwk;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
  }

  /** Where a browser that went to `url` comes back to. */
  async visit(url: string): Promise<string> {
    const response = await fetch(url, { redirect: 'manual' });
    const location = response.headers.get('location');
    if (location === null) throw new Error(`the provider answered ${response.status}: ${await response.text()}`);
    return location;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', this.issuer);
    const json = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (url.pathname === '/.well-known/openid-configuration') return json(200, this.#metadata());
    if (url.pathname === '/jwks') return json(200, { keys: [this.#jwk] });
    if (url.pathname === '/auth') return this.#authorize(url.searchParams, response);
    if (url.pathname === '/token') {
      const code = this.#redeem(new URLSearchParams(await readText(request)));
      if (code === undefined) return json(400, { error: 'invalid_grant' });
      this.lastToken = this.tampering.token ?? (await this.makeToken({ nonce: code.nonce }));
      return json(200, { access_token: 'at', token_type: 'Bearer', expires_in: 60, id_token: this.lastToken });
    }
    return json(404, {});
  }

  #metadata(): object {
    return {
      issuer: this.tampering.issuer ?? this.issuer,
      authorization_endpoint: `${this.issuer}/auth`,
      token_endpoint: `${this.issuer}/token`,
      jwks_uri: `${this.issuer}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
      authorization_response_iss_parameter_supported: true,
    };
  }

  #authorize(given: URLSearchParams, response: ServerResponse): void {
    const named = (name: string): string => given.get(name) ?? '';
    if (
      named('client_id') !== clientId ||
      named('response_type') !== 'code' ||
      named('code_challenge_method') !== 'S256'
    ) {
      response.writeHead(400).end('no login with a code and PKCE');
      return;
    }
    const code = createHash('sha256').update(named('code_challenge')).digest('hex');
    this.#codes.set(code, {
      challenge: named('code_challenge'),
      nonce: named('nonce'),
      redirect: named('redirect_uri'),
    });
    const back = new URLSearchParams({ code, state: named('state'), iss: this.issuer });
    this.tampering.callback?.(back);
    response.writeHead(302, { location: `${named('redirect_uri')}?${back.toString()}` }).end();
  }

  /** Each code once, for who began, to where it went. */
  #redeem(given: URLSearchParams): Code | undefined {
    const code = this.#codes.get(given.get('code') ?? '');
    this.#codes.delete(given.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(given.get('code_verifier') ?? '')
      .digest('base64url');
    return code?.challenge === challenge && code.redirect === given.get('redirect_uri') ? code : undefined;
  }

  async makeToken(more: JWTPayload): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    const claims = { iss: this.issuer, aud: clientId, sub: 'ann', iat: now, exp: now + 300, ...more };
    const payload = this.tampering.claims?.(claims) ?? claims;
    const { sign, header = {} } = this.tampering;
    const named = { alg: 'RS256', kid: 'one', ...header };
    const plain = (alg: string): string =>
      [{ ...named, alg }, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    if (sign === 'none') return `${plain('none')}.`;
    if (sign === 'hs256-public-pem' || sign === 'hs256-public-jwk') {
      const text = plain('HS256');
      return `${text}.${createHmac('sha256', this.#publicText(sign)).update(text).digest('base64url')}`;
    }
    const embedded = sign === 'embedded-key' ? { jwk: await exportJWK(this.#other.publicKey) } : {};
    const key = sign === 'other-key' || sign === 'embedded-key' ? this.#other.privateKey : this.#keys.privateKey;
    const token = await new SignJWT(payload).setProtectedHeader({ ...named, ...embedded }).sign(key);
    return sign === 'broken' ? `${token.slice(0, -8)}AAAAAAAA` : token;
  }

  #publicText(form: 'hs256-public-pem' | 'hs256-public-jwk'): string {
    if (form === 'hs256-public-jwk') return JSON.stringify(this.#jwk);
    const key: KeyObject = createPublicKey({ key: this.#jwk, format: 'jwk' });
    return key.export({ type: 'spki', format: 'pem' }).toString();
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of request) text += String(piece);
  return text;
}
