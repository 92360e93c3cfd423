// The certificate and key that the server shows, read again when the files change: whoever renews them need not restart it.
//
// Key agreement prefers X25519MLKEM768: what is recorded today is then not read by the quantum computers of tomorrow.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { readFileSync, statSync } from 'node:fs';
import { refused } from '@chorale/lib-errors';

export interface TlsFiles {
  /** PEM, with the certificates between it and one that clients trust. */
  readonly cert: string;
  readonly key: string;
  /** Who is by one of these authorities may show it; nobody has to. Empty: nobody is asked. */
  readonly clientCa?: string;
}

/** What is asked for first is taken where a client offers it. */
export const groups = 'X25519MLKEM768:X25519:prime256v1:secp384r1';
/** TLS 1.2 only with forward secrecy and authenticated encryption. */
export const ciphers = [
  'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256',
].join(':');

interface AskingForCertificates {
  readonly requestCert?: boolean;
  readonly rejectUnauthorized?: boolean;
}

/** @throws refused `tls-unreadable`. */
export function readTls({ cert, key, clientCa = '' }: TlsFiles): SecureContextOptions & AskingForCertificates {
  try {
    const options: SecureContextOptions & AskingForCertificates = {
      cert: readFileSync(cert),
      key: readFileSync(key),
      minVersion: 'TLSv1.2',
      ecdhCurve: groups,
      ciphers,
      honorCipherOrder: true,
      // Who shows none, or one of somebody else, is let in as everybody is; what counts is looked at where it counts.
      ...(clientCa === '' ? {} : { ca: readFileSync(clientCa), requestCert: true, rejectUnauthorized: false }),
    };
    // Whether they fit each other is known before anybody connects.
    createSecureContext(options);
    if (!new X509Certificate(readFileSync(cert)).checkPrivateKey(createPrivateKey(readFileSync(key))))
      throw new Error('the key is not the certificate’s');
    return options;
  } catch (cause) {
    throw refused(
      'tls-unreadable',
      `The certificate ${cert} and the key ${key} cannot be used: ${(cause as Error).message}`,
      {
        cause,
        action:
          'Name a certificate chain and its key, both PEM, with --tls-cert and --tls-key, and authorities with --tls-client-ca.',
      },
    );
  }
}

/** Changes when one of the files does. */
export function stampOf({ cert, key, clientCa = '' }: TlsFiles): string {
  return [cert, key, ...(clientCa === '' ? [] : [clientCa])].map((path) => `${statSync(path).mtimeMs}`).join(' ');
}
