// Private keys in PEM, tokens in JWT, passwords in addresses: secrets known by the form around them.

import { secret, type Finding } from './finding.ts';

const pemBegin = '-----BEGIN ';
/** A key of 16,384 bits is about 13 KB. */
const pemMax = 32_768;

export function findPrivateKeys(text: string): readonly Finding[] {
  const found: Finding[] = [];
  let at = text.indexOf(pemBegin);
  while (at !== -1) {
    const title = /^[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/.exec(text.slice(at + pemBegin.length, at + 80))?.[0];
    const from = at + pemBegin.length + (title?.length ?? 0);
    if (title !== undefined) {
      const end = pemEnd(text, from);
      found.push(secret('private-key', 'pem', [at, end]));
      at = text.indexOf(pemBegin, end);
    } else at = text.indexOf(pemBegin, from);
  }
  return found;
}

/** Behind the closing line; where there is none, behind what can still be of the key. */
function pemEnd(text: string, from: number): number {
  const window = text.slice(from, from + pemMax);
  const body = /^(?:[\w+/=:,\s]|\\[rn]|-(?!----))*/.exec(window)?.[0].length ?? 0;
  const closing = /^-----END [A-Z0-9 ]{0,60}-----/.exec(window.slice(body, body + 80))?.[0].length ?? 0;
  return from + body + closing;
}

const isTokenSign = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 45 || code === 95;

/** Three (signed) or five (encrypted) parts, of which the first is the JSON of a header: RFC 7519. */
export function findWebTokens(text: string): readonly Finding[] {
  const found: Finding[] = [];
  let at = text.indexOf('eyJ');
  while (at !== -1) {
    let end = at;
    const parts: number[] = [];
    for (let from = at; ; from = end + 1) {
      end = from;
      while (end < text.length && isTokenSign(text.charCodeAt(end))) end++;
      parts.push(end - from);
      if (text[end] !== '.' || parts.length === 5 || !isTokenSign(text.charCodeAt(end + 1))) break;
    }
    const [header = 0, body = 0] = parts;
    if (parts.length >= 3 && header >= 12 && (body >= 8 || parts.length === 5))
      found.push(secret('token', 'jwt', [at, end]));
    // What was walked over holds no further token: its parts were read to their ends.
    at = text.indexOf('eyJ', end + 1);
  }
  return found;
}

const userinfoMax = 512;

/** `scheme://user:password@host`: the password. */
export function findAddressPasswords(text: string): readonly Finding[] {
  const found: Finding[] = [];
  for (let at = text.indexOf('://'); at !== -1; at = text.indexOf('://', at + 3)) {
    const after = text.slice(at + 3, at + 3 + userinfoMax);
    const authority = /^[^\s/"'<>`]*/.exec(after)?.[0] ?? '';
    const sign = authority.lastIndexOf('@');
    const colon = authority.indexOf(':');
    if (colon === -1 || sign <= colon + 1) continue;
    const password = authority.slice(colon + 1, sign);
    if (!isPlaceholder(password)) found.push(secret('password', 'in-address', [at + 4 + colon, at + 3 + sign]));
  }
  return found;
}

/** What documents write where a secret belongs. */
export const isPlaceholder = (value: string): boolean =>
  /^(?:[<{[$%].*|\*+|x{3,}|\.{3,}|pass(?:word)?|secret|changeme|example|your[-_ ]?.*|(?:my|the|some)[-_].*|null|none|undefined|true|false|redacted.*|masked_.*)$/i.test(
    value,
  );
