import { describe, expect, test } from 'vitest';
import {
  parseStates,
  readApprovalsSearch,
  readGoalSearch,
  readGoalsSearch,
  readMemorySearch,
  readRootSearch,
} from './search-params.ts';

describe('[W1] an address keeps what it says and drops what it cannot mean', () => {
  test.each([
    [readGoalsSearch, { state: 'running,paused', workflow: 'audit' }, { state: 'running,paused', workflow: 'audit' }],
    [readGoalsSearch, { state: 'paused,flying,running' }, { state: 'running,paused' }],
    [readGoalsSearch, { state: 'flying', workflow: '', page: 3 }, {}],
    [readGoalsSearch, { workflow: 12 }, { workflow: '12' }],
    [readGoalsSearch, { archived: true }, { archived: true }],
    [readGoalsSearch, { archived: 'yes' }, {}],
    [
      readMemorySearch,
      { q: 12, kind: 'semantic', asOf: '2027-01-31' },
      { q: '12', kind: 'semantic', asOf: '2027-01-31' },
    ],
    [readMemorySearch, { tab: 'nowhere', kind: 'x', asOf: 'soon', scope: 'user/ann' }, { scope: 'user/ann' }],
    [readGoalSearch, { tab: 'timeline', task: 0, as: 'list' }, { tab: 'timeline', task: 0, as: 'list' }],
    [readGoalSearch, { tab: 'plan', task: -1, as: 'cube' }, {}],
    [readGoalSearch, { tab: 'nowhere', task: 1.5, file: 'report.html' }, { file: 'report.html' }],
    [readApprovalsSearch, { show: 'all' }, { show: 'all' }],
    [readApprovalsSearch, { show: 'none' }, {}],
    [readRootSearch, { new: '' }, { new: '' }],
    [readRootSearch, {}, {}],
  ])('%o reads %o as %o', (read, raw, expected) => {
    expect(read(raw)).toEqual(expected);
  });
});

test('[W1] states come in one order, each once, so that equal filters are equal addresses', () => {
  expect(parseStates('failed,running,failed')).toEqual(['running', 'failed']);
  expect(parseStates(undefined)).toEqual([]);
});
