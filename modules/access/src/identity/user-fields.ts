// What may be called a user or a group: one form for each name, so that two that look alike are one.
import { refused } from '@chorale/lib-errors';

const nameLengthMax = 256;
const unprintable = /[\p{C}\p{Z}]/u;

/** What somebody logs in with: any printable text without spaces, in lower case. @throws refused `login-invalid`. */
export function normalizeLogin(text: string): string {
  const login = text.normalize('NFKC').trim().toLowerCase();
  if (login === '' || login.length > nameLengthMax || unprintable.test(login))
    throw refused('login-invalid', 'A login name is 1 to 256 printable characters without spaces.', {
      action: 'Use a short name or an address of mail.',
    });
  return login;
}

/** How somebody or something is shown. */
export function tidyName(text: string): string {
  return text
    .normalize('NFC')
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, nameLengthMax);
}
