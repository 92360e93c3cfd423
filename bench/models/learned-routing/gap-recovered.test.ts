import { expect, test } from 'vitest';
import { averageGapRecovered, shareToRecover } from './gap-recovered.ts';
import { parseCsv, type Question } from './outcomes.ts';

const question = (weakGood: boolean, strongGood: boolean): Question => ({ prompt: '', weakGood, strongGood });
const gained = question(false, true);
const same = question(true, true);
const lost = question(true, false);

const inOrder = (questions: readonly Question[]): readonly { question: Question; gain: number }[] =>
  questions.map((each, at) => ({ question: each, gain: -at }));

test('the area under the recovered share is 1/2 for a gain in the middle, more for one that comes first', () => {
  expect(averageGapRecovered(inOrder([same, gained, same]))).toBeCloseTo(1 / 2);
  expect(averageGapRecovered(inOrder([gained, same, same, same]))).toBeCloseTo(7 / 8);
  expect(averageGapRecovered(inOrder([same, same, same, gained]))).toBeCloseTo(1 / 8);
});

test('questions that the stronger model loses and that come last lift it above one', () => {
  // Recovered after each question: 1, 2, 2, 1 of a gap of 1.
  expect(averageGapRecovered(inOrder([gained, gained, same, lost]))).toBeCloseTo((0.5 + 1.5 + 2 + 1.5) / 4);
});

test('without a gap there is nothing to recover', () => {
  expect(() => averageGapRecovered(inOrder([same, lost]))).toThrow(/no gap/);
});

test('the share of calls for a share of the gap', () => {
  expect(shareToRecover(inOrder([gained, same, same, gained]), 0.5)).toBe(0.25);
  expect(shareToRecover(inOrder([gained, same, same, gained]), 0.8)).toBe(1);
});

test('CSV with quotes, commas and line ends in a field', () => {
  expect(parseCsv('a,b\n"x ""y"", z\nw",True\r\nlast,False')).toEqual([
    ['a', 'b'],
    ['x "y", z\nw', 'True'],
    ['last', 'False'],
  ]);
});
