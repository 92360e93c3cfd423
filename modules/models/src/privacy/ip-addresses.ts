// Addresses of the internet, version 4 and 6. Looked for only where that is asked for: most of them name machines.

import { personal, type Finding } from './finding.ts';
import { isWord } from './number-runs.ts';

const versionWords = /(?:\bv|version|ver\.?|release|build|firmware|chapter|section|§|kapitel)[\s:=(]{0,3}$/i;
const fourth = /(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}/g;
const sixth = /[\da-f]{0,4}(?::[\da-f]{0,4}){2,7}/gi;

export function findIpAddresses(text: string): readonly Finding[] {
  const found: Finding[] = [];
  for (const match of text.matchAll(fourth)) {
    const end = match.index + match[0].length;
    if (isJoined(text, match.index, end) || versionWords.test(text.slice(Math.max(0, match.index - 16), match.index)))
      continue;
    // Nobody's: this machine, no address, masks.
    if (!/^(?:127\.|0\.|255\.)/.test(match[0])) found.push(personal('ip-address', 'v4', [match.index, end]));
  }
  for (const match of text.matchAll(sixth)) {
    const end = match.index + match[0].length;
    if (!isJoined(text, match.index, end) && isSixth(match[0]))
      found.push(personal('ip-address', 'v6', [match.index, end]));
  }
  return found;
}

function isJoined(text: string, start: number, end: number): boolean {
  const goesOn = '.:'.includes(text[end] ?? ' ') && isWord(text, end + 1);
  return isWord(text, start - 1) || isWord(text, end) || goesOn || '.:'.includes(text[start - 1] ?? ' ');
}

/** Eight groups, or fewer around one `::`; times of day and lists have neither. */
function isSixth(address: string): boolean {
  const halves = address.split('::');
  const groups = address.split(':').filter((group) => group !== '');
  return halves.length === 1
    ? groups.length === 8
    : halves.length === 2 && groups.length >= 2 && groups.length <= 7 && address.length >= 6;
}
