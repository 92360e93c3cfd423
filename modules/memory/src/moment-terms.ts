// A moment as the words that a question would name it by. UTC.

import { stemWord } from './stem-word.ts';

const monthNames = 'january february march april may june july august september october november december'.split(' ');

const monthTerms: readonly string[] = monthNames.map(stemWord);

/** As in `8 may 2023`, as terms. */
export function termsOfMoment(atMs: number): readonly string[] {
  const date = new Date(atMs);
  return [String(date.getUTCDate()), monthTerms[date.getUTCMonth()]!, String(date.getUTCFullYear())];
}

const dayMs = 86_400_000;

/** Of a day: as of any moment in it; of a week or month, its month and year; of a year, that. */
export function termsOfSpan(from: number, to: number): readonly string[] {
  const [day, month, year] = termsOfMoment(from) as readonly [string, string, string];
  if (to - from <= dayMs) return [day, month, year];
  return to - from <= 31 * dayMs ? [month, year] : [year];
}

export function isDateTerm(term: string): boolean {
  return monthTerms.includes(term) || /^([12]?\d|3[01]|(19|20)\d\d)$/.test(term);
}

/** As in `2023-05-08`. */
export function formatDay(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}
