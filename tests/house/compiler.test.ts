// What the compiler settings refuse: the world in a pure package, and what does not survive type stripping. Each case
// plants one violation and is compiled by `tsc -b`, as `npm run check` does.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkSteps } from '../../tools/check-steps.ts';
import { openPlantedCheckout, type PlantedCheckout } from './planted-checkout.ts';

interface Refused {
  readonly title: string;
  readonly path: string;
  readonly code: string;
  readonly error: RegExp;
}

const unknownName = /TS(2304|2584|2591)/;

const refused: readonly Refused[] = [
  {
    title: 'a timer in a module',
    path: 'modules/goals/src/timer.ts',
    code: 'setTimeout(() => {}, 1);\n',
    error: unknownName,
  },
  {
    title: 'the console in a module',
    path: 'modules/goals/src/console.ts',
    code: "console.log('text');\n",
    error: unknownName,
  },
  {
    title: 'the process in a module',
    path: 'modules/goals/src/process.ts',
    code: 'export const a = process.pid;\n',
    error: unknownName,
  },
  {
    title: 'a page in a module',
    path: 'modules/goals/src/page.ts',
    code: 'export const a = document.title;\n',
    error: unknownName,
  },
  {
    title: 'the network in a module',
    path: 'modules/goals/src/network.ts',
    code: "export const a = fetch('http://a');\n",
    error: unknownName,
  },
  {
    title: 'Node in a module',
    path: 'modules/goals/src/node.ts',
    code: "import { join } from 'node:path';\nexport const a = join;\n",
    error: unknownName,
  },
  { title: 'a timer in a lib', path: 'libs/ids/src/timer.ts', code: 'setTimeout(() => {}, 1);\n', error: unknownName },
  {
    title: 'Node in the client',
    path: 'libs/client/src/node.ts',
    code: 'export const a = process.pid;\n',
    error: unknownName,
  },
  {
    title: 'a page in an adapter',
    path: 'adapters/sqlite/src/page.ts',
    code: 'export const a = document.title;\n',
    error: unknownName,
  },
  {
    title: 'a file of a package that its exports do not name',
    path: 'adapters/sqlite/src/deep.ts',
    code: "import { here } from '@chorale/module-goals/src/index.ts';\nexport const a = here;\n",
    error: /TS2307/,
  },
  {
    title: 'an app by its name',
    path: 'tests/e2e/app.test.ts',
    code: "import { here } from '@chorale/app-server';\nexport const a = here;\n",
    error: /TS2307/,
  },
  {
    title: 'a file of an app by its name',
    path: 'tests/e2e/app-file.test.ts',
    code: "import { here } from '@chorale/app-server/src/index.ts';\nexport const a = here;\n",
    error: /TS2307/,
  },
  { title: 'an enum', path: 'modules/goals/src/enum.ts', code: 'export enum State {\n  ready,\n}\n', error: /TS1294/ },
  {
    title: 'a parameter property',
    path: 'modules/goals/src/property.ts',
    code: 'export class Goal {\n  constructor(readonly id: string) {}\n}\n',
    error: /TS1294/,
  },
  {
    title: 'a type imported as a value',
    path: 'modules/goals/src/type-import.ts',
    code: "import { Goal } from './goal-type.ts';\nexport type There = Goal[];\n",
    error: /TS1484|TS1371/,
  },
  {
    title: 'an import without .ts',
    path: 'modules/goals/src/extension.ts',
    code: "import { here } from './index';\nexport const a = here;\n",
    error: /TS2835/,
  },
  {
    title: 'an element that may be missing',
    path: 'modules/goals/src/element.ts',
    code: 'export const first = (list: readonly string[]): string => list[0];\n',
    error: /TS2322/,
  },
  {
    title: 'undefined for a property that is absent or a string',
    path: 'modules/goals/src/optional.ts',
    code: 'export const a: { name?: string } = { name: undefined };\n',
    error: /TS2375/,
  },
  {
    title: 'an unused local',
    path: 'modules/goals/src/unused.ts',
    code: 'export function f(): void {\n  const a = 1;\n}\n',
    error: /TS6133/,
  },
  {
    title: 'a path through a function that returns nothing',
    path: 'modules/goals/src/returns.ts',
    code: 'export function f(a: boolean): number | undefined {\n  if (a) return 1;\n}\n',
    error: /TS7030/,
  },
  {
    title: 'a union member that unreachable() would meet',
    path: 'modules/goals/src/unreachable.ts',
    code: "declare function unreachable(value: never): never;\nexport function f(a: 'b' | 'c'): number {\n  if (a === 'b') return 1;\n  return unreachable(a);\n}\n",
    error: /TS2345/,
  },
  {
    title: 'a wrong type in the test of a module',
    path: 'modules/goals/src/wrong.test.ts',
    code: "export const a: number = 'text';\n",
    error: /TS2322/,
  },
  {
    title: 'a wrong type in a tool',
    path: 'tools/wrong.ts',
    code: "export const a: number = 'text';\n",
    error: /TS2322/,
  },
  {
    title: 'a wrong type in plain JavaScript',
    path: 'tools/wrong.mjs',
    code: "/** @type {number} */\nexport const a = 'text';\n",
    error: /TS2322/,
  },
  {
    title: 'a wrong type in a benchmark',
    path: 'bench/wrong/bench.ts',
    code: "export const a: number = 'text';\n",
    error: /TS2322/,
  },
  {
    title: 'a wrong type in the page',
    path: 'apps/web/src/wrong.tsx',
    code: "export const a: number = 'text';\n",
    error: /TS2322/,
  },
];

