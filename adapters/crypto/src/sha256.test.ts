import { expect, test } from 'vitest';
import { randomBytes, sha256 } from './sha256.ts';

test('[AU2] hashes are those of the standard, of bytes and of texts', () => {
  const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  expect(Buffer.from(sha256('')).toString('hex')).toBe(empty);
  expect(sha256('é')).toEqual(sha256(Buffer.from('é')));
});

test('[SK8] random bytes are given out once, have the length that was asked for, and are their own', () => {
  const seen = new Set<string>();
  for (let no = 0; no < 20_000; no++) {
    const bytes = randomBytes(no % 2 === 0 ? 16 : 33);
    expect(bytes.length).toBe(no % 2 === 0 ? 16 : 33);
    seen.add(Buffer.from(bytes).toString('hex'));
    bytes.fill(0);
  }
  expect(seen.size).toBe(20_000);
  expect(randomBytes(1_000).length).toBe(1_000);
  expect(randomBytes(0).length).toBe(0);
});
