import { argon2Sync } from 'node:crypto';
import { expect, test } from 'vitest';
import { createPasswordHasher } from './password-hasher.ts';

const passwords = createPasswordHasher();

test('[ID5] a password matches its own hash alone, and the same password never has the same hash', async () => {
  const [first, second] = await Promise.all([
    passwords.hash('a long päss phrase'),
    passwords.hash('a long päss phrase'),
  ]);
  expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[^$]{22}\$[^$]{43}$/);
  expect(first).not.toBe(second);
  expect(await passwords.verify('a long päss phrase', first)).toEqual({ matches: true, stale: false });
  expect(await passwords.verify('a long pass phrase', first)).toEqual({ matches: false, stale: false });
});

test('[ID5] hashes of other parameters match too and are called stale; what is no hash is a defect', async () => {
  const nonce = Buffer.alloc(16, 7);
  const weak = argon2Sync('argon2id', { message: 'old', nonce, memory: 64, passes: 1, parallelism: 1, tagLength: 32 });
  const text = `$argon2id$v=19$m=64,t=1,p=1$${nonce.toString('base64').replace(/=+$/, '')}$${weak.toString('base64').replace(/=+$/, '')}`;
  expect(await passwords.verify('old', text)).toEqual({ matches: true, stale: true });
  await expect(passwords.verify('old', 'old')).rejects.toMatchObject({ code: 'password-hash-unreadable' });
});

test('[ID5] more hashes at once than can wait are put off', async () => {
  const all = await Promise.allSettled(Array.from({ length: 70 }, () => passwords.verify('x', cheap)));
  const putOff = all.filter(({ status }) => status === 'rejected');
  expect(putOff).toHaveLength(4);
  expect((putOff[0] as PromiseRejectedResult).reason).toMatchObject({ family: 'temporary', code: 'login-busy' });
});

const cheap = `$argon2id$v=19$m=8,t=1,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`;
