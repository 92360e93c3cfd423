// What is shown of what a model says: the end of it, in pieces of one kind each.
import type { LiveText } from '@chorale/lib-client';

export interface SpokenPiece {
  readonly kind: 'text' | 'reasoning' | 'tool-call';
  readonly text: string;
}

export interface Spoken {
  readonly callId: string;
  readonly agent: string;
  readonly pieces: readonly SpokenPiece[];
  /** Characters of the call that have come, or were lost. */
  readonly seen: number;
}

const piecesMax = 50;
const textLengthMax = 4_000;

/** Undefined when the call is over: the journal has all of it. */
export function addPiece(
  before: Spoken | undefined,
  { callId, agent, kind, from, text }: LiveText,
): Spoken | undefined {
  const same = before?.callId === callId ? before : undefined;
  if (kind === 'end') return before?.callId === callId ? undefined : before;
  const pieces = [...(same?.pieces ?? [])];
  const last = pieces.at(-1);
  const gap = same !== undefined && from > same.seen ? ' … ' : '';
  if (last?.kind === kind && kind !== 'tool-call')
    pieces[pieces.length - 1] = { kind, text: shorten(`${last.text}${gap}${text}`) };
  else pieces.push({ kind, text: shorten(`${gap}${text}`) });
  return { callId, agent, pieces: pieces.slice(-piecesMax), seen: from + text.length };
}

function shorten(text: string): string {
  return text.length <= textLengthMax ? text : `…${text.slice(-textLengthMax)}`;
}
