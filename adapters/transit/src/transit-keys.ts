// Key-encryption keys at a service with the HTTP API of the transit engine (Vault, OpenBao): it wraps and unwraps, and gives
// no key away.
import { ChoraleError, refused, temporary } from '@chorale/lib-errors';
import { fromBase64, toBase64, utf8Bytes, utf8Text, type KeyEncryptionKeys } from '@chorale/module-access';

export interface TransitAddress {
  /** As in `https://vault.example.com:8200`. */
  readonly server: string;
  /** Where the engine is mounted, as in `transit`. */
  readonly mount: string;
  readonly key: string;
}

export interface TransitOptions extends TransitAddress {
  /** Read for each request: tokens are renewed while a server runs. */
  readonly readToken: () => string;
  /** What connections go through; without, as everything that is fetched. */
  readonly dispatcher?: RequestInit['dispatcher'];
  readonly now: () => number;
}

const timeoutMs = 5_000;
/** For how long the newest version of the key is taken to be the newest. */
const freshMs = 60_000;
const addressForm = /^transit:(https?:\/\/[^/\s@]+)\/([A-Za-z0-9_-]+)\/([A-Za-z0-9_.-]+)$/;
const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Reads `transit:https://HOST/MOUNT/KEY`. @throws refused `transit-address-invalid`. */
export function parseTransitAddress(text: string): TransitAddress {
  const [, server = '', mount = '', key = ''] = addressForm.exec(text) ?? [];
  const isSafe = server.startsWith('https:') || (URL.canParse(server) && loopback.test(new URL(server).hostname));
  if (server !== '' && isSafe) return { server, mount, key };
  throw refused('transit-address-invalid', `${text.slice(0, 120)} is no address of a key at a key service.`, {
    action: 'Write it like transit:https://vault.example.com:8200/transit/chorale; plain http only on this machine.',
  });
}

export function openTransitKeys(options: TransitOptions): KeyEncryptionKeys {
  const { mount, key, now } = options;
  const nameOf = (version: string): string => `transit-${mount}/${key}-${version}`;
  let newest: { readonly name: string; readonly at: number } | undefined;
  return {
    async current() {
      if (newest !== undefined && now() - newest.at < freshMs) return newest.name;
      const { latest_version: version } = await ask<{ readonly latest_version: number }>(options, `keys/${key}`);
      newest = { name: nameOf(`v${version}`), at: now() };
      return newest.name;
    },
    async wrap(dataKey, bound) {
      const body = { plaintext: toBase64(dataKey), associated_data: toBase64(bound) };
      const { ciphertext } = await ask<{ readonly ciphertext: string }>(options, `encrypt/${key}`, body);
      return { wrappedBy: nameOf(ciphertext.split(':')[1] ?? ''), wrapped: utf8Bytes(ciphertext) };
    },
    async unwrap({ wrappedBy, wrapped }, bound) {
      const ciphertext = utf8Text(wrapped);
      if (ciphertext === undefined || wrappedBy !== nameOf(ciphertext.split(':')[1] ?? '')) return undefined;
      const body = { ciphertext, associated_data: toBase64(bound) };
      try {
        const { plaintext } = await ask<{ readonly plaintext: string }>(options, `decrypt/${key}`, body);
        return fromBase64(plaintext);
      } catch (error) {
        // It has no such version any more, or this is not what it wrapped.
        if (error instanceof ChoraleError && error.code === 'key-service-refused-input') return undefined;
        throw error;
      }
    },
  };
}

/** Without a body it is a GET. */
async function ask<T>(options: TransitOptions, ...[path, body]: readonly [string, object?]): Promise<T> {
  const { server, mount, readToken, dispatcher } = options;
  const headers = { 'x-vault-token': readToken(), 'content-type': 'application/json' };
  let response: Response;
  try {
    response = await fetch(`${server}/v1/${mount}/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(dispatcher === undefined ? {} : { dispatcher }),
    });
  } catch (cause) {
    throw temporary('key-service-unreachable', `The key service ${server} does not answer.`, {
      cause,
      action: 'Secrets can be used again when it does.',
    });
  }
  if (response.ok) return ((await response.json()) as { readonly data: T }).data;
  await response.body?.cancel();
  throw refusalOf(response.status, options);
}

function refusalOf(status: number, { server, mount, key }: TransitAddress): Error {
  const answered = `The key service ${server} answers ${status} for the key ${mount}/${key}`;
  if (status === 400) return refused('key-service-refused-input', `${answered}.`);
  if (status === 403 || status === 404)
    return refused('key-service-refused', `${answered}.`, {
      action: 'Look at the token, its policy (encrypt, decrypt and read of the key), and whether the key is there.',
    });
  return temporary('key-service-unreachable', `${answered}.`, { action: 'It may be sealed, or starting.' });
}
