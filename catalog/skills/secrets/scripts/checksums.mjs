// Checksums and structures that real credentials carry. A right one makes a finding certain; a wrong one makes an example likely.
// Each check takes the matched text and returns 'right', 'wrong', or undefined when it cannot tell.

import { createHash } from 'node:crypto';

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const bech32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

const crcTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** CRC-32 as in zip files, of ASCII text. */
export function crc32(text) {
  let crc = 0xffffffff;
  for (let index = 0; index < text.length; index++) crc = crcTable[(crc ^ text.charCodeAt(index)) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** GitHub (`ghp_` and its like) and npm: 30 random characters, then their CRC-32 in base 62, six digits. */
export function base62Checksum(token) {
  const body = token.slice(token.indexOf('_') + 1);
  if (body.length !== 36) return undefined;
  let rest = crc32(body.slice(0, 30));
  let digits = '';
  for (let index = 0; index < 6; index++) {
    digits = base62[rest % 62] + digits;
    rest = Math.floor(rest / 62);
  }
  return digits === body.slice(30) ? 'right' : 'wrong';
}

/** Grafana: `glsa_` and 32 characters, then the CRC-32 of all that, least byte first, in hexadecimal. */
export function grafanaChecksum(token) {
  const [head, stated] = [token.slice(0, -9), token.slice(-8)];
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(crc32(head));
  return bytes.toString('hex') === stated.toLowerCase() ? 'right' : 'wrong';
}

/** age: bech32 with the prefix AGE-SECRET-KEY-. */
export function bech32Checksum(token) {
  const lower = token.toLowerCase();
  const split = lower.lastIndexOf('1');
  const prefix = lower.slice(0, split);
  const data = Array.from(lower.slice(split + 1), (character) => bech32.indexOf(character));
  if (data.includes(-1)) return 'wrong';
  const expanded = [...prefix].map((character) => character.charCodeAt(0));
  const values = [...expanded.map((code) => code >> 5), 0, ...expanded.map((code) => code & 31), ...data];
  const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
  let check = 1;
  for (const value of values) {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ value;
    for (let bit = 0; bit < 5; bit++) if ((top >>> bit) & 1) check ^= generators[bit];
  }
  return check === 1 ? 'right' : 'wrong';
}

/** Bitcoin private keys (WIF): base 58 with four bytes of a double SHA-256. */
export function base58Checksum(token) {
  let value = 0n;
  for (const character of token) {
    const digit = base58.indexOf(character);
    if (digit === -1) return 'wrong';
    value = value * 58n + BigInt(digit);
  }
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  if (bytes.length < 37 || bytes[0] !== 0x80) return 'wrong';
  const hash = (data) => createHash('sha256').update(data).digest();
  const expected = hash(hash(bytes.subarray(0, -4))).subarray(0, 4);
  return expected.equals(bytes.subarray(-4)) ? 'right' : 'wrong';
}

/** The first part of a JSON Web Token is base64url of an object that names an algorithm. */
export function jwtStructure(token) {
  try {
    const header = JSON.parse(Buffer.from(token.split('.')[0], 'base64url').toString('utf8'));
    return typeof header.alg === 'string' && header.alg.toLowerCase() !== 'none' ? undefined : 'wrong';
  } catch {
    return 'wrong';
  }
}

/** A private key in PEM: base64 between the lines that decodes to an ASN.1 sequence or to OpenSSH's own form. */
export function pemStructure(block) {
  const body = block
    .replaceAll(/-----[^-]+-----/g, '')
    .replaceAll(/\\[nr]/g, '\n')
    .replaceAll(/^\s*[A-Za-z-]+:.*$/gm, '')
    .replaceAll(/["'+,\s]/g, '');
  if (body.length < 40 || !/^[A-Za-z0-9+/=]+$/.test(body)) return 'wrong';
  const bytes = Buffer.from(body, 'base64');
  const isOpenSsh = bytes.subarray(0, 14).toString('latin1') === 'openssh-key-v1';
  if (/PGP/.test(block.slice(0, 60))) return undefined;
  if (!isOpenSsh && bytes[0] !== 0x30) return /ENCRYPTED/.test(block) ? undefined : 'wrong';
  return 'right';
}

/** `user:password` in base64, as in Docker's configuration and in HTTP Basic authentication. */
export function basicPair(token) {
  const text = Buffer.from(token, 'base64').toString('latin1');
  return /^[\x20-\x7e]{1,80}:[\x20-\x7e]{3,200}$/.test(text) ? undefined : 'wrong';
}

/** A Discord token begins with a user's number in base64. */
export function discordStructure(token) {
  return /^\d{16,20}$/.test(Buffer.from(token.split('.')[0], 'base64').toString('latin1')) ? 'right' : 'wrong';
}

/** Bits per character of a text's own distribution; random base64 of 40 characters has about 4.7. */
export function entropyOf(text) {
  const counts = new Map();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
