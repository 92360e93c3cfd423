import type { Goal, Page } from '@chorale/lib-client';
import { describe, expect, test } from 'vitest';
import { type GoalPages, goalsOf, putGoalInPages } from './goal-pages.ts';

const goal = (goalId: string, over: Partial<Goal> = {}): Goal => ({
  goalId,
  projectId: 'default',
  title: goalId,
  workflow: 'audit',
  state: 'running',
  version: 1,
  planVersion: 1,
  planHash: 'hash',
  inputs: {},
  priority: 'normal',
  eventSeq: 1,
  tasksOpen: 1,
  tasksRunning: 0,
  tasksTotal: 1,
  tasksFailed: 0,
  createdAt: 0,
  requestedBy: 'owner',
  depth: 0,
  ...over,
});

/** Goals by the letters of their ids, a page each; the last page is the end unless `more`. */
function pagesOf(pages: readonly string[], { more = false } = {}): GoalPages {
  return {
    pages: pages.map((letters, index): Page<Goal> => {
      const items = Array.from(letters, (letter) => goal(letter));
      return index < pages.length - 1 || more ? { items, next: `after-${letters}` } : { items };
    }),
    pageParams: pages.map(() => undefined),
  };
}

const lettersOf = (pages: GoalPages): string =>
  pages.pages.map(({ items }) => items.map(({ goalId }) => goalId).join('')).join('|');

describe('[GP1] a new goal stands where its age puts it', () => {
  test.each([
    ['first', 'z', 'zfdb|a'],
    ['between two of a page', 'c', 'fdcb|a'],
    ['between two pages', 'aa', 'fdb|aaa'],
    ['at the end of all', '0', 'fdb|a0'],
  ])('%s', (_title, goalId, expected) => {
    expect(lettersOf(putGoalInPages(pagesOf(['fdb', 'a']), goal(goalId), {}))).toBe(expected);
  });

  test('into an empty list', () => {
    expect(lettersOf(putGoalInPages(pagesOf(['']), goal('a'), {}))).toBe('a');
  });
});

test('[GP4] a goal older than what is loaded is left to the page that brings it', () => {
  const pages = pagesOf(['fd'], { more: true });
  expect(putGoalInPages(pages, goal('a'), {})).toBe(pages);
});

test('[GP2] a goal that no longer fits the filter leaves, and one that fits now comes', () => {
  const active = { states: ['running'] as const };
  const left = putGoalInPages(pagesOf(['fdb']), goal('d', { version: 2, state: 'succeeded' }), active);
  expect(lettersOf(left)).toBe('fb');
  expect(lettersOf(putGoalInPages(left, goal('d', { version: 3 }), active))).toBe('fdb');
  expect(lettersOf(putGoalInPages(left, goal('e', { workflow: 'other' }), { workflow: 'audit' }))).toBe('fb');
  expect(lettersOf(putGoalInPages(left, goal('e'), { projectId: 'payroll' }))).toBe('fb');
  expect(lettersOf(putGoalInPages(left, goal('e', { projectId: 'payroll' }), { projectId: 'payroll' }))).toBe('feb');
});

test('[GP2] a goal that is archived leaves every list but that of the archive', () => {
  const archived = goal('d', { version: 2, state: 'succeeded', archivedAt: 9 });
  expect(lettersOf(putGoalInPages(pagesOf(['fdb']), archived, {}))).toBe('fb');
  expect(lettersOf(putGoalInPages(pagesOf(['']), archived, { archived: true }))).toBe('d');
  expect(lettersOf(putGoalInPages(pagesOf(['d']), goal('e'), { archived: true }))).toBe('d');
});

test('[GP3] a slow answer never puts an older row over a newer one', () => {
  const newer = putGoalInPages(pagesOf(['a']), goal('a', { version: 5, title: 'new' }), {});
  expect(putGoalInPages(newer, goal('a', { version: 4, title: 'old' }), {})).toBe(newer);
  expect(goalsOf(newer).map(({ title }) => title)).toEqual(['new']);
});

test('[GP2] a goal that two pages hold is shown once', () => {
  expect(goalsOf(pagesOf(['fd', 'db'])).map(({ goalId }) => goalId)).toEqual(['f', 'd', 'b']);
});
