// Opaque values that a stand-in hands out and takes back: whoever changes one, or brings another's, is found out.

import { createHmac, timingSafeEqual } from 'node:crypto';

export interface Signer {
  sign(content: string): string;
  /** Whether this stand-in, or one of the same secret, signed exactly this. */
  verifies(content: string, signature: string): boolean;
  /** Carries its content with it. */
  seal(content: string): string;
  /** Undefined when it was not sealed here. */
  unseal(sealed: string): string | undefined;
}

export function createSigner(secret: string): Signer {
  const mac = (content: string): string => createHmac('sha256', secret).update(content).digest('base64');
  const verifies = (content: string, signature: string): boolean => {
    const expected = Buffer.from(mac(content));
    const given = Buffer.from(signature);
    return expected.length === given.length && timingSafeEqual(expected, given);
  };
  return {
    sign: mac,
    verifies,
    seal: (content) => `${Buffer.from(content).toString('base64url')}.${mac(content)}`,
    unseal(sealed) {
      const dot = sealed.indexOf('.');
      if (dot < 0) return undefined;
      const content = Buffer.from(sealed.slice(0, dot), 'base64url').toString();
      return verifies(content, sealed.slice(dot + 1)) ? content : undefined;
    },
  };
}
