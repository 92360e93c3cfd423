import { expect, test } from 'vitest';
import { cut, harmless, oneLine, widthOf } from './text-width.ts';

test('wide characters count twice, combined ones once, escape sequences not at all', () => {
  expect(['abc', '日本', 'é', 'e\u0301', '👩‍👩‍👧', '\u001B[31mred\u001B[39m'].map(widthOf)).toEqual([3, 4, 1, 1, 2, 3]);
});

test('a cut never passes the width and never halves a character', () => {
  for (const text of ['a plain sentence', '日本語の題名', 'mixed 日本 text', '👩‍👩‍👧👩‍👩‍👧']) {
    for (let width = 1; width < 20; width++)
      expect(widthOf(cut(text, width)), `${text} to ${width}`).toBeLessThanOrEqual(width);
  }
  expect(cut('fits', 4)).toBe('fits');
  expect(cut('too long', 5)).toBe('too …');
});

test('[CLI7] text from anywhere can neither move the cursor nor set the title nor turn its reader around', () => {
  const hostile = '\u001B]0;title\u0007\u001B[2J\u001B[31mred\u0008\u0000\r\u202Eevil';
  expect(harmless(hostile)).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u);
  expect(harmless('two\nlines')).toBe('two\nlines');
  expect(oneLine('two\n  lines\t')).toBe('two lines');
});
