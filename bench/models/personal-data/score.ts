// Holds what was found against what was planted.

import { findSensitive } from '@chorale/module-models';
import type { Sample } from './make-corpus.ts';

export interface Score {
  /** Planted values of a kind, and those of them that were found from end to end. */
  readonly byKind: ReadonlyMap<string, { readonly planted: number; readonly found: number }>;
  readonly recall: number;
  /** Of what was found, the share that holds something of a planted value. */
  readonly precision: number;
  /** What was found where nothing was planted, by what it was taken for and what it was. */
  readonly wrong: ReadonlyMap<string, number>;
}

interface Tally {
  planted: number;
  found: number;
}

export function scoreCorpus(samples: readonly Sample[]): Score {
  const byKind = new Map<string, Tally>();
  const wrong = new Map<string, number>();
  const all: Tally = { planted: 0, found: 0 };
  let findings = 0;
  let right = 0;
  for (const { text, planted, harmless } of samples) {
    const found = findSensitive(text);
    for (const { kind, start, end } of planted) {
      const tally = byKind.get(kind) ?? { planted: 0, found: 0 };
      byKind.set(kind, tally);
      // Every character of it lies in something found: nothing of it would be sent.
      const isFound = found.some((finding) => finding.start <= start && finding.end >= end);
      for (const each of [tally, all]) {
        each.planted++;
        each.found += Number(isFound);
      }
    }
    for (const finding of found) {
      findings++;
      if (planted.some(({ start, end }) => finding.start < end && finding.end > start)) right++;
      else {
        const taken =
          harmless.find(({ start, end }) => finding.start < end && finding.end > start)?.kind ?? 'plain words';
        const key = `${taken} taken for ${finding.what}`;
        wrong.set(key, (wrong.get(key) ?? 0) + 1);
      }
    }
  }
  return { byKind, wrong, recall: all.found / all.planted, precision: right / findings };
}
