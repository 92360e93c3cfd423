// Replaces what was found in a text by placeholders.

import type { Finding } from './finding.ts';
import type { Placeholders } from './placeholders.ts';

/** Findings in the order of the text, none overlapping. */
export function maskText(text: string, findings: readonly Finding[], placeholders: Placeholders): string {
  if (findings.length === 0) return text;
  const pieces: string[] = [];
  let from = 0;
  for (const { start, end, kind } of findings) {
    pieces.push(text.slice(from, start), placeholders.nameFor(text.slice(start, end), kind));
    from = end;
  }
  return pieces.join('') + text.slice(from);
}
