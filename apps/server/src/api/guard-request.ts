// What every request must pass before anything looks at it, and what every answer carries.
//
// A server on loopback is still reached by every page its owner's browser opens. Two things keep those out: a name
// that a foreign page made to point at 127.0.0.1 is not in `hosts` (DNS rebinding), and a change that a foreign page
// sends carries that page's Origin. No answer allows another origin to read it.
import { refused } from '@chorale/lib-errors';
import type { FastifyRequest } from 'fastify';
import type { ApiServices } from './services.ts';

/** Values as helmet gives them; set from one object because a hook per header halves what the server can answer. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  'cache-control': 'no-store',
};

const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Throws `host-refused` or `origin-refused`. */
export function guardRequest(request: FastifyRequest, hosts: ApiServices['hosts']): void {
  const host = request.headers.host ?? '';
  if (hosts !== 'any') refuseHost(host, hosts);
  if (request.method !== 'GET' && request.method !== 'HEAD') refuseOrigin(request, host);
}

function refuseHost(host: string, hosts: readonly string[]): void {
  const name = host.replace(/:\d{1,5}$/, '').toLowerCase();
  if (loopbackHosts.has(name) || hosts.includes(name)) return;
  throw refused('host-refused', 'the request names a host that this server does not answer for', {
    action: 'use http://127.0.0.1 or http://localhost, or add the name to the hosts of the configuration',
  });
}

function refuseOrigin({ headers }: FastifyRequest, host: string): void {
  const site = headers['sec-fetch-site'];
  const fromElsewhere = site !== undefined && site !== 'same-origin' && site !== 'none';
  if (!fromElsewhere && (headers.origin === undefined || isSameHost(headers.origin, host))) return;
  throw refused('origin-refused', 'a page of another origin may not change anything here', {
    action: 'use the page that this server delivers, or a program that sends no Origin',
  });
}

function isSameHost(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}
