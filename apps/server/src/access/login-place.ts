// From where somebody logs in, and what their browser keeps afterwards.
import type { LoggedIn, LoginPlace } from '@chorale/module-access';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IdentityServices } from './identity-services.ts';
import { readCookies, setCookie } from './session-cookie.ts';

const deviceSeconds = 180 * 24 * 3_600;

export function placeOf(request: FastifyRequest, { secure }: Pick<IdentityServices, 'secure'>): LoginPlace {
  const { session, device } = readCookies(request, secure);
  return {
    address: networkOf(request.ip),
    agent: request.headers['user-agent'] ?? '',
    ...(device === undefined ? {} : { device }),
    ...(session === undefined ? {} : { replaces: session }),
  };
}

export function keepLogin(
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  { secure }: Pick<IdentityServices, 'secure'>,
  { token, expiresAt, device }: Pick<LoggedIn, 'token' | 'expiresAt' | 'device'>,
): void {
  const to = { request, reply, secure };
  setCookie(to, 'session', { value: token, seconds: Math.max(1, Math.floor((expiresAt - Date.now()) / 1_000)) });
  setCookie(to, 'device', { value: device, seconds: deviceSeconds });
}

/** Of IPv6 the first 64 bits: who has one such address has all of them. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  const first = [...before, ...zeros, ...after].slice(0, 4).map((part) => part.replace(/^0+(?=.)/, '').toLowerCase());
  return `${first.join(':')}::/64`;
}
