// Values that nothing marks but the word before: `password: ...`, `api_key = ...`, `Authorization: Bearer ...`.

import { secret, type Finding } from './finding.ts';
import { isPlaceholder } from './key-blocks.ts';

/** A word that announces a secret, what may stand between, and the value. Every repetition is bounded. */
const announced =
  /(password|passwort|passwd|passphrase|mot de passe|contrase[ñn]a|senha|wachtwoord|kennwort|pwd|secret|token|api[-_ ]?key|apikey|access[-_ ]?key|account[-_ ]?key|private[-_ ]?key|signing[-_ ]?key|encryption[-_ ]?key|auth[-_ ]?key|credential|authorization|bearer|key)(s?["'`\]]{0,2}(?: (?:is|was|ist|est|es|é):? | ?(?::=|=>|=|:) ?| (?=bearer\b|basic\b))(?:(?:bearer|basic|token) )?["'`]{0,2}| )([^\s"'`<>,;()[\]{}]{6,512})/giu;

/** As in the pattern. */
const valueMax = 512;

const passwordWords = /^(?:pass|mot|contrase|senha|wachtwoord|kennwort|pwd)/i;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Keys that are no secrets, by the word directly before `key` or `token`. */
const harmless =
  /(?:public|primary|foreign|partition|sort|cache|idempotency|dedup\w*|map|object|storage|s3|blob|registry|license plate|host|node|row|lookup|index|hash|monkey|turkey|csrf|next|page|continuation|cursor)[-_ ]?$/i;

export function findAnnouncedSecrets(text: string): readonly Finding[] {
  const found: Finding[] = [];
  // Overlapping announcements ("secret token: x") are each tried: the search goes on behind the word, not the value.
  announced.lastIndex = 0;
  for (let match = announced.exec(text); match !== null; match = announced.exec(text)) {
    const [whole, word = '', between = '', raw = ''] = match;
    announced.lastIndex = match.index + word.length;
    const value = raw.replace(/[.:]{1,3}$/, '');
    const before = text.slice(Math.max(0, match.index - 20), match.index);
    if (!isSecretValue({ word, between, value, before })) continue;
    const start = match.index + whole.length - raw.length;
    const end = raw.length < valueMax ? start + value.length : runEnd(text, start + raw.length);
    found.push(secret(passwordWords.test(word) ? 'password' : 'token', 'announced', [start, end]));
    announced.lastIndex = end;
  }
  return found;
}

/** A value longer than the pattern takes goes on to the next sign that ends one. */
function runEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && !/[\s"'`<>,;()[\]{}]/.test(text.charAt(end))) end++;
  return end;
}

interface Announced {
  readonly word: string;
  readonly between: string;
  readonly value: string;
  readonly before: string;
}

function isSecretValue({ word, between, value, before }: Announced): boolean {
  if (isPlaceholder(value) || uuid.test(value) || /^(?:sha\d{1,3}|md5)[:-]/i.test(value) || value.includes('://'))
    return false;
  if (
    /^(?:process|os|env|import|config|settings|secrets|vars|self|this|req|request|ctx|options|params)\b[.[(]/i.test(
      value,
    )
  )
    return false;
  if (passwordWords.test(word)) return between.trim() !== '' && isPasswordLike(value);
  if (harmless.test(before)) return false;
  // "the key ABC..." without a sign between must look more like a secret than a value that is assigned.
  const sure = between.trim() !== '' || /bearer|basic/i.test(word);
  return value.length >= (sure ? 16 : 20) && looksRandom(value);
}

/** Letters with digits or signs: a word of a language is no password that anybody wrote down on purpose. */
const isPasswordLike = (value: string): boolean =>
  value.length >= 6 && /[\p{L}]/u.test(value) && /[\d!@#$%^&*?~+=|\\/-]/.test(value) && /\d|[!@#$%^&*?~]/.test(value);

/** Base 64, hex or alike, whose signs are spread as chance spreads them; paths, words and counters are not. */
function looksRandom(value: string): boolean {
  if (!/^[\w+/=.~:-]+$/.test(value)) return false;
  const body = value.replace(/=+$/, '');
  const isHex = /^[0-9a-f]+$/i.test(body);
  if (isHex) return body.length >= 24 && /\d/.test(body) && /[a-f]/i.test(body) && entropyOf(body) >= 3;
  if (!/[a-z]/i.test(body) || !(/\d/.test(body) || isJumbled(body))) return false;
  // A date, a version or words joined by signs fall apart into short pieces.
  const longest = Math.max(...body.split(/[-_.:/]/).map((piece) => piece.length));
  if (longest < 12) return false;
  return entropyOf(body) >= (body.length < 24 ? 3.3 : 3.7);
}

/** Capitals and small letters take turns as chance has it; in names of programs one capital begins each word. */
function isJumbled(value: string): boolean {
  const turns = value.match(/[a-z](?=[A-Z])|[A-Z](?=[a-z])/g)?.length ?? 0;
  return value.length >= 24 && turns >= value.length * 0.35;
}

/** Bits a sign, after Shannon. */
function entropyOf(value: string): number {
  const counts = new Map<string, number>();
  for (const sign of value) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}
