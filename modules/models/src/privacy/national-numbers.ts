// Numbers that states give to people and that are digits alone. A check digit alone is passed by one number in ten or
// eleven: such a number counts when it is written in its own shape or named by a word before it.

import {
  digitAt,
  isDayOfYear,
  pairAt,
  passesLuhn,
  passesMod11And10,
  passesVerhoeff,
  restOf,
  weightedSum,
} from './checksums.ts';
import { personal, type Finding } from './finding.ts';
import { namesThing, wordsBefore, type NumberRun } from './number-runs.ts';

interface NationalNumber {
  readonly what: string;
  readonly length: number;
  readonly check: (digits: string) => boolean;
  /** The shapes it is printed in. */
  readonly shapes: readonly string[];
  /** The signs between its groups, in the order they come; undefined: any one. */
  readonly separators?: string;
  /** What names it. */
  readonly words: RegExp;
  /** Its rules are strong enough to know it without shape or word. */
  readonly strong?: boolean;
}

/** The months of centuries are told apart by adding twenties to the month, as in Poland. */
const isPolishDate = (digits: string): boolean => isDayOfYear(pairAt(digits, 2) % 20, pairAt(digits, 4));
const isDateFromYear = (digits: string, at = 0): boolean => isDayOfYear(pairAt(digits, at + 2), pairAt(digits, at + 4));
const isDateFromDay = (digits: string): boolean => isDayOfYear(pairAt(digits, 2), pairAt(digits, 0));
const last = (digits: string): number => digitAt(digits, digits.length - 1);
const isUniform = (digits: string): boolean => new Set(digits).size === 1;

/** A check digit that is the rest by 11 of a weighted sum, from which a rest of 10 is out. */
const rest11 = (sum: number): number => (11 - (sum % 11)) % 11;

function isSocialSecurityNumber(digits: string): boolean {
  const area = Number(digits.slice(0, 3));
  const group = pairAt(digits, 3);
  if (digits.endsWith('0000') || group === 0 || area === 0 || area === 666) return false;
  // From 900 on they are taxpayers' numbers, of which only these groups are given out.
  return area < 900 || (group >= 50 && group <= 99 && ![66, 67, 68, 69, 89, 93].includes(group));
}

function isGermanTaxId(digits: string): boolean {
  const counts = [...new Set(digits.slice(0, 10))].map((digit) => digits.slice(0, 10).split(digit).length - 1);
  const repeated = counts.filter((count) => count > 1);
  return digits[0] !== '0' && repeated.length === 1 && (repeated[0] as number) <= 3 && passesMod11And10(digits);
}

function isCpf(digits: string): boolean {
  const checkOf = (length: number): number => {
    const weights = Array.from({ length }, (_, at) => length + 1 - at);
    return ((weightedSum(digits, weights) * 10) % 11) % 10;
  };
  return !isUniform(digits) && checkOf(9) === digitAt(digits, 9) && checkOf(10) === digitAt(digits, 10);
}

function isNorwegian(digits: string): boolean {
  const first = rest11(weightedSum(digits, [3, 7, 6, 1, 8, 9, 4, 5, 2]));
  const second = rest11(weightedSum(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]));
  return isDateFromDay(digits) && first === digitAt(digits, 9) && second === digitAt(digits, 10);
}

function isTurkish(digits: string): boolean {
  const odd = weightedSum(digits, [1, 0, 1, 0, 1, 0, 1, 0, 1]);
  const even = weightedSum(digits, [0, 1, 0, 1, 0, 1, 0, 1, 0]);
  const tenth = (((odd * 7 - even) % 10) + 10) % 10;
  return digits[0] !== '0' && tenth === digitAt(digits, 9) && (odd + even + tenth) % 10 === last(digits);
}

function isFrenchNir(digits: string): boolean {
  const month = pairAt(digits, 3);
  const isMonth = (month >= 1 && month <= 12) || (month >= 20 && month <= 42) || month >= 50;
  return '12'.includes(digits[0] ?? '') && isMonth && 97 - restOf(digits.slice(0, 13), 97) === Number(digits.slice(13));
}

