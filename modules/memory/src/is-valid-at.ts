// Whether a memory held, and was held to be true, at a moment.

import type { Memory } from './memory.ts';
import type { AsOf } from './memory-store.ts';

type Times = Pick<Memory, 'validFrom' | 'validTo' | 'ends' | 'recordedAt' | 'retractedAt'>;

/** `now` stands for what is not said. */
export function isValidAt(memory: Times, { validAt, knownAt }: AsOf, now: number): boolean {
  const known = knownAt ?? now;
  if (memory.recordedAt > known) return false;
  if (memory.retractedAt !== undefined && memory.retractedAt <= known) return false;
  const at = validAt ?? knownAt ?? now;
  const until = validToAsKnown(memory, known);
  return memory.validFrom <= at && (until === undefined || at < until);
}

/** What the store held at that moment to be the end of it. */
function validToAsKnown({ validTo, ends }: Times, knownAt: number): number | undefined {
  if (ends.length === 0) return validTo;
  const known = ends.findLast(({ recordedAt }) => recordedAt <= knownAt);
  return (known ?? ends[0]!).validTo;
}
