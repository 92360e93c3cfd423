import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromBase64, toBase64, toHex, utf8Bytes, utf8Text } from './bytes.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 60 });
const anyBytes = fc.uint8Array({ maxLength: 60 });

test('[AU1] texts become the UTF-8 that Node makes of them, lone surrogates included', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 }), (units) => {
      const text = String.fromCharCode(...units);
      expect(toHex(utf8Bytes(text))).toBe(Buffer.from(text, 'utf8').toString('hex'));
    }),
  );
});

test('[AU1] bytes are read as UTF-8 exactly where a strict decoder reads them', () => {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const strict = (bytes: Uint8Array): string | undefined => {
    try {
      return decoder.decode(bytes);
    } catch {
      return undefined;
    }
  };
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      expect(utf8Text(bytes)).toBe(strict(bytes));
    }),
  );
  fc.assert(
    fc.property(anyText, (text) => {
      expect(utf8Text(utf8Bytes(text))).toBe(text);
    }),
  );
  for (const hex of ['c080', 'eda080', 'f4908080', 'e08080', 'f0808080', 'c3', 'ff'])
    expect(utf8Text(Buffer.from(hex, 'hex')), hex).toBeUndefined();
  const long = utf8Bytes('a\u20ac\u{1f600}'.repeat(3_000));
  expect(utf8Text(long)).toBe(strict(long));
});

test('[AU1] base 64 is read only as it is written', () => {
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      const text = Buffer.from(bytes).toString('base64');
      expect(toBase64(bytes)).toBe(text);
      expect(fromBase64(text)).toEqual(bytes);
    }),
  );
  for (const text of [
    'QQ',
    'QQ=',
    'QR==',
    'QUE',
    'QUF=',
    'Q Q=',
    'QQ-_',
    '=QQ=',
    '====',
    'QQ==\n',
    'QQ\u00e9=',
    'Q=Q=',
  ])
    expect(fromBase64(text), text).toBeUndefined();
});
