import { isIP } from 'node:net';
import type { PasskeyPlace } from '@chorale/module-access';
import type { FastifyRequest } from 'fastify';
import type { IdentityServices } from './identity-services.ts';

/** Where browsers find the page: as configured, else where this one asks. No slash at its end. */
export function publicUrlOf(request: FastifyRequest, { publicUrl }: Pick<IdentityServices, 'publicUrl'>): string {
  return publicUrl === '' ? `${request.protocol}://${request.headers.host ?? ''}` : publicUrl.replace(/\/+$/, '');
}

/** Undefined where browsers have none: passkeys belong to a domain, and an address is none. */
export function findPasskeyPlace(
  request: FastifyRequest,
  identity: Pick<IdentityServices, 'publicUrl'>,
): PasskeyPlace | undefined {
  const { hostname, origin } = new URL(publicUrlOf(request, identity));
  return isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? { domain: hostname, origin } : undefined;
}
