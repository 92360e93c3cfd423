// Stands in for the transit engine, for tests: as strict as its documentation, with keys in memory. For tests only.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export interface TransitServer {
  readonly url: string;
  readonly token: string;
  /** Answers with this status instead. */
  status: number | undefined;
  /** Bodies and headers of all requests. */
  readonly seen: string[];
  rotate(): void;
  /** Versions before it decrypt no more. */
  keepFrom(version: number): void;
  close(): void;
}

interface Body {
  readonly plaintext?: string;
  readonly ciphertext?: string;
  readonly associated_data?: string;
}

export async function startTransitServer(): Promise<TransitServer> {
  const keys = [randomBytes(32)];
  let oldest = 1;
  const token = `hvs.${randomBytes(12).toString('hex')}`;
  const answer = (method: string, url: string, body: Body): readonly [number, object] => {
    if (method === 'GET' && url === '/v1/transit/keys/chorale')
      return [200, { data: { type: 'aes256-gcm96', latest_version: keys.length, min_decryption_version: oldest } }];
    const bound = Buffer.from(body.associated_data ?? '', 'base64');
    if (method === 'POST' && url === '/v1/transit/encrypt/chorale' && body.plaintext !== undefined) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', keys.at(-1)!, nonce).setAAD(bound);
      const text = Buffer.concat([cipher.update(Buffer.from(body.plaintext, 'base64')), cipher.final()]);
      const whole = Buffer.concat([nonce, text, cipher.getAuthTag()]).toString('base64');
      return [200, { data: { ciphertext: `vault:v${keys.length}:${whole}`, key_version: keys.length } }];
    }
    if (method === 'POST' && url === '/v1/transit/decrypt/chorale' && body.ciphertext !== undefined)
      return decrypt(body.ciphertext, bound);
    return [404, { errors: [] }];
  };
  const decrypt = (ciphertext: string, bound: Buffer): readonly [number, object] => {
    const [, version = '', encoded = ''] = /^vault:v(\d+):(.+)$/.exec(ciphertext) ?? [];
    const key = keys[Number(version) - 1];
    if (key === undefined || Number(version) < oldest) return [400, { errors: ['ciphertext version is disallowed'] }];
    const bytes = Buffer.from(encoded, 'base64');
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAAD(bound);
      decipher.setAuthTag(bytes.subarray(-16));
      const plain = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
      return [200, { data: { plaintext: plain.toString('base64') } }];
    } catch {
      return [400, { errors: ['cipher: message authentication failed'] }];
    }
  };
  const server: Server = createServer((request, response) => {
    void (async () => {
      const body = request.method === 'POST' ? ((await json(request)) as Body) : {};
      stand.seen.push(JSON.stringify({ headers: request.headers, body }));
      const mayAsk = request.headers['x-vault-token'] === token;
      const [status, told] = mayAsk
        ? answer(request.method!, request.url!, body)
        : [403, { errors: ['permission denied'] }];
      response.writeHead(stand.status ?? status, { 'content-type': 'application/json' }).end(JSON.stringify(told));
    })();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const stand: TransitServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    status: undefined,
    seen: [],
    rotate: () => void keys.push(randomBytes(32)),
    keepFrom(version) {
      oldest = version;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return stand;
}
