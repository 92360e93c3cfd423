// Text to terms: what is indexed and what is looked for.

import { stemWord } from './stem-word.ts';

// Words that say nothing of what a text is about.
const stopWords = new Set(
  `a an the of to in on at for and or is are was were be been being do does did has have had will would can could should may
might i you he she it we they me him her us them my your his its our their this that these those what which who whom when
where why how with as by from about into than then so if not no just also there here up out s t re ve ll d m don didn doesn
isn wasn aren`.split(/\s+/),
);

/** A text's terms in their order, and so often as they stand there; no more than `termsMax` of them. */
export function splitTerms(text: string): readonly string[] {
  const terms: string[] = [];
  for (const word of wordsOf(text)) {
    if (stopWords.has(word) || (word.length < 2 && !isDigit(word))) continue;
    terms.push(stemWord(word));
    if (terms.length === termsMax) break;
  }
  return terms;
}

/** Of a very long text the beginning is indexed. */
const termsMax = 2_000;

export function wordsOf(text: string): readonly string[] {
  return (
    text
      .normalize('NFKD')
      .replaceAll(/\p{M}/gu, '')
      .toLowerCase()
      .replaceAll(/['’]s\b/g, '')
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}

function isDigit(word: string): boolean {
  return word >= '0' && word <= '9';
}
