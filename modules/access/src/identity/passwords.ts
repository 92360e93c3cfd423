// Passwords of people: kept as slow hashes, judged when they are chosen.
//
// Invariants: PW1 a wrong password and an account that is not there cost the same time and say the same.
import { refused } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import type { IdentityPorts, PasswordHasher } from './identity-ports.ts';
import { makeSecret } from './token-text.ts';

export const passwordLengthMin = 12;
const passwordLengthMax = 256;
const distinctMin = 5;

export interface SetPassword {
  readonly tenantId: TenantId;
  readonly userId: string;
  readonly login: string;
  readonly password: string;
}

export interface Passwords {
  /** @throws refused `password-weak`. */
  judge(password: string, login: string): Promise<void>;
  /** @throws refused `password-weak`. */
  set(password: SetPassword): Promise<void>;
  /** Without a user, it takes as long and is false. */
  matches(tenantId: TenantId, userId: string | undefined, password: string): Promise<boolean>;
  isSet(tenantId: TenantId, userId: string): Promise<boolean>;
}

export function openPasswords(ports: IdentityPorts & { readonly passwords: PasswordHasher }): Passwords {
  const { store, now, passwords } = ports;
  const judge = async (password: string, login: string): Promise<void> => {
    judgePassword(password, login);
    if (await passwords.isCommon(password.normalize('NFC'))) throw weak('is one that many people have');
  };
  let nobodys: Promise<string> | undefined;
  const put = async (tenantId: TenantId, userId: string, password: string): Promise<void> => {
    const body = { hash: await passwords.hash(password), changedAt: now() };
    for (;;) {
      const before = await store.findRecord(tenantId, 'password', userId);
      const version = (before?.version ?? 0) + 1;
      const record = { tenantId, kind: 'password' as const, id: userId, userId, version, body };
      const write = before === undefined ? ('add' as const) : ('replace' as const);
      if ((await store.execute({ command: 'write-identity', tenantId, writes: [{ write, record }] })).done) return;
    }
  };
  return {
    judge,
    async set({ tenantId, userId, login, password }) {
      await judge(password, login);
      await put(tenantId, userId, password.normalize('NFC'));
    },
    async matches(tenantId, userId, password) {
      const kept = userId === undefined ? undefined : await store.findRecord(tenantId, 'password', userId);
      const given = password.normalize('NFC');
      const hash = kept?.body.hash ?? (await (nobodys ??= passwords.hash(makeSecret(ports))));
      const { matches, stale } = await passwords.verify(given, hash);
      if (kept === undefined || !matches) return false;
      if (stale) await put(tenantId, kept.id, given);
      return true;
    },
    isSet: async (tenantId, userId) => (await store.findRecord(tenantId, 'password', userId)) !== undefined,
  };
}

/** Length counts, not which kinds of characters there are (OWASP ASVS 5.0, 6.2). @throws refused `password-weak`. */
function judgePassword(password: string, login: string): void {
  const text = password.normalize('NFC');
  if (Array.from(text).length < passwordLengthMin) throw weak(`has fewer than ${passwordLengthMin} characters`);
  if (text.length > passwordLengthMax) throw weak(`has more than ${passwordLengthMax} characters`);
  const plain = text.toLowerCase();
  if (new Set(plain).size < distinctMin) throw weak(`has fewer than ${distinctMin} different characters`);
  const rest = [login.toLowerCase(), 'chorale', ...guessedFirst].reduce(
    (left, word) => left.replaceAll(word, ''),
    plain,
  );
  if (rest.length < passwordLengthMin / 2) throw weak('is little more than a word that is guessed first');
}

/** What long passwords are made of that are guessed first; the shorter ones of such lists are too short anyway. */
const guessedFirst: readonly string[] = (
  'password passw0rd p@ssw0rd qwertyuiop qwerty asdfghjkl 1q2w3e4r zxcvbnm letmein welcome 1234567890 123456789 123123 ' +
  '987654321 abcdefghijkl abc123 iloveyou administrator changeme'
).split(' ');

function weak(why: string): Error {
  return refused('password-weak', `That password ${why}.`, {
    action: `Choose ${passwordLengthMin} to ${passwordLengthMax} characters; a few words that only you would put together do well.`,
  });
}
