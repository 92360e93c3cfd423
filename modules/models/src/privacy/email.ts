// E-mail addresses (RFC 5321 in practice, with letters of any language), found from their at sign outwards.

import { personal, type Finding } from './finding.ts';

const localMax = 64;
const domainMax = 253;

/** Endings of files that are written with an at sign before, as in `logo@2x.png`. */
const fileEndings = new Set([
  'png',
  'jpg',
  'jpeg',
  'gif',
  'svg',
  'webp',
  'avif',
  'css',
  'js',
  'ts',
  'mjs',
  'json',
  'map',
]);

export function findEmails(text: string): readonly Finding[] {
  const found: Finding[] = [];
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const start = localStart(text, at);
    const end = domainEnd(text, at + 1);
    if (start === at || end === undefined) continue;
    const ending = text.slice(text.lastIndexOf('.', end - 1) + 1, end).toLowerCase();
    const isRepository = text[end] === ':' && /^(?:git|hg|svn)$/.test(text.slice(start, at));
    if (!fileEndings.has(ending) && !isRepository && !isUserOfAddress(text, start))
      found.push(personal('email', 'address', [start, end]));
  }
  return found;
}

/** `scheme://user@host`: whoever logs in there; a password before it is found by itself. */
function isUserOfAddress(text: string, start: number): boolean {
  const before = /[^\s"'<>]{0,128}$/.exec(text.slice(Math.max(0, start - 128), start))?.[0] ?? '';
  const scheme = before.lastIndexOf('://');
  return scheme !== -1 && !before.slice(scheme + 3).includes('/');
}

function localStart(text: string, at: number): number {
  let start = at;
  while (start > 0 && at - start < localMax && isLocalSign(text.charCodeAt(start - 1)) && !isSeam(text, start)) start--;
  // A dot or a quote does not begin an address: it ends what stands before.
  while (start < at && !isLetterOrDigit(text.charCodeAt(start)) && text[start] !== '_') start++;
  return text[at - 1] === '.' ? at : start;
}

/** Behind the last character of the domain; undefined when it is none. */
function domainEnd(text: string, from: number): number | undefined {
  let end = from;
  while (end < text.length && end - from < domainMax && isDomainSign(text.charCodeAt(end)) && !isSeam(text, end)) end++;
  while (end > from && !isLetterOrDigit(text.charCodeAt(end - 1))) end--;
  const labels = text.slice(from, end).split('.');
  const top = labels.at(-1) ?? '';
  const isDomain =
    labels.length > 1 && labels.every((label) => label !== '' && label.length <= 63 && !label.startsWith('-'));
  return isDomain && /^(?:xn--[a-z\d-]{2,}|[^\d-]{2,})$/i.test(top) ? end : undefined;
}

function isLetterOrDigit(code: number): boolean {
  return (
    (code >= 48 && code <= 57) ||
    (code >= 65 && code <= 90) ||
    (code >= 97 && code <= 122) ||
    (code >= 0xc0 && !isPunctuation(code))
  );
}

const isDomainSign = (code: number): boolean => code === 45 || code === 46 || isLetterOrDigit(code);
const isLocalSign = (code: number): boolean =>
  isDomainSign(code) || "!#$%&'*+=?^_`{|}~".includes(String.fromCharCode(code));

/** Between ASCII and a script that puts no spaces between words, an address begins or ends. */
function isSeam(text: string, at: number): boolean {
  const [left, right] = [text.charCodeAt(at - 1), text.charCodeAt(at)];
  return (
    (left >= 0x2e80 && right < 0x80 && right !== 46 && right !== 64) ||
    (right >= 0x2e80 && left < 0x80 && left !== 46 && left !== 64)
  );
}

/** Quotes, dashes and brackets of other scripts, the spaces of typesetters, and their wide forms. */
const isPunctuation = (code: number): boolean =>
  code === 0xd7 ||
  code === 0xf7 ||
  (code >= 0x2000 && code <= 0x2bff) ||
  (code >= 0x3000 && code <= 0x303f) ||
  (code >= 0xff00 && code <= 0xff0f);
