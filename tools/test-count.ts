// What a run of vitest amounts to: N passed, N failed, and why where the reporter's own output does not say it.

export interface TestCount {
  readonly passed: number;
  readonly failed: number;
  readonly reasons: readonly string[];
}

export interface TestRun {
  readonly exitCode: number;
  /** The JSON reporter's file; undefined when vitest did not get so far as to write it. */
  readonly report: string | undefined;
  /** Tests were chosen by name, so that skipped ones were meant to be. */
  readonly filtered: boolean;
}

interface VitestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

export function countTests(run: TestRun): TestCount {
  if (run.report === undefined) {
    return { passed: 0, failed: 1, reasons: [`vitest ended with exit code ${run.exitCode} and without a report`] };
  }
  const files = (JSON.parse(run.report) as VitestReport).testResults;
  const tests = files.flatMap((file) => file.assertionResults);
  const notRun = tests.filter((test) => test.status !== 'passed' && test.status !== 'failed');
  const notLoaded = files.filter((file) => file.status === 'failed' && !file.assertionResults.some(hasFailed));
  const reasons = [
    ...notLoaded.map((file) => `failed to load, or failed outside a test: ${file.name}`),
    ...(run.filtered ? [] : notRun.map((test) => `did not run (${test.status}): ${test.fullName}`)),
  ];
  const passed = tests.filter((test) => test.status === 'passed').length;
  const failed = tests.filter(hasFailed).length + reasons.length;
  if (run.exitCode !== 0 && failed === 0) {
    return { passed, failed: 1, reasons: [`vitest ended with exit code ${run.exitCode} although no test failed`] };
  }
  return { passed, failed, reasons };
}

function hasFailed(test: { readonly status: string }): boolean {
  return test.status === 'failed';
}
