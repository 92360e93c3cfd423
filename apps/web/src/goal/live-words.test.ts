import type { LiveText } from '@chorale/lib-client';
import { expect, test } from 'vitest';
import { addPiece, type Spoken } from './live-words.ts';

const piece = (kind: LiveText['kind'], from: number, text: string): LiveText => ({
  goalId: 'g',
  taskNo: 1,
  agent: 'scout',
  callId: 'c1',
  kind,
  from,
  text,
});
const all = (...pieces: readonly LiveText[]): Spoken | undefined =>
  pieces.reduce<Spoken | undefined>((before, one) => addPiece(before, one), undefined);

test('words of one kind go together, and a loss shows', () => {
  const spoken = all(
    piece('text', 0, 'One'),
    piece('text', 3, ' two'),
    piece('text', 20, 'ten'),
    piece('tool-call', 23, 'x'),
  );
  expect(spoken?.pieces).toEqual([
    { kind: 'text', text: 'One two … ten' },
    { kind: 'tool-call', text: 'x' },
  ]);
});

test('who begins to look in the middle sees the rest, without a mark of loss', () => {
  expect(all(piece('text', 500, 'rest'))?.pieces).toEqual([{ kind: 'text', text: 'rest' }]);
});

test('the next call replaces the one before, and the end of a call ends what is shown of it alone', () => {
  const second = { ...piece('text', 0, 'second'), callId: 'c2' };
  expect(all(piece('text', 0, 'first'), second)?.pieces).toEqual([{ kind: 'text', text: 'second' }]);
  expect(all(second, piece('end', 5, ''))?.callId).toBe('c2');
  expect(all(second, { ...piece('end', 6, ''), callId: 'c2' })).toBeUndefined();
});

test('however long somebody talks, what is kept is bounded', () => {
  let spoken: Spoken | undefined;
  for (let index = 0; index < 500; index++) {
    spoken = addPiece(spoken, piece('text', index * 1_100, 'x'.repeat(1_000)));
    spoken = addPiece(spoken, piece('tool-call', index * 1_100 + 1_000, 'y'.repeat(100)));
  }
  expect(spoken?.pieces).toHaveLength(50);
  expect(JSON.stringify(spoken).length).toBeLessThan(200_000);
});
