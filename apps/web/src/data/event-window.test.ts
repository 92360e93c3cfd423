import type { GoalEvent } from '@chorale/lib-client';
import { expect, test } from 'vitest';
import { appendEvents, emptyWindow, eventsAfter, firstSeqOf, prependEvents } from './event-window.ts';

const event = (seq: number): GoalEvent => ({ goalId: 'goal_1', seq, type: 'task-started', at: seq, data: {} });
const stretch = (from: number, to: number): readonly GoalEvent[] =>
  Array.from({ length: to - from + 1 }, (_unused, index) => event(from + index));
const seqs = (events: readonly GoalEvent[]): readonly number[] => events.map(({ seq }) => seq);

test('[EW1] a repeat is dropped and what is new is kept in order', () => {
  const window = appendEvents(appendEvents(emptyWindow(0), stretch(1, 4)), stretch(3, 6));
  expect(seqs(window.events)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(window.lastSeq).toBe(6);
});

test('[EW1] nothing new leaves the window the very same', () => {
  const window = appendEvents(emptyWindow(0), stretch(1, 3));
  expect(appendEvents(window, stretch(2, 3))).toBe(window);
});

test('[EW2] events that would leave a gap are refused, at either end', () => {
  const window = appendEvents(emptyWindow(10), stretch(11, 12));
  expect(() => appendEvents(window, stretch(14, 15))).toThrow('event 14 stands where event 13');
  expect(() => prependEvents(window, [event(7), event(9), event(10)])).toThrow('event 7 stands where event 8');
});

test('[EW1] an earlier page joins without a seam', () => {
  const window = prependEvents(appendEvents(emptyWindow(10), stretch(11, 12)), stretch(6, 11));
  expect(seqs(window.events)).toEqual([6, 7, 8, 9, 10, 11, 12]);
  expect(firstSeqOf(window)).toBe(6);
});

test('an empty window knows where the next event stands', () => {
  expect(firstSeqOf(emptyWindow(40))).toBe(41);
  expect(eventsAfter(emptyWindow(40), 12)).toEqual([]);
});

test('the events after a seq are those that came since', () => {
  const window = appendEvents(emptyWindow(10), stretch(11, 15));
  expect(seqs(eventsAfter(window, 13))).toEqual([14, 15]);
  expect(seqs(eventsAfter(window, 4))).toEqual([11, 12, 13, 14, 15]);
});
