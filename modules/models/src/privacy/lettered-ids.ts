// Numbers of people that hold letters: told by their form, then by their check character.

import { isDayOfYear, pairAt, restOf, weightedSum } from './checksums.ts';
import { personal, type Finding } from './finding.ts';
import { isWord } from './number-runs.ts';

interface LetteredId {
  readonly what: string;
  /** Global, with bounded repetition only. */
  readonly pattern: RegExp;
  /** Gets the match in capitals, without its separators. */
  readonly check: (id: string) => boolean;
}

const ninoPrefixesOut = new Set(['BG', 'GB', 'KN', 'NK', 'NT', 'TN', 'ZZ']);
const spanishLetters = 'TRWAGMYFPDXBNJZSQVHLCKE';
const finnishSigns = '0123456789ABCDEFHJKLMNPRSTUVWXY';
/** What a character in an odd place of a codice fiscale counts; digits count as the letter of their number. */
const italianOdd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
/** Letters that stand for digits when two people would have the same code. */
const italianDigits = 'LMNPQRSTUV';
const mexicanSigns = '0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ';

function isCodiceFiscale(id: string): boolean {
  const placeOf = (sign: string): number => (sign <= '9' ? Number(sign) : sign.charCodeAt(0) - 65);
  const sum = id
    .slice(0, 15)
    .split('')
    .reduce((total, sign, at) => total + (at % 2 === 0 ? (italianOdd[placeOf(sign)] ?? 0) : placeOf(sign)), 0);
  const digits = id
    .slice(6, 11)
    .split('')
    .map((sign) => (italianDigits.includes(sign) ? italianDigits.indexOf(sign) : sign));
  const day = Number(`${digits[3]}${digits[4]}`) % 40;
  return day >= 1 && day <= 31 && String.fromCharCode(65 + (sum % 26)) === id[15];
}

function isChineseId(id: string): boolean {
  const rest = weightedSum(id, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11;
  return (
    /^[1-9]\d{5}(?:19|20)/.test(id) && isDayOfYear(pairAt(id, 10), pairAt(id, 12)) && '10X98765432'[rest] === id[17]
  );
}

function isCurp(id: string): boolean {
  const sum = id
    .slice(0, 17)
    .split('')
    .reduce((total, sign, at) => total + mexicanSigns.indexOf(sign) * (18 - at), 0);
  return isDayOfYear(pairAt(id, 6), pairAt(id, 8)) && (10 - (sum % 10)) % 10 === Number(id[17]);
}

/** Corsica's departments are letters: they count as 19 and 18. */
function isCorsicanNir(id: string): boolean {
  const body = id.slice(0, 13).replace('2A', '19').replace('2B', '18');
  return 97 - restOf(body, 97) === Number(id.slice(13));
}

function isSpanish(id: string): boolean {
  const number = Number(`${'XYZ'.includes(id[0] ?? '') ? 'XYZ'.indexOf(id[0] ?? '') : id[0]}${id.slice(1, 8)}`);
  return spanishLetters[number % 23] === id[8];
}

const letteredIds: readonly LetteredId[] = [
  {
    what: 'uk-nino',
    pattern: /[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]/gi,
    check: (id) => !ninoPrefixesOut.has(id.slice(0, 2)),
  },
  {
    // In groups only in capitals: "at 10 20 30 a" is none.
    what: 'uk-nino',
    pattern: /[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][ -]?(?:\d{2}[ -]\d{2}[ -]\d{2}|\d{6})[ -]?[A-D]/g,
    check: (id) => !ninoPrefixesOut.has(id.slice(0, 2)),
  },
  {
    what: 'es-dni',
    pattern: /(?:\d{8}|\d{2}\.\d{3}\.\d{3})(?:-?[A-HJ-NP-TV-Za-hj-np-tv-z]|[ ][A-HJ-NP-TV-Z])/g,
    check: isSpanish,
  },
  { what: 'es-nie', pattern: /[XYZ][ -]?\d{7}[ -]?[A-HJ-NP-TV-Z]/gi, check: isSpanish },
  {
    what: 'it-codice-fiscale',
    pattern: /[A-Z]{3}[ ]?[A-Z]{3}[ ]?[\dL-NP-V]{2}[A-EHLMPRST][\dL-NP-V]{2}[ ]?[A-Z][\dL-NP-V]{3}[A-Z]/gi,
    check: isCodiceFiscale,
  },
  {
    what: 'fi-hetu',
    pattern: /\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]/g,
    check: () => true,
  },
  { what: 'cn-id', pattern: /\d{17}[\dX]/gi, check: isChineseId },
  { what: 'mx-curp', pattern: /[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z\d]\d/gi, check: isCurp },
  { what: 'fr-nir', pattern: /[12][ ]?\d{2}[ ]?\d{2}[ ]?2[AB][ ]?\d{3}[ ]?\d{3}[ ]?\d{2}/gi, check: isCorsicanNir },
];

/** The sign between date and number is part of it, so it is checked as it stands. */
function isHetu(id: string): boolean {
  const digits = id.slice(0, 6) + id.slice(7, 10);
  return isDayOfYear(pairAt(id, 2), pairAt(id, 0)) && finnishSigns[restOf(digits, 31)] === id[10];
}

export function findLetteredIds(text: string): readonly Finding[] {
  const found: Finding[] = [];
  for (const { what, pattern, check } of letteredIds) {
    for (const match of text.matchAll(pattern)) {
      const end = match.index + match[0].length;
      if (
        isWord(text, match.index - 1) ||
        isWord(text, end) ||
        isJoined(text, match.index - 1, -1) ||
        isJoined(text, end, 1)
      )
        continue;
      const id = match[0].toUpperCase();
      const passes = what === 'fi-hetu' ? isHetu(id) : check(id.replaceAll(/[ .-]/g, ''));
      if (passes) found.push(personal('national-id', what, [match.index, end]));
    }
  }
  return found;
}

/** `-`, `_` or `/` with a word on its other side: a part of a longer code or address. */
const isJoined = (text: string, at: number, step: number): boolean =>
  '-_/'.includes(text[at] ?? ' ') && isWord(text, at + step);
