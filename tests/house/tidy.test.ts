import { describe, expect, test } from 'vitest';
import { tidyRules } from './tidy-rules.ts';
import { readTree } from './tree.ts';

const tree = readTree();

describe.each(tidyRules)('$title', (rule) => {
  test('every planted violation is found', () => {
    const missed = rule.violations.filter((file) => rule.find(file).length === 0);
    expect(missed).toEqual([]);
    expect(rule.violations.length).toBeGreaterThan(0);
  });

  test('what comes close and is right is left alone', () => {
    expect(rule.allowed.flatMap((file) => rule.find(file))).toEqual([]);
  });

  test('the tree keeps it', () => {
    expect(tree.flatMap((file) => rule.find(file))).toEqual([]);
  });
});

test('the tree that is looked at is this one, and not empty', () => {
  expect(tree.map((file) => file.path)).toContain('tests/house/tidy.test.ts');
});