function isBelgian(digits: string): boolean {
  const check = Number(digits.slice(9));
  const body = digits.slice(0, 9);
  return isDateFromYear(digits) && (97 - restOf(body, 97) === check || 97 - restOf(`2${body}`, 97) === check);
}

const nationalNumbers: readonly NationalNumber[] = [
  {
    what: 'us-ssn',
    length: 9,
    check: isSocialSecurityNumber,
    shapes: ['3-2-4'],
    words: /\b(?:ssn|social security|itin|taxpayer id)/,
  },
  {
    what: 'uk-nhs',
    length: 10,
    check: (digits) => rest11(weightedSum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2])) === last(digits) && !isUniform(digits),
    shapes: [],
    words: /\bnhs\b/,
  },
  {
    what: 'de-tax-id',
    length: 11,
    check: isGermanTaxId,
    shapes: ['2-3-3-3'],
    words: /steuer-?\s?(?:id|identifikationsnummer|nummer)|\bidnr\b|tax id|\btin\b/,
  },
  {
    what: 'fr-nir',
    length: 15,
    check: isFrenchNir,
    shapes: ['1-2-2-2-3-3-2', '13-2'],
    words: /\bnir\b|s[ée]curit[ée] sociale|\binsee\b|num[ée]ro de s[ée]cu/,
    strong: true,
  },
  {
    what: 'nl-bsn',
    length: 9,
    check: (digits) => weightedSum(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0 && !isUniform(digits),
    shapes: [],
    words: /\bbsn\b|burgerservicenummer|sofi-?nummer/,
  },
  { what: 'br-cpf', length: 11, check: isCpf, shapes: ['3-3-3-2'], separators: '.-', words: /\bcpf\b/ },
  {
    what: 'pl-pesel',
    length: 11,
    check: (digits) => isPolishDate(digits) && weightedSum(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0,
    shapes: [],
    words: /\bpesel\b/,
    strong: true,
  },
  {
    what: 'se-personnummer',
    length: 10,
    check: (digits) => isDayOfYear(pairAt(digits, 2), pairAt(digits, 4) % 60) && passesLuhn(digits),
    shapes: ['6-4'],
    separators: '-',
    words: /personnummer|\bpnr\b|samordningsnummer/,
  },
  {
    what: 'se-personnummer',
    length: 12,
    check: (digits) =>
      /^(?:19|20)/.test(digits) &&
      isDayOfYear(pairAt(digits, 4), pairAt(digits, 6) % 60) &&
      passesLuhn(digits.slice(2)),
    shapes: ['8-4'],
    separators: '-',
    words: /personnummer|\bpnr\b|samordningsnummer/,
    strong: true,
  },
  {
    what: 'in-aadhaar',
    length: 12,
    check: (digits) => /^[2-9]/.test(digits) && passesVerhoeff(digits),
    shapes: ['4-4-4'],
    words: /aa?dh?aa?r|\buid(?:ai)?\b|आधार/,
  },
  {
    what: 'no-fodselsnummer',
    length: 11,
    check: isNorwegian,
    shapes: ['6-5'],
    words: /f[øo]dselsnummer|personnummer/,
    strong: true,
  },
  { what: 'dk-cpr', length: 10, check: isDateFromDay, shapes: [], words: /\bcpr\b|personnummer/ },
  {
    what: 'be-rijksregisternummer',
    length: 11,
    check: isBelgian,
    shapes: ['2-2-2-3-2'],
    separators: '.-',
    words: /rijksregister|registre national|\bniss\b|\binsz\b/,
    strong: true,
  },
  {
    what: 'ch-ahv',
    length: 13,
    check: (digits) =>
      digits.startsWith('756') && weightedSum(digits, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0,
    shapes: ['3-4-4-2'],
    words: /\bah?v\b|\bavs\b|sozialversicherungsnummer/,
    strong: true,
  },
  {
    what: 'at-svnr',
    length: 10,
    check: (digits) =>
      isDayOfYear(pairAt(digits, 6), pairAt(digits, 4)) &&
      weightedSum(digits, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 === digitAt(digits, 3),
    shapes: ['4-6'],
    words: /\bsvnr\b|sozialversicherung/,
  },
  {
    what: 'pt-nif',
    length: 9,
    check: (digits) => {
      const rest = weightedSum(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
      return (rest < 2 ? 0 : 11 - rest) === last(digits) && /^[1235689]/.test(digits);
    },
    shapes: [],
    words: /\bnif\b|contribuinte/,
  },
  {
    what: 'ca-sin',
    length: 9,
    check: (digits) => /^[1-79]/.test(digits) && passesLuhn(digits),
    shapes: [],
    words: /\bsin\b|social insurance|\bnas\b/,
  },
  {
    what: 'au-tfn',
    length: 9,
    check: (digits) => weightedSum(digits, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0 && !isUniform(digits),
    shapes: [],
    words: /\btfn\b|tax file/,
  },
  {
    what: 'kr-rrn',
    length: 13,
    check: (digits) => isDateFromYear(digits) && /^[1-8]/.test(digits.slice(6)),
    shapes: ['6-7'],
    separators: '-',
    words: /주민등록|\brrn\b|resident registration/,
  },
  {
    what: 'tr-tckn',
    length: 11,
    check: isTurkish,
    shapes: [],
    words: /\bt\.?c\.? ?kimlik|\btckn\b|kimlik no/,
    strong: true,
  },
  {
    what: 'za-id',
    length: 13,
    check: (digits) => isDateFromYear(digits) && '01'.includes(digits[10] ?? '') && passesLuhn(digits),
    shapes: ['6-4-3'],
    words: /\bid (?:number|no)|south african id/,
    strong: true,
  },
  {
    what: 'ro-cnp',
    length: 13,
    check: (digits) => {
      const rest = weightedSum(digits, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
      return /^[1-8]/.test(digits) && isDateFromYear(digits, 1) && (rest === 10 ? 1 : rest) === last(digits);
    },
    shapes: [],
    words: /\bcnp\b|cod numeric/,
    strong: true,
  },
  {
    what: 'cz-rodne-cislo',
    length: 10,
    check: (digits) => isDayOfYear((pairAt(digits, 2) % 50) % 20, pairAt(digits, 4)) && restOf(digits, 11) === 0,
    shapes: ['6-4'],
    separators: '/',
    words: /rodn[ée] [čc][íi]slo|\brč\b/,
  },
];

const byLength = new Map<number, readonly NationalNumber[]>();
for (const number of nationalNumbers) byLength.set(number.length, [...(byLength.get(number.length) ?? []), number]);

export function findNationalNumber(text: string, run: NumberRun): Finding | undefined {
  const rules = byLength.get(run.digits.length)?.filter(({ check }) => check(run.digits));
  if (rules === undefined || rules.length === 0) return undefined;
  const before = wordsBefore(text, run.start);
  // A word names the next number, not the one after that.
  const naming = before.slice(before.search(/\D*$/));
  const found =
    rules.find(({ words }) => words.test(naming)) ??
    (run.isAlone ? rules.find((rule) => isKnown(run, rule)) : undefined);
  if (found === undefined || (!found.words.test(naming) && namesThing(before))) return undefined;
  return personal('national-id', found.what, [run.start, run.end]);
}

function isKnown({ digits, shape, separators }: NumberRun, rule: NationalNumber): boolean {
  if (separators === '') return rule.strong === true && !looksLikeTime(digits);
  const isPrinted = rule.separators === undefined ? separators.length === 1 : separators === rule.separators;
  return isPrinted && rule.shapes.includes(shape);
}

/** Milliseconds since 1970, of the years 2014 to 2033. */
const looksLikeTime = (digits: string): boolean => /^1[4-9]\d{11}$/.test(digits);
