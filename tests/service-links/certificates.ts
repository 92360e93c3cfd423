// Authorities and certificates as an operator makes them, with openssl.
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Files {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

export interface Authority {
  readonly ca: string;
  /** A certificate for a server or a client; `days` may be negative: it has ended. */
  issue(file: string, wanted: { readonly name: string; readonly alt?: string; readonly days?: number }): Files;
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** It comes with every system that has OpenSSL: apt-get install openssl. */
const openssl = (...args: readonly string[]): void => {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
};

export function makeAuthority(folder: string, name: string): Authority {
  const [ca, caKey] = [join(folder, `${name}-ca.pem`), join(folder, `${name}-ca.key`)];
  openssl('req', '-x509', ...newKey, '-days', '30', '-keyout', caKey, '-out', ca, '-subj', `/CN=${name} authority`);
  let serial = 1;
  return {
    ca,
    issue(file, { name: subject, alt, days = 2 }) {
      const [cert, key, asked] = [
        join(folder, `${file}.pem`),
        join(folder, `${file}.key`),
        join(folder, `${file}.csr`),
      ];
      openssl('req', ...newKey, '-keyout', key, '-out', asked, '-subj', `/CN=${subject}`);
      const extension = join(folder, `${file}.ext`);
      writeFileSync(extension, alt === undefined ? 'basicConstraints=CA:FALSE\n' : `subjectAltName=${alt}\n`);
      const by = ['-CA', ca, '-CAkey', caKey, '-set_serial', String(serial++), '-extfile', extension];
      openssl('x509', '-req', '-in', asked, ...by, '-days', String(days), '-out', cert);
      // The servers run under accounts of their own.
      for (const path of [ca, cert, key]) chmodSync(path, 0o644);
      return { ca, cert, key };
    },
  };
}

/** Over what is there, as whoever renews a certificate does. */
export function replaceFiles(target: Files, source: Files): void {
  writeFileSync(target.key, readFileSync(source.key));
  writeFileSync(target.cert, readFileSync(source.cert));
}
