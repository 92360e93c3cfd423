// The limits and habits that the linter holds. Each case plants one violation.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkSteps } from '../../tools/check-steps.ts';
import { lint, type LintFinding } from './lint-findings.ts';
import { openPlantedCheckout, type PlantedCheckout } from './planted-checkout.ts';

interface Refused {
  readonly title: string;
  readonly path: string;
  readonly code: string;
  readonly rule: string;
}

const lines = (count: number, line: string): string => `${line}\n`.repeat(count);
const openUnion = "type State = 'ready' | 'done';\nexport function name(state: State): string {\n  switch (state) {\n";

const refused: readonly Refused[] = [
  {
    title: 'a file of 401 lines',
    path: 'modules/goals/src/long.ts',
    code: lines(401, '// text'),
    rule: 'eslint(max-lines)',
  },
  {
    title: 'a test file of 401 lines',
    path: 'modules/goals/src/long.test.ts',
    code: lines(401, '// text'),
    rule: 'eslint(max-lines)',
  },
  {
    title: 'a function of 71 lines',
    path: 'modules/goals/src/long-function.ts',
    code: `export function long(): void {\n${lines(69, '  // text')}}\n`,
    rule: 'eslint(max-lines-per-function)',
  },
  {
    title: 'four parameters',
    path: 'modules/goals/src/parameters.ts',
    code: 'export const f = (a: number, b: number, c: number, d: number): number => a + b + c + d;\n',
    rule: 'eslint(max-params)',
  },
  {
    title: 'five levels of nesting',
    path: 'modules/goals/src/deep.ts',
    code: 'export function f(a: boolean): number {\n  if (a) { if (!a) { if (a) { if (!a) { if (a) { return 1; } } } } }\n  return 2;\n}\n',
    rule: 'eslint(max-depth)',
  },
  {
    title: 'an import cycle',
    path: 'modules/goals/src/cycle-a.ts',
    code: "import { b } from './cycle-b.ts';\nexport const a = (): number => b();\n",
    rule: 'import(no-cycle)',
  },
  {
    title: 'a promise nobody waits for',
    path: 'modules/goals/src/floating.ts',
    code: 'async function work(): Promise<void> {}\nexport function start(): void {\n  work();\n}\n',
    rule: 'typescript(no-floating-promises)',
  },
  {
    title: 'a promise used as a condition',
    path: 'modules/goals/src/condition.ts',
    code: 'async function isReady(): Promise<boolean> {\n  return true;\n}\nexport function start(): number {\n  if (isReady()) return 1;\n  return 2;\n}\n',
    rule: 'typescript(no-misused-promises)',
  },
  {
    title: 'an async function where nobody takes its promise',
    path: 'modules/goals/src/async-callback.ts',
    code: '[1].forEach(async () => {});\n',
    rule: 'typescript(no-misused-promises)',
  },
  {
    title: 'a promise nobody waits for, in a test',
    path: 'modules/goals/src/floating.test.ts',
    code: 'async function work(): Promise<void> {}\nwork();\n',
    rule: 'typescript(no-floating-promises)',
  },
  {
    title: 'a promise nobody waits for, in the page',
    path: 'apps/web/src/floating.tsx',
    code: 'async function work(): Promise<void> {}\nwork();\n',
    rule: 'typescript(no-floating-promises)',
  },
  {
    title: 'waiting for what is no promise',
    path: 'modules/goals/src/wait.ts',
    code: 'export async function f(): Promise<number> {\n  return await 1;\n}\n',
    rule: 'typescript(await-thenable)',
  },
  {
    title: 'a switch that forgets a member of the union',
    path: 'modules/goals/src/switch.ts',
    code: `${openUnion}    case 'ready':\n      return 'r';\n  }\n  return 'd';\n}\n`,
    rule: 'typescript(switch-exhaustiveness-check)',
  },
  {
    title: 'a switch that hides a forgotten member behind default',
    path: 'modules/goals/src/switch-default.ts',
    code: `${openUnion}    case 'ready':\n      return 'r';\n    default:\n      return 'd';\n  }\n}\n`,
    rule: 'typescript(switch-exhaustiveness-check)',
  },
  {
    title: 'throwing what is no error',
    path: 'modules/goals/src/throw.ts',
    code: "export function f(): never {\n  throw 'text';\n}\n",
    rule: 'typescript(only-throw-error)',
  },
  {
    title: 'any',
    path: 'modules/goals/src/any.ts',
    code: 'export const a: any = 1;\n',
    rule: 'typescript(no-explicit-any)',
  },
  {
    title: 'the clock in a module',
    path: 'modules/goals/src/clock.ts',
    code: 'export const nowMs = (): number => Date.now();\n',
    rule: 'eslint(no-restricted-properties)',
  },
  {
    title: 'chance in a module',
    path: 'modules/goals/src/chance.ts',
    code: 'export const chance = (): number => Math.random();\n',
    rule: 'eslint(no-restricted-properties)',
  },
  {
    title: 'the clock in a lib',
    path: 'libs/ids/src/clock.ts',
    code: 'export const nowMs = (): number => Date.now();\n',
    rule: 'eslint(no-restricted-properties)',
  },
  {
    title: 'the console in a module',
    path: 'modules/goals/src/console.ts',
    code: "console.log('text');\n",
    rule: 'eslint(no-console)',
  },
  {
    title: 'eval',
    path: 'adapters/sqlite/src/eval.ts',
    code: "export const two = (): unknown => eval('1 + 1');\n",
    rule: 'eslint(no-eval)',
  },
  {
    title: 'a loose comparison',
    path: 'modules/goals/src/loose.ts',
    code: 'export const same = (a: number | null): boolean => a == 1;\n',
    rule: 'eslint(eqeqeq)',
  },
  {
    title: 'a file name that is not in kebab case',
    path: 'modules/goals/src/goalStore.ts',
    code: 'export const a = 1;\n',
    rule: 'unicorn(filename-case)',
  },
  {
    title: 'a focused test',
    path: 'modules/goals/src/focused.test.ts',
    code: "import { expect, test } from 'vitest';\ntest.only('a', () => {\n  expect(1).toBe(1);\n});\n",
    rule: 'vitest(no-focused-tests)',
  },
  {
    title: 'a skipped test',
    path: 'modules/goals/src/skipped.test.ts',
    code: "import { expect, test } from 'vitest';\ntest.skip('a', () => {\n  expect(1).toBe(1);\n});\n",
    rule: 'vitest(no-disabled-tests)',
  },
  {
    title: 'a hook of React in a condition',
    path: 'apps/web/src/hook.tsx',
    code: "import { useState } from 'react';\nexport function Goal({ open }: { open: boolean }): null {\n  if (open) useState(1);\n  return null;\n}\n",
    rule: 'react(hooks)',
  },
  {
    title: 'an image without a text',
    path: 'apps/web/src/image.tsx',
    code: 'export const Goal = () => <img src="a.png" />;\n',
    rule: 'jsx-a11y(alt-text)',
  },
];

