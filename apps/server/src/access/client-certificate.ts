// The certificate that whoever asks has shown, where it is by an authority of `--tls-client-ca` (RFC 8705).
import type { FastifyRequest } from 'fastify';
import { X509Certificate } from 'node:crypto';
import { TLSSocket } from 'node:tls';

/** Base64url of its SHA-256, as `x5t#S256` has it; undefined where none was shown, or none that counts. */
export function thumbprintOf({ raw }: Pick<FastifyRequest, 'raw'>): string | undefined {
  const { socket } = raw;
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const { raw: der } = socket.getPeerCertificate();
  if (der === undefined) return undefined;
  const digest = new X509Certificate(der).fingerprint256.replaceAll(':', '');
  return Buffer.from(digest, 'hex').toString('base64url');
}