const allowed: Readonly<Record<string, string>> = {
  'modules/goals/src/allowed.ts': "import { here } from '@chorale/lib-ids';\nexport const a = here;\n",
  'adapters/sqlite/src/allowed.ts': "import { here } from '@chorale/module-goals';\nsetTimeout(() => here, 1);\n",
  'libs/client/src/allowed.ts': "export const a = fetch('http://a');\n",
  'modules/goals/src/allowed.test.ts':
    "import { here } from './allowed-source.ts';\nexport const a: number = here + process.pid;\n",
  'modules/goals/src/goal-type.ts': 'export interface Goal {\n  readonly id: string;\n}\n',
  'modules/goals/src/allowed-source.ts': 'export const here = 1;\n',
};

describe('the compiler refuses what does not belong', () => {
  let checkout: PlantedCheckout;
  let errors: readonly string[];

  beforeAll(async () => {
    checkout = await openPlantedCheckout();
    await checkout.plant({ ...Object.fromEntries(refused.map(({ path, code }) => [path, code])), ...allowed });
    const { output } = await checkout.run(checkSteps.types);
    errors = output.split('\n').filter((line) => line.includes('error TS'));
  });
  afterAll(() => checkout.close());

  test.each(refused)('it refuses $title', ({ path, error }) => {
    expect(errors.filter((line) => line.startsWith(`${path}(`)).join('\n')).toMatch(error);
  });

  test.each(Object.keys(allowed))('it leaves alone what belongs: %s', (path) => {
    expect(errors.filter((line) => line.startsWith(`${path}(`))).toEqual([]);
  });
});

test('packages that refer to each other in a circle are refused', async () => {
  const checkout = await openPlantedCheckout();
  try {
    const settings = {
      extends: '../../tsconfig.base.json',
      include: ['src'],
      references: [{ path: '../../modules/goals' }],
    };
    await checkout.plant({ 'modules/scheduling/tsconfig.json': JSON.stringify(settings) });
    const { exitCode, output } = await checkout.run(checkSteps.types);
    expect(output).toContain('TS6202');
    expect(exitCode).not.toBe(0);
  } finally {
    await checkout.close();
  }
});
