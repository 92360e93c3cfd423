// When two texts say the same: their words alike, or nearly alike.

import { splitTerms, wordsOf } from './split-terms.ts';

/** The text without case, accents, punctuation and space. Texts with one normal form are the same. */
export function normalForm(text: string): string {
  return wordsOf(text).join(' ');
}

/** 53 bits of a text, as digits; for looking up, never for proof. After the public domain cyrb53. */
export function hashText(text: string, seed = 0): number {
  let [high, low] = [0xdeadbeef ^ seed, 0x41c6ce57 ^ seed];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 2_654_435_761);
    low = Math.imul(low ^ code, 1_597_334_677);
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  return 4_294_967_296 * (2_097_151 & low) + (high >>> 0);
}

// MinHash in 4 bands of 3: texts that share nine tenths of their words meet in a band with 99 %, those that share half
// with 41 %; whoever meets is compared word by word.
const bands = 4;
const hashesPerBand = 3;
/** Shorter texts are the same or they are not. */
const sketchTermsMin = 6;
/** Of their words, how many near repeats share. */
export const nearShare = 0.85;

/** Numbers of which texts that are nearly alike share at least one; none for short texts. */
export function sketchText(text: string): readonly number[] {
  const terms = [...new Set(splitTerms(text))];
  if (terms.length < sketchTermsMin) return [];
  const hashes = terms.map((term) => hashText(term) % 4_294_967_296);
  return Array.from({ length: bands }, (_, band) => {
    let key = String(band);
    for (let row = 0; row < hashesPerBand; row++) {
      const salt = Math.imul(band * hashesPerBand + row + 1, 0x9e3779b1);
      let least = 4_294_967_295;
      for (const hash of hashes) least = Math.min(least, mix(hash ^ salt));
      key += `.${least}`;
    }
    return hashText(key);
  });
}

function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** Of all the words of both, how many both have. */
export function sharedWords(a: string, b: string): number {
  const [left, right] = [new Set(splitTerms(a)), new Set(splitTerms(b))];
  let both = 0;
  for (const term of left) if (right.has(term)) both++;
  const all = left.size + right.size - both;
  return all === 0 ? 1 : both / all;
}

/** Of the words of a text, how many stand in the others. */
export function coveredWords(text: string, others: readonly string[]): number {
  const terms = new Set(splitTerms(text));
  const known = new Set(others.flatMap((other) => [...splitTerms(other)]));
  let covered = 0;
  for (const term of terms) if (known.has(term)) covered++;
  return terms.size === 0 ? 1 : covered / terms.size;
}