const besides = {
  'modules/goals/src/cycle-b.ts': "import { a } from './cycle-a.ts';\nexport const b = (): number => a();\n",
};

const allowed: Readonly<Record<string, string>> = {
  'modules/goals/src/allowed.ts': `${lines(399, '// text')}export const a = 1;\n`,
  'modules/goals/src/allowed-function.ts': `export function long(): void {\n${lines(68, '  // text')}}\n`,
  'modules/goals/src/allowed-switch.ts': `${openUnion}    case 'ready':\n      return 'r';\n    case 'done':\n      return 'd';\n  }\n}\n`,
  'modules/goals/src/allowed.test.ts': 'export const nowMs = (): number => Date.now();\n',
  'adapters/sqlite/src/allowed.ts': 'export const nowMs = (): number => Date.now();\n',
};

describe('the linter holds the limits', () => {
  let checkout: PlantedCheckout;
  let findings: readonly LintFinding[];

  beforeAll(async () => {
    checkout = await openPlantedCheckout();
    await checkout.plant({
      ...Object.fromEntries(refused.map(({ path, code }) => [path, code])),
      ...besides,
      ...allowed,
    });
    findings = await lint(checkout);
  });
  afterAll(() => checkout.close());

  test.each(refused)('$rule refuses $title', ({ path, rule }) => {
    expect(findings.filter((finding) => finding.file === path).map((finding) => finding.rule)).toContain(rule);
  });

  test.each(Object.keys(allowed))('what keeps the limits is left alone: %s', (path) => {
    expect(findings.filter((finding) => finding.file === path)).toEqual([]);
  });

  test('a comment that switches off a rule which finds nothing is refused', async () => {
    await checkout.plant({
      'modules/goals/src/unused.ts': '// oxlint-disable-next-line no-eval\nexport const a = 1;\n',
    });
    const { exitCode, output } = await checkout.run(checkSteps.lint, 'modules/goals/src/unused.ts');
    expect(output).toContain('Unused oxlint-disable directive');
    expect(exitCode).toBe(1);
  });
});
