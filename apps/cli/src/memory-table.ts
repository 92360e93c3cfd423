// Memories as rows of a table.
import type { Memory } from '@chorale/lib-client';
import { formatAge } from './format.ts';
import type { Column } from './table.ts';
import { harmless } from './text-width.ts';

/** Why it is not simply there. */
export function stateOf({ state, retractedAt, validTo, pinned, legalHold }: Memory, now: number): string {
  const said: string[] = [];
  if (state === 'quarantined') said.push('quarantined');
  if (retractedAt !== undefined) said.push('retracted');
  else if (validTo !== undefined && validTo <= now) said.push('ended');
  if (pinned) said.push('pinned');
  if (legalHold) said.push('on hold');
  return said.join(', ');
}

export function memoryColumns(now: number): readonly Column<Memory>[] {
  return [
    { title: 'memory', text: ({ memoryId }) => memoryId },
    { title: 'kind', text: ({ kind }) => kind },
    { title: 'scope', text: ({ scope }) => harmless(scope), shrinks: true },
    { title: 'text', text: ({ text }) => harmless(text), shrinks: true },
    { title: 'state', text: (memory) => stateOf(memory, now), colour: () => 'yellow' },
    { title: 'kept', text: ({ recordedAt }) => formatAge(recordedAt, now) },
  ];
}
