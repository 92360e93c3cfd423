// AES-256-GCM as NIST SP 800-38D has it: a nonce of 96 random bits, a tag of 128. A tenant's data key would have to seal
// 2^32 values before nonces repeat with a chance of 2^-32; secrets are thousands.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { SecretCipher } from '@chorale/module-access';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

export const secretCipher: SecretCipher = {
  seal(key, plain, bound) {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes }).setAAD(bound);
    const body = Buffer.concat([cipher.update(plain), cipher.final()]);
    return new Uint8Array(Buffer.concat([nonce, body, cipher.getAuthTag()]));
  },
  open(key, sealed, bound) {
    if (sealed.length < nonceBytes + tagBytes) return undefined;
    const bodyEnd = sealed.length - tagBytes;
    const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes });
    decipher.setAAD(bound).setAuthTag(sealed.subarray(bodyEnd));
    try {
      const body = decipher.update(sealed.subarray(nonceBytes, bodyEnd));
      return new Uint8Array(Buffer.concat([body, decipher.final()]));
    } catch {
      // The tag does not fit: another key, other bytes, or bound to something else.
      return undefined;
    }
  },
};
