// Memories that sum up others. They point to the episodes they were made of, and go with the first of those that goes.

import type { Memory } from './memory.ts';

/** Who recorded them. */
export const summarising = 'summary';

export function isSummary({ recordedBy, provenance }: Pick<Memory, 'recordedBy' | 'provenance'>): boolean {
  return recordedBy === summarising && provenance.length > 0;
}
