// What is said of a memory besides its text.
import type { Memory } from '@chorale/lib-client';

/** Why it is not simply there; empty for most. */
export function marksOf(memory: Memory, now: number): readonly string[] {
  const { state, retractedAt, validTo, pinned, legalHold, sensitivity } = memory;
  const marks: string[] = [];
  if (state === 'quarantined') marks.push('in quarantine');
  if (retractedAt !== undefined) marks.push('retracted');
  else if (validTo !== undefined && validTo <= now) marks.push('ended');
  if (pinned) marks.push('pinned');
  if (legalHold) marks.push('on hold');
  if (sensitivity !== 'normal') marks.push(sensitivity);
  return marks;
}

/** Goals are sessions of what their agents did. */
export function goalOf(sessionId: string | undefined): string | undefined {
  return sessionId?.startsWith('goal_') === true ? sessionId : undefined;
}
