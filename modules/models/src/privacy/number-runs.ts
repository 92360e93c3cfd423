// Numbers as people write them: groups of digits with single signs between. One pass; every group begins at most
// `groupsMax` candidates.

export interface NumberRun {
  readonly start: number;
  readonly end: number;
  readonly digits: string;
  /** The lengths of its groups, e.g. `3-2-4`. */
  readonly shape: string;
  /** The signs between its groups, each once, e.g. `-` or `. `; empty when it is one group. */
  readonly separators: string;
  /** Nothing that looks like the rest of a longer number, word or code stands before or behind it. */
  readonly isAlone: boolean;
  /** As `isAlone`, but a further group of digits may follow behind a space. */
  readonly startsAlone: boolean;
}

const groupsMax = 7;
const digitsMax = 19;
const separatorSigns = ' -./\u00a0';

interface Group {
  readonly start: number;
  readonly end: number;
}

/** Calls for every candidate of at least `digitsMin` digits. */
export function visitNumberRuns(text: string, digitsMin: number, visit: (run: NumberRun) => void): void {
  const groups = [...text.matchAll(/\d+/g)].map((match): Group => {
    return { start: match.index, end: match.index + match[0].length };
  });
  for (let first = 0; first < groups.length; first++) {
    const begin = groups[first] as Group;
    if (begin.end - begin.start > digitsMax || isWord(text, begin.start - 1)) continue;
    let digits = '';
    let shape = '';
    let separators = '';
    for (let last = first; last < Math.min(groups.length, first + groupsMax); last++) {
      const group = groups[last] as Group;
      if (last > first) {
        const between = separatorBetween(text, groups[last - 1] as Group, group);
        if (between === '') break;
        if (!separators.includes(between)) separators += between;
        shape += '-';
      }
      digits += text.slice(group.start, Math.min(group.end, group.start + digitsMax + 1));
      if (digits.length > digitsMax) break;
      shape += String(group.end - group.start);
      if (digits.length < digitsMin || isWord(text, group.end)) continue;
      const startsAlone = isFreeBefore(text, begin.start, separators) && isFreeBehind(text, group.end, '');
      const isAlone = startsAlone && isFreeBehind(text, group.end, separators);
      visit({ start: begin.start, end: group.end, digits, shape, separators, isAlone, startsAlone });
    }
  }
}

function separatorBetween(text: string, left: Group, right: Group): string {
  const sign = text[left.end] ?? '';
  return right.start === left.end + 1 && separatorSigns.includes(sign) ? sign : '';
}

/** Behind "1." or "55-" or "ORD-" a number goes on; behind a space only when its own groups have spaces as well. */
function isFreeBefore(text: string, start: number, separators: string): boolean {
  const sign = text[start - 1] ?? ' ';
  if (sign === ' ') return !separators.includes(' ') || !isDigit(text, start - 2);
  if ('-./,_'.includes(sign)) return !isWord(text, start - 2);
  return sign !== '#' && sign !== '$';
}

function isFreeBehind(text: string, end: number, separators: string): boolean {
  const sign = text[end] ?? ' ';
  if (sign === ' ') return !separators.includes(' ') || !isDigit(text, end + 1);
  if (sign === '.' || sign === ',' || sign === '/') return !isDigit(text, end + 1);
  if (sign === '-' || sign === '_') return !isWord(text, end + 1);
  return sign !== '%';
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

/** A letter or a digit. */
export function isWord(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return (
    (code >= 48 && code <= 57) ||
    (code >= 65 && code <= 90) ||
    (code >= 97 && code <= 122) ||
    (code >= 0xc0 && code < 0x2000)
  );
}

const contextLength = 48;

/** The words that stand before in the same line, in small letters. */
export function wordsBefore(text: string, start: number): string {
  const before = text.slice(Math.max(0, start - contextLength), start);
  return before.slice(before.lastIndexOf('\n') + 1).toLowerCase();
}

/** A number directly behind one of these words names a thing, not a person. */
const thingWords =
  /\b(?:order|bestell\w{0,8}|commande|pedido|invoice|rechnung|rechnungsnummer|facture|factura|tracking|shipment|sendung\w{0,8}|parcel|sku|isbn|issn|ean|upc|gtin|asin|doi|serial|batch|lot|ticket|issue|bug|build|version|ver|release|revision|rev|commit|article|artikel\w{0,8}|product|item|part|model|reference|ref|case|transaction|txn|trace|span|request|session|event|job|run|row|line|page|timestamp|epoch|unix|offset|bytes|size|length|checksum|hash|port|pid|seed|imei|vin)(?:[-_ ]?(?:no|nr|number|id|nummer|code|num))?\.?[\s:=#"'(]{0,6}(?:is|was|ist)?\s?$/;

export const namesThing = (before: string): boolean => thingWords.test(before);
