// Brings the forms of an English word to one stem, so that `camped`, `camping` and `camps` are the same word: the rules of
// M. F. Porter, "An algorithm for suffix stripping" (1980), after the words whose forms follow no rule. Words of other
// alphabets and of two letters stay as they are.

import { baseForms } from './irregular-words.ts';

type Rule = readonly [ending: string, instead: string];

const step2: readonly Rule[] = [
  ['ational', 'ate'],
  ['tional', 'tion'],
  ['enci', 'ence'],
  ['anci', 'ance'],
  ['izer', 'ize'],
  ['abli', 'able'],
  ['alli', 'al'],
  ['entli', 'ent'],
  ['eli', 'e'],
  ['ousli', 'ous'],
  ['ization', 'ize'],
  ['ation', 'ate'],
  ['ator', 'ate'],
  ['alism', 'al'],
  ['iveness', 'ive'],
  ['fulness', 'ful'],
  ['ousness', 'ous'],
  ['aliti', 'al'],
  ['iviti', 'ive'],
  ['biliti', 'ble'],
];
const step3: readonly Rule[] = [
  ['icate', 'ic'],
  ['ative', ''],
  ['alize', 'al'],
  ['iciti', 'ic'],
  ['ical', 'ic'],
  ['ful', ''],
  ['ness', ''],
];
// The longer endings first where one ends in the other.
const step4 = 'al ance ence er ic able ible ant ement ment ent sion tion ou ism ate iti ous ive ize'.split(' ');

/** Words come again and again; past so many the stems that were kept are forgotten. */
const keptMax = 50_000;
const kept = new Map<string, string>();

export function stemWord(word: string): string {
  let stem = kept.get(word);
  if (stem === undefined) {
    stem = findStem(word);
    if (kept.size >= keptMax) kept.clear();
    kept.set(word, stem);
  }
  return stem;
}

function findStem(word: string): string {
  const base = baseForms.get(word) ?? word;
  if (base.length < 3 || !/^[a-z]+$/.test(base)) return base;
  let stem = withoutPlural(base);
  stem = withoutPast(stem);
  if (stem.endsWith('y') && hasVowel(stem.slice(0, -1))) stem = `${stem.slice(0, -1)}i`;
  stem = replaceEnding(replaceEnding(stem, step2), step3);
  return withoutLastLetters(withoutSuffix(stem));
}

function withoutPlural(word: string): string {
  if (word.endsWith('sses') || word.endsWith('ies')) return word.slice(0, -2);
  return word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
}

function withoutPast(word: string): string {
  if (word.endsWith('eed')) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  const ending = ['ed', 'ing'].find((one) => word.endsWith(one) && hasVowel(word.slice(0, -one.length)));
  if (ending === undefined) return word;
  const stem = word.slice(0, -ending.length);
  if (/(at|bl|iz)$/.test(stem)) return `${stem}e`;
  if (endsDoubled(stem) && !/[lsz]$/.test(stem)) return stem.slice(0, -1);
  return measure(stem) === 1 && endsShort(stem) ? `${stem}e` : stem;
}

function replaceEnding(word: string, rules: readonly Rule[]): string {
  const rule = rules.find(([ending]) => word.endsWith(ending));
  if (rule === undefined) return word;
  const stem = word.slice(0, -rule[0].length);
  return measure(stem) > 0 ? stem + rule[1] : word;
}

function withoutSuffix(word: string): string {
  const ending = step4.find((one) => word.endsWith(one));
  if (ending === undefined) return word;
  // Of `sion` and `tion` only the `ion` goes.
  const stem = word.slice(0, -(ending.endsWith('ion') ? 3 : ending.length));
  return measure(stem) > 1 ? stem : word;
}

function withoutLastLetters(word: string): string {
  let stem = word;
  if (stem.endsWith('e')) {
    const before = stem.slice(0, -1);
    if (measure(before) > 1 || (measure(before) === 1 && !endsShort(before))) stem = before;
  }
  return measure(stem) > 1 && stem.endsWith('ll') ? stem.slice(0, -1) : stem;
}

/** `c` and `v` for each letter; a `y` after a consonant is a vowel. */
function shapeOf(word: string): string {
  let shape = '';
  for (const letter of word) {
    const isVowel = 'aeiou'.includes(letter) || (letter === 'y' && shape.endsWith('c'));
    shape += isVowel ? 'v' : 'c';
  }
  return shape;
}

/** How often a vowel is followed by a consonant. */
function measure(word: string): number {
  return shapeOf(word).match(/v+c+/g)?.length ?? 0;
}

function hasVowel(word: string): boolean {
  return shapeOf(word).includes('v');
}

function endsDoubled(word: string): boolean {
  return word.length > 1 && word.at(-1) === word.at(-2) && shapeOf(word).endsWith('c');
}

/** Consonant, vowel, consonant that is not w, x or y, as in `hop`. */
function endsShort(word: string): boolean {
  return shapeOf(word).endsWith('cvc') && !/[wxy]$/.test(word);
}
