// Passwords as argon2id hashes, in the form of PHC: $argon2id$v=19$m=19456,t=2,p=1$salt$hash.
//
// Invariants: PH1 only so many hashes are made at once: each takes 19 MiB and a thread, and whoever guesses asks for many.
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { broken, temporary } from '@chorale/lib-errors';
import { isCommonPassword } from './common-passwords.ts';
import type { PasswordHasher } from '@chorale/module-access';

interface Cost {
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

/** OWASP's choice for argon2id with little memory: 19 MiB, two passes, one lane. */
const cost: Cost = { memory: 19_456, passes: 2, parallelism: 1 };
const saltBytes = 16;
const hashBytes = 32;
const atOnceMax = 2;
const waitingMax = 64;
const form = /^\$argon2id\$v=19\$m=(\d{1,6}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{16,86})\$([A-Za-z0-9+/]{22,86})$/;

export function createPasswordHasher(): PasswordHasher {
  const inTurn = createTurns();
  return {
    isCommon: isCommonPassword,
    async hash(password) {
      const salt = randomBytes(saltBytes);
      const hash = await inTurn(() => derive(password, salt, { ...cost, length: hashBytes }));
      const { memory, passes, parallelism } = cost;
      return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${encode(salt)}$${encode(hash)}`;
    },
    async verify(password, text) {
      const [, memory, passes, parallelism, salt, hash] = form.exec(text) ?? [];
      if (salt === undefined || hash === undefined)
        throw broken('password-hash-unreadable', 'A password is kept in a form that is none of argon2id.');
      const found: Cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
      const expected = Buffer.from(hash, 'base64');
      const derived = await inTurn(() =>
        derive(password, Buffer.from(salt, 'base64'), { ...found, length: expected.length }),
      );
      const stale =
        found.memory !== cost.memory || found.passes !== cost.passes || found.parallelism !== cost.parallelism;
      return { matches: timingSafeEqual(derived, expected), stale };
    },
  };
}

function derive(
  password: string,
  salt: Buffer,
  { length, ...given }: Cost & { readonly length: number },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    argon2('argon2id', { ...given, message: password, nonce: salt, tagLength: length }, (error, hash) =>
      error === null ? resolve(hash) : reject(error),
    );
  });
}

/** PHC has base 64 without the padding. */
function encode(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

function createTurns(): <T>(run: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (run) => {
    if (running >= atOnceMax) {
      if (waiting.length >= waitingMax)
        throw temporary('login-busy', 'Too many log in at the same time.', { retryAfterMs: 2_000 });
      await new Promise<void>((resolve) => void waiting.push(resolve));
    } else running += 1;
    try {
      return await run();
    } finally {
      // Its turn is handed on.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
