// Telephone numbers: international by calling code and length (E.164), national where the form or a word before says so.

import { personal, type Finding } from './finding.ts';
import { isWord, namesThing, wordsBefore, type NumberRun } from './number-runs.ts';

/** How many digits follow the calling code: [fewest, most]. */
const nationalLengths: Readonly<Record<string, readonly [number, number]>> = {
  '1': [10, 10],
  '7': [10, 10],
  '20': [8, 10],
  '27': [9, 9],
  '30': [10, 10],
  '31': [9, 9],
  '32': [8, 9],
  '33': [9, 9],
  '34': [9, 9],
  '36': [8, 9],
  '39': [6, 11],
  '40': [9, 9],
  '41': [9, 9],
  '43': [7, 13],
  '44': [9, 10],
  '45': [8, 8],
  '46': [7, 10],
  '47': [8, 8],
  '48': [9, 9],
  '49': [6, 12],
  '52': [10, 11],
  '54': [10, 11],
  '55': [10, 11],
  '61': [9, 9],
  '64': [8, 10],
  '65': [8, 8],
  '81': [9, 10],
  '82': [8, 11],
  '86': [10, 11],
  '90': [10, 10],
  '91': [10, 10],
  '351': [9, 9],
  '352': [6, 9],
  '353': [7, 10],
  '358': [6, 11],
  '380': [9, 9],
  '420': [9, 9],
  '421': [9, 9],
  '852': [8, 8],
  '971': [8, 9],
  '972': [8, 9],
};
const twoDigitCodes = /^(?:2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;
const threeDigitCodes =
  /^(?:2[1-689]\d|35\d|37\d|38[0-79]|42[013]|50\d|59\d|67\d|68\d|69[0-2]|80[08]|85[02356]|87[08]|88[0-368]|96\d|97[0-79]|99[2-689])/;

// Bounded: a plus or 00, then at most fifteen digits with at most three signs between two of them.
const international = /(?:\+|00)[ ]?(?:\([1-9]\d{0,2}\)|[1-9])(?:[ .\-/()\u00a0]{0,3}\d){6,14}/g;

export function findInternationalPhones(text: string): readonly Finding[] {
  const found: Finding[] = [];
  for (const match of text.matchAll(international)) {
    const before = text[match.index - 1] ?? ' ';
    const end = match.index + match[0].length;
    if (isWord(text, match.index - 1) || '.,+-/_#'.includes(before) || isWord(text, end)) continue;
    if (/[.,]/.test(text[end] ?? '') && /\d/.test(text[end + 1] ?? '')) continue;
    // Two noughts within a row of groups are no prefix.
    if (match[0].startsWith('0') && /\d[ .-]$/.test(text.slice(Math.max(0, match.index - 2), match.index))) continue;
    const digits = match[0].replace('(0)', '').replaceAll(/\D/g, '').replace(/^00/, '');
    if (isPlausible(digits) && !(match[0].startsWith('0') && namesThing(wordsBefore(text, match.index))))
      found.push(personal('phone', 'international', [match.index, end]));
  }
  return found;
}

function isPlausible(digits: string): boolean {
  if (digits.startsWith('1')) return isNorthAmerican(digits.slice(1));
  const code = digits.startsWith('7') ? '7' : (twoDigitCodes.exec(digits)?.[0] ?? threeDigitCodes.exec(digits)?.[0]);
  if (code === undefined) return false;
  const [fewest, most] = nationalLengths[code] ?? [5, 12];
  const length = digits.length - code.length;
  return length >= fewest && length <= most;
}

/** Area and exchange begin with 2 to 9, and neither is a service like 911. */
const isNorthAmerican = (digits: string): boolean =>
  /^[2-9]\d{2}[2-9]\d{6}$/.test(digits) && !/^.11|^.{3}.11/.test(digits);

const phoneWords =
  /(?:\b(?:tel|phone|telephone|telefon\w{0,6}|fon|mobile?|mobil\w{0,7}|cell|cellulare|handy|handynummer|fax|call|dial|ring|sms|text|whats ?app|rufnummer|anrufen|t[ée]l[ée]phone|portable|appel\w{0,4}|tel[ée]fono|m[óo]vil|celular|llam\w{0,4}|ligar?|contatto|numero di telefono|puhelin\w{0,5}|telefoon\w{0,6}|komórk\w{0,3}|zadzwo\w{0,3})\b|电话|手机|電話|携帯|전화|휴대폰|телефон|тел)[^\d\n]{0,24}$/;

/** Shapes that national numbers are printed in, and by which they are known without a word. */
const nationalShapes: readonly { readonly shape: string; readonly form: RegExp; readonly separators: string }[] = [
  { shape: '2-2-2-2-2', form: /^0[1-9]/, separators: ' .-' },
  { shape: '3-4-4', form: /^02\d/, separators: ' ' },
  { shape: '5-6', form: /^0[17]/, separators: ' ' },
  { shape: '4-3-4', form: /^0[138]/, separators: ' ' },
  { shape: '5-3-3', form: /^0[17]/, separators: ' ' },
];

export function findNationalPhone(text: string, run: NumberRun): Finding | undefined {
  const { digits, shape, separators, isAlone } = run;
  if (digits.length < 7 || digits.length > 13 || !isAlone) return undefined;
  const before = wordsBefore(text, run.start);
  const begin = isAreaInBrackets(text, run) ? run.start - 1 : run.start;
  if (phoneWords.test(before)) return isSpread(digits) ? personal('phone', 'national', [begin, run.end]) : undefined;
  if (namesThing(before) || separators.length !== 1) return undefined;
  const bare = shape.startsWith('1-') && digits.startsWith('1') ? digits.slice(1) : digits;
  const isAmerican = /^(?:1-)?3-3-4$/.test(shape) && '-. '.includes(separators) && isNorthAmerican(bare);
  const isKnown = nationalShapes.some(
    (known) => known.shape === shape && known.form.test(digits) && known.separators.includes(separators),
  );
  return isAmerican || isKnown ? personal('phone', 'national', [begin, run.end]) : undefined;
}

/** An area in brackets: `(415) 555-0132`, `(030) 1234567`; the number run of the rest does not hold it. */
const bracketed = /\((0?\d{2,4})\)[ ]?(\d{3,4}(?:[ -]?\d{2,4}){1,3})/g;

export function findBracketedPhones(text: string): readonly Finding[] {
  const found: Finding[] = [];
  for (const match of text.matchAll(bracketed)) {
    const [whole, area = '', rest = ''] = match;
    const digits = area + rest.replaceAll(/\D/g, '');
    const end = match.index + whole.length;
    const isEuropean = area.startsWith('0') && digits.length >= 8 && digits.length <= 13;
    const isBrazilian = area.length === 2 && /^\d{4,5}-?\d{4}$/.test(rest) && digits.length >= 10;
    const known = isEuropean || isNorthAmerican(digits) || isBrazilian;
    if (known && !isWord(text, match.index - 1) && !isWord(text, end))
      found.push(personal('phone', 'national', [match.index, end]));
  }
  return found;
}

const isAreaInBrackets = (text: string, run: NumberRun): boolean => text[run.start - 1] === '(';

/** A number of one or two digits only, like 0000000, names nobody. */
const isSpread = (digits: string): boolean => new Set(digits).size > 2;
