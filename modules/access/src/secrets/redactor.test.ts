import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeRedactor } from './redactor.ts';
import { secretPatterns } from './secret-patterns.ts';

const token = 'gh~p/Zx9+Qw3&é "k7\'<2m';
const redactor = makeRedactor([{ name: 'TOKEN', value: token }]);
const bytes = Buffer.from(token);

describe('what is hidden', () => {
  const forms: Readonly<Record<string, string>> = {
    plain: token,
    'base 64': bytes.toString('base64'),
    'base 64 for addresses': bytes.toString('base64url'),
    'base 64 of a header': Buffer.from(`user:${token}`).toString('base64'),
    'base 64 of a longer text': Buffer.from(`ab${token}more`).toString('base64'),
    hex: bytes.toString('hex'),
    'upper hex': bytes.toString('hex').toUpperCase(),
    'an address': encodeURIComponent(token),
    'a form': new URLSearchParams({ t: token }).toString(),
    'an address in lower case': encodeURIComponent(token).replaceAll(/%../g, (code) => code.toLowerCase()),
    JSON: JSON.stringify({ token }),
    'JSON in JSON': JSON.stringify(JSON.stringify({ token })),
    'a page': token.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;'),
    'a shell': `'${token.replaceAll("'", "'\\''")}'`,
  };

  test.each(Object.entries(forms))('[SK9] a secret is hidden in %s', (_, form) => {
    const seen = redactor.redact(`before ${form} after`);
    expect(seen).toContain('[secret:TOKEN]');
    expect(seen.startsWith('before ')).toBe(true);
    expect(seen.endsWith(' after')).toBe(true);
    // Of base 64, two characters at each end may depend on neighbours.
    const left = seen.slice(7, -6).replaceAll('[secret:TOKEN]', '');
    expect(left.length).toBeLessThanOrEqual(form.length - token.length + 4);
    for (const pattern of secretPatterns(token)) expect(seen).not.toContain(pattern);
  });

  test('[SK9] lines of a key are hidden one by one, short values are named as not looked for', () => {
    const key = '-----BEGIN KEY-----\nMIIEowIBAAKCAQEAabcdef\nZZZZowIBAAKCAQEAabcdef\n-----END KEY-----';
    const lines = makeRedactor([
      { name: 'KEY', value: key },
      { name: 'PIN', value: '1234' },
    ]);
    expect(lines.redact('1: MIIEowIBAAKCAQEAabcdef\n2: 1234')).toBe('1: [secret:KEY]\n2: 1234');
    expect(lines.unprotected).toEqual(['PIN']);
  });

  test('[SK9] where patterns overlap, nothing of either is left', () => {
    const both = makeRedactor([
      { name: 'A', value: 'abcdefgh' },
      { name: 'B', value: 'efghijkl' },
      { name: 'C', value: 'abcdefghXYZ' },
    ]);
    expect(both.redact('<abcdefghijkl>')).toBe('<[secret:A]>');
    expect(both.redact('<abcdefghXYZ>')).toBe('<[secret:C]>');
    expect(both.redact('<abcdefghXY>')).toBe('<[secret:A]XY>');
    expect(both.redact('<abcdefghabcdefgh>')).toBe('<[secret:A][secret:A]>');
    expect(both.redact('<abcdefg efghijk>')).toBe('<abcdefg efghijk>');
  });

  test('[SK9] a run without end is hidden under one mark, and not held', () => {
    const dull = makeRedactor([{ name: 'DULL', value: 'aaaaaaaa' }]);
    const stream = dull.textStream();
    let seen = '';
    for (let no = 0; no < 30; no++) seen += stream.push('a'.repeat(100_000));
    seen += stream.push('b') + stream.end();
    expect(seen).toBe('[secret:DULL]b');
  });

  test('[SK9] in JSON, texts and keys are hidden, and all else stays as it is', () => {
    const value = { a: [token, 1, null, true], [token]: { b: `x${token}` } };
    expect(redactor.redactJson(value)).toEqual({
      a: ['[secret:TOKEN]', 1, null, true],
      '[secret:TOKEN]': { b: 'x[secret:TOKEN]' },
    });
  });
});

describe('streams', () => {
  const secret = fc.string({
    unit: fc.constantFrom('a', 'b', '/', '%', 'é', '\u{1f600}'),
    minLength: 6,
    maxLength: 12,
  });
  const encode = fc.constantFrom<(text: string) => string>(
    (text) => text,
    (text) => Buffer.from(text).toString('base64'),
    encodeURIComponent,
    (text) => JSON.stringify(text).slice(1, -1),
  );
  const piece = fc.oneof(
    fc.record({ secret: fc.nat({ max: 2 }), encode }),
    fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', '%', 'é'), maxLength: 8 }),
  );
  const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 30 });

  function cutAt<T extends { readonly length: number }>(
    whole: T,
    places: readonly number[],
    slice: (a: number, b: number) => T,
  ): T[] {
    const ends = [...new Set(places.map((place) => place % (whole.length + 1)))].toSorted((a, b) => a - b);
    return [...ends, whole.length].map((end, index) => slice(ends[index - 1] ?? 0, end));
  }

  test('[SK10] wherever a stream is cut, what comes out is what the whole gives, and holds no secret', () => {
    fc.assert(
      fc.property(fc.array(secret, { minLength: 3, maxLength: 3 }), fc.array(piece), cuts, (values, pieces, places) => {
        const streamed = makeRedactor(values.map((value, no) => ({ name: `S${no}`, value })));
        const text = pieces.map((one) => (typeof one === 'string' ? one : one.encode(values[one.secret]!))).join('');
        const whole = streamed.redact(text);
        const texts = streamed.textStream();
        const seen = cutAt(text, places, (a, b) => text.slice(a, b)).map((part) => texts.push(part));
        expect(seen.join('') + texts.end()).toBe(whole);
        const raw = new Uint8Array(Buffer.from(text));
        const rawStream = streamed.byteStream();
        const parts = cutAt(raw, places, (a, b) => raw.slice(a, b)).map((part) => rawStream.push(part));
        expect(Buffer.concat([...parts, rawStream.end()]).toString()).toBe(whole);
        for (const value of values) expect(whole.replaceAll(/\[secret:S\d\]/g, '|')).not.toContain(value);
      }),
      { numRuns: 300 },
    );
  });

  test('[SK10] what holds no secret comes out as it went in, binary included, and waits for less than a pattern', () => {
    const raw = Uint8Array.from({ length: 10_000 }, (_, no) => (no * 31) % 256);
    const stream = redactor.byteStream();
    let given = 0;
    const parts: Uint8Array[] = [];
    for (let at = 0; at < raw.length; at += 100) {
      const part = stream.push(raw.slice(at, at + 100));
      given += part.length;
      expect(at + 100 - given).toBeLessThan(100);
      parts.push(part);
    }
    expect(Buffer.concat([...parts, stream.end()]).equals(raw)).toBe(true);
  });
});
