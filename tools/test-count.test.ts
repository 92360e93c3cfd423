import { expect, test } from 'vitest';
import { countTests } from './test-count.ts';

const passed = { fullName: 'a goal ends', status: 'passed' };
const failed = { fullName: 'a goal waits', status: 'failed' };
const skipped = { fullName: 'a goal is paused', status: 'skipped' };

function report(
  ...files: readonly { status: string; tests: readonly { fullName: string; status: string }[] }[]
): string {
  return JSON.stringify({
    testResults: files.map(({ status, tests }) => ({ name: 'goal.test.ts', status, assertionResults: tests })),
  });
}

test('passed and failed tests are counted over all files', () => {
  const text = report({ status: 'passed', tests: [passed, passed] }, { status: 'failed', tests: [passed, failed] });
  expect(countTests({ exitCode: 1, report: text, filtered: false })).toEqual({ passed: 3, failed: 1, reasons: [] });
});

test('a file that does not load counts as one failure and is named', () => {
  const count = countTests({ exitCode: 1, report: report({ status: 'failed', tests: [] }), filtered: false });
  expect(count.failed).toBe(1);
  expect(count.reasons).toEqual(['failed to load, or failed outside a test: goal.test.ts']);
});

test('a skipped test counts as failed and is named', () => {
  const text = report({ status: 'passed', tests: [passed, skipped] });
  const count = countTests({ exitCode: 0, report: text, filtered: false });
  expect(count).toEqual({ passed: 1, failed: 1, reasons: ['did not run (skipped): a goal is paused'] });
});

test('tests that a filter by name left out are not failures', () => {
  const text = report({ status: 'passed', tests: [passed, skipped] });
  expect(countTests({ exitCode: 0, report: text, filtered: true }).failed).toBe(0);
});

test('an error outside every test counts, although all tests passed', () => {
  const text = report({ status: 'passed', tests: [passed] });
  expect(countTests({ exitCode: 1, report: text, filtered: false }).failed).toBe(1);
});

test('a run without a report is a failure', () => {
  expect(countTests({ exitCode: 134, report: undefined, filtered: false }).failed).toBe(1);
});
