import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readTls, stampOf } from './read-tls.ts';

const folder = mkdtempSync(join(tmpdir(), 'chorale-certificate-'));
const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
beforeAll(() => {
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=x'];
  execFileSync('openssl', ['req', '-x509', ...kind, '-keyout', files.key, '-out', files.cert], { stdio: 'ignore' });
});
afterAll(() => rmSync(folder, { recursive: true }));

test('[AC8] a certificate that cannot be used is refused before anybody connects', () => {
  expect(readTls(files)).toMatchObject({ minVersion: 'TLSv1.2' });
  const wrong = join(folder, 'wrong.pem');
  writeFileSync(wrong, 'no certificate');
  const other = join(folder, 'other.pem');
  execFileSync('openssl', ['genpkey', '-algorithm', 'ED25519', '-out', other], { stdio: 'ignore' });
  const pairs = [
    { ...files, cert: wrong },
    { ...files, cert: join(folder, 'missing.pem') },
    { ...files, key: other },
  ];
  for (const pair of pairs) expect(() => readTls(pair)).toThrow(expect.objectContaining({ code: 'tls-unreadable' }));
});

test('[AC8] files that were written again are noticed', () => {
  const before = stampOf(files);
  expect(stampOf(files)).toBe(before);
  execFileSync('touch', ['-d', '2026-01-01T00:00:00Z', files.cert]);
  expect(stampOf(files)).not.toBe(before);
});
