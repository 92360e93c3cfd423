import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { makeKeyText, openKeyFile, readKeyText } from './key-encryption-keys.ts';
import { secretCipher } from './secret-cipher.ts';
import { randomBytes } from './sha256.ts';

const directory = mkdtempSync(join(tmpdir(), 'chorale-kek-'));
const bound = Buffer.from('of north');
const dataKey = randomBytes(32);

afterAll(() => rmSync(directory, { recursive: true }));

describe('the cipher', () => {
  const plain = Buffer.from('value');
  const sealed = secretCipher.seal(dataKey, plain, bound);

  test('[SK1] it opens what it sealed, and seals the same value differently each time', () => {
    expect(Buffer.from(secretCipher.open(dataKey, sealed, bound)!).toString()).toBe('value');
    expect(secretCipher.seal(dataKey, plain, bound)).not.toEqual(sealed);
    expect(sealed.length).toBe(plain.length + 12 + 16);
  });

  test('[SK1] with any bit changed, cut short, under another key or bound to something else, it opens nothing', () => {
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const flipped = sealed.with(bit >> 3, sealed[bit >> 3]! ^ (1 << (bit & 7)));
      expect(secretCipher.open(dataKey, flipped, bound)).toBeUndefined();
    }
    for (let length = 0; length < sealed.length; length++)
      expect(secretCipher.open(dataKey, sealed.slice(0, length), bound)).toBeUndefined();
    expect(secretCipher.open(randomBytes(32), sealed, bound)).toBeUndefined();
    expect(secretCipher.open(dataKey, sealed, Buffer.from('of south'))).toBeUndefined();
  });
});

describe('key-encryption keys', () => {
  test('[SK8] the first start makes a key that its owner alone may read, and later starts find it', async () => {
    const path = join(directory, 'data', 'secrets.key');
    const wrapped = await openKeyFile(path).wrap(dataKey, bound);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const text = readFileSync(path, 'utf8');
    expect(Buffer.from((await openKeyFile(path).unwrap(wrapped, bound)) ?? []).equals(dataKey)).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  test('[SK8] a file that others may use is refused, and the message has no key in it', () => {
    const path = join(directory, 'exposed.key');
    openKeyFile(path);
    for (const mode of [0o640, 0o604, 0o610, 0o602]) {
      chmodSync(path, mode);
      expect(() => openKeyFile(path)).toThrow(expect.objectContaining({ family: 'refused', code: 'key-file-exposed' }));
    }
    chmodSync(path, 0o600);
    const key = makeKeyText();
    for (const text of ['', `${key}x`, key.slice(4), `${key} ${key.slice(1)}`, 'not a key']) {
      writeFileSync(path, text);
      const problem = {
        code: 'key-encryption-key-invalid',
        message: expect.not.stringContaining(key.slice(4, 20)) as string,
      };
      expect(() => openKeyFile(path)).toThrow(expect.objectContaining(problem));
    }
  });

  test('[SK6] the first key wraps and all unwrap; one that is gone, or bound otherwise, unwraps nothing', async () => {
    const [old, young] = [makeKeyText(), makeKeyText()];
    const before = readKeyText(old, 'KEY');
    const wrapped = await before.wrap(dataKey, bound);
    const both = readKeyText(`${young}, ${old}`, 'KEY');
    expect(await both.unwrap(wrapped, bound)).toEqual(new Uint8Array(dataKey));
    expect(await both.unwrap(wrapped, Buffer.from('of south'))).toBeUndefined();
    expect(wrapped.wrappedBy).toBe(await before.current());
    expect((await both.wrap(dataKey, bound)).wrappedBy).toBe(await readKeyText(young, 'KEY').current());
    expect(await readKeyText(young, 'KEY').unwrap(wrapped, bound)).toBeUndefined();
    expect(wrapped.wrappedBy).not.toContain(old.slice(0, 8));
  });
});
