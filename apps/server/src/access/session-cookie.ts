// The cookies of the page: the session, and what makes the browser known to its user's account next time.
//
// Both are HttpOnly and SameSite=Strict; over TLS they are Secure and named `__Host-`, so that no neighbour can set them.
// Cookies know no ports: the port is part of the name, so that two servers of one machine do not log each other out.
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface Cookies {
  readonly session: string | undefined;
  readonly device: string | undefined;
}

type CookieName = keyof Cookies | 'login';

const valueLengthMax = 512;

export function readCookies(
  request: FastifyRequest,
  secure: boolean,
): Cookies & { readonly login: string | undefined } {
  const found = new Map<string, string>();
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const at = part.indexOf('=');
    // The first of a name is the one with the longer path: ours have none, so that nobody's can come before it.
    if (at > 0 && !found.has(part.slice(0, at).trim())) found.set(part.slice(0, at).trim(), part.slice(at + 1).trim());
  }
  const read = (name: CookieName): string | undefined => {
    const value = found.get(nameOf(name, request, secure));
    return value === undefined || value.length > valueLengthMax ? undefined : value;
  };
  return { session: read('session'), device: read('device'), login: read('login') };
}

export interface SetCookies {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly secure: boolean;
}

/** For so many seconds; 0 takes it away. */
export function setCookie(
  to: SetCookies,
  name: CookieName,
  { value, seconds }: { readonly value: string; readonly seconds: number },
): void {
  const { request, reply, secure } = to;
  // A login that was begun elsewhere comes back from there.
  const site = name === 'login' ? 'Lax' : 'Strict';
  const attributes = `Path=/; HttpOnly; SameSite=${site}; Max-Age=${seconds}${secure ? '; Secure' : ''}`;
  const line = `${nameOf(name, request, secure)}=${value}; ${attributes}`;
  // Fastify adds to those that are set already.
  reply.header('set-cookie', line);
}

function nameOf(name: CookieName, { headers }: FastifyRequest, secure: boolean): string {
  if (secure) return `__Host-chorale-${name}`;
  const port = /:(\d{1,5})$/.exec(headers.host ?? '')?.[1] ?? '80';
  return `chorale-${name}-${port}`;
}
