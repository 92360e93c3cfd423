// What somebody wants done from now on: it holds for what comes, not for what was asked when it was said.

import type { Memory } from './memory.ts';

const opening = new RegExp(
  '^(please )?((always|never|from now on|going forward|in (the )?future|whenever|each time|every time|by default|' +
    '(make|be) sure (to|that) (always|never))\\b|(i )?prefer (that )?you\\b|(don.?t|do not) ever\\b|remember to always\\b)',
  'i',
);
const middle =
  /\b(always|never)\b[^.?!]{3,160}\b(when|whenever|if|every time)\s+(i|we)\s+(ask|request|want|need|mention|talk)/i;

/** The sentences that are instructions. */
export function findInstructions(text: string): readonly string[] {
  const sentences = text.match(/[^.!?\n]+[.!?]?/g) ?? [];
  return sentences
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence.length <= sentenceMax && !sentence.endsWith('?'))
    .filter((sentence) => opening.test(sentence) || middle.test(sentence));
}

/** Longer ones are prose that begins with one of the words. */
const sentenceMax = 300;

export function isStandingInstruction(memory: Pick<Memory, 'body' | 'kind' | 'role'>): boolean {
  if (memory.role !== 'person') return false;
  return memory.kind === 'procedural' || findInstructions(memory.body).length > 0;
}
