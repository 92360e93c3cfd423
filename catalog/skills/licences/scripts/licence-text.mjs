// Recognises licences by their words. A text becomes the set of hashes of every three words in a row; a known licence is kept as the
// smallest of its hashes (a bottom sketch), which says with few numbers how much of the licence stands in a text, and how much
// of the text is licence.

import { readFileSync } from 'node:fs';

const shingle = 3;
const asset = new URL('../assets/fingerprints.json', import.meta.url);
const coverageMin = 0.88;

/** Hashes of all three words in a row, after all that varies between copies of a licence is taken out. */
export function shinglesOf(text) {
  const words = normalize(text).split(' ');
  const hashes = new Set();
  for (let index = 0; index + shingle <= words.length; index++) hashes.add(hashOf(words, index));
  return hashes;
}

/** Lower case words; without copyright lines, placeholders, list marks, and differences in spelling that SPDX says to ignore. */
export function normalize(text) {
  return text
    .toLowerCase()
    .replaceAll(/^[ \t]*(?:\/\/|\/\*+|\*+\/?|#+|;+|--|rem\b|dnl\b)[ \t]?/gm, '')
    .replaceAll(
      /^[\W_]*(?:copyright|\(c\)|©)[ \t]*(?:\(c\)|©|:)?[ \t]*(?:[\d<[{]|.{0,80}\b(?:19|20)\d\d).{0,200}$/gm,
      ' ',
    )
    .replaceAll(/<[^>\n]{0,80}>|\[[^\]\n]{0,80}\]|\{[^}\n]{0,80}\}/g, ' ')
    .replaceAll(/https?:\S+/g, ' ')
    .replaceAll(/\blicen[cs]e/g, 'license')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .replaceAll(/(?:^| )(?:[a-z]|\d{1,2}|i{1,3}|iv|vi{0,3})(?= )/g, ' ')
    .replaceAll(/ +/g, ' ')
    .trim();
}

function hashOf(words, index) {
  let hash = 0x811c9dc5;
  for (let at = index; at < index + shingle; at++) {
    for (let position = 0; position < words[at].length; position++)
      hash = Math.imul(hash ^ words[at].charCodeAt(position), 0x01000193);
    hash = Math.imul(hash ^ 32, 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

let known;

/** `[{ spdx, size, sketch, title }]` */
export function knownLicences() {
  known ??= JSON.parse(readFileSync(asset, 'utf8')).licences.map(({ spdx, size, title, sketch }) => ({
    spdx,
    size,
    title,
    sketch: sketch.split(' ').map((item) => Number.parseInt(item, 36)),
  }));
  return known;
}

/**
 * `[{ spdx, similarity }]`, best first: the licence the text is, and others that stand in it as well. Similarity in per cent.
 * Empty when the text is none of the known ones.
 */
export function recognise(text) {
  const hashes = shinglesOf(text);
  if (hashes.size < 8) return [];
  const head = text.slice(0, 3_000).toLowerCase().replaceAll(/\s+/g, ' ');
  const scored = knownLicences()
    .map((licence) => score(licence, hashes, head))
    .filter((item) => item.coverage >= coverageMin)
    .sort((a, b) => b.dice - a.dice || b.size - a.size || (a.spdx < b.spdx ? -1 : 1));
  const taken = [];
  const explained = new Set();
  for (const item of scored) {
    const fresh = item.sketch.filter((hash) => hashes.has(hash) && !explained.has(hash)).length / item.sketch.length;
    // BSD-2-Clause stands whole in BSD-3-Clause, ISC nearly in 0BSD: what another licence explains is not a second one.
    if (taken.length > 0 && fresh < 0.6) continue;
    taken.push(item);
    for (const hash of item.sketch) explained.add(hash);
  }
  return taken.map(({ spdx, coverage }) => ({
    spdx: versionOf(spdx, head),
    similarity: Math.round(coverage * 1000) / 10,
  }));
}

function score({ spdx, size, sketch, title }, hashes, head) {
  const limit = sketch.at(-1);
  let shared = 0;
  for (const hash of sketch) if (hashes.has(hash)) shared++;
  let below = 0;
  for (const hash of hashes) if (hash <= limit) below++;
  const coverage = shared / sketch.length;
  const precision = below === 0 ? 0 : shared / below;
  // Licences of one family differ in a few words; the name at the head settles what the words leave open.
  const named = title !== undefined && head.includes(title);
  const dice = coverage + precision === 0 ? 0 : (2 * coverage * precision) / (coverage + precision) + (named ? 0.1 : 0);
  return { spdx, size, sketch, coverage, dice };
}

/** The licence text itself does not tell `only` from `or later`; the sentence that grants it does. */
function versionOf(spdx, head) {
  if (!/^(?:A?GPL|LGPL)-/.test(spdx)) return spdx;
  return /either version [\d.]+ of the license,? or \(at your option\) any later version/.test(head)
    ? `${spdx}-or-later`
    : spdx;
}
