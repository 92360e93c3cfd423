// What nothing uses, and what is used without being named in package.json. Each case plants one violation; knip runs as
// `npm run check` runs it.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkSteps } from '../../tools/check-steps.ts';
import { openPlantedCheckout, type PlantedCheckout } from './planted-checkout.ts';

interface KnipReport {
  readonly issues: readonly ({ readonly file: string } & Readonly<
    Record<string, readonly { readonly name: string }[]>
  >)[];
}

interface Refused {
  readonly title: string;
  readonly kind: string;
  readonly file: string;
  readonly name: string;
}

const planted = {
  'modules/goals/src/index.ts':
    "export { used } from './used.ts';\nexport { parse } from './parse.ts';\nexport * from './workspace.ts';\n",
  'modules/goals/src/used.ts': 'export const used = 1;\nexport const leftOver = 2;\nexport type LeftOver = string;\n',
  'modules/goals/src/forgotten.ts': 'export const forgotten = 1;\n',
  'modules/goals/src/parse.ts':
    "import { parse } from 'yaml';\nimport { x } from './nowhere.ts';\nexport { parse, x };\n",
  'modules/goals/src/workspace.ts': "import { here } from '@chorale/module-catalog';\nexport const a = here;\n",
};

const refused: readonly Refused[] = [
  {
    title: 'a file that nothing imports',
    kind: 'files',
    file: 'modules/goals/src/forgotten.ts',
    name: 'modules/goals/src/forgotten.ts',
  },
  { title: 'an export that nothing imports', kind: 'exports', file: 'modules/goals/src/used.ts', name: 'leftOver' },
  { title: 'a type that nothing imports', kind: 'types', file: 'modules/goals/src/used.ts', name: 'LeftOver' },
  {
    title: 'a dependency that nothing imports',
    kind: 'dependencies',
    file: 'modules/goals/package.json',
    name: '@chorale/lib-errors',
  },
  {
    title: 'a package that package.json does not name',
    kind: 'unlisted',
    file: 'modules/goals/src/parse.ts',
    name: 'yaml',
  },
  {
    title: 'an import that leads nowhere',
    kind: 'unresolved',
    file: 'modules/goals/src/parse.ts',
    name: './nowhere.ts',
  },
];

describe('dead code is refused', () => {
  let checkout: PlantedCheckout;
  let report: KnipReport;
  let production: KnipReport;

  beforeAll(async () => {
    checkout = await openPlantedCheckout();
    await checkout.plant(planted);
    report = JSON.parse((await checkout.run(checkSteps.deadCode, '--reporter=json')).output) as KnipReport;
    const strict = await checkout.run(checkSteps.dependencies, '--reporter=json');
    production = JSON.parse(strict.output) as KnipReport;
  });
  afterAll(() => checkout.close());

  test.each(refused)('it refuses $title', ({ kind, file, name }) => {
    const found = report.issues.filter((issue) => issue.file === file).flatMap((issue) => issue[kind] ?? []);
    expect(found.map((issue) => issue.name)).toContain(name);
  });

  test('what an index exports is left alone', () => {
    expect(report.issues.filter((issue) => issue.file === 'modules/goals/src/index.ts')).toEqual([]);
  });

  test('it refuses a package of this workspace that package.json does not name', () => {
    const found = production.issues.filter((issue) => issue.file === 'modules/goals/src/workspace.ts');
    expect(found.flatMap((issue) => issue['unlisted'] ?? []).map((issue) => issue.name)).toContain(
      '@chorale/module-catalog',
    );
  });
});

test('a file that is not formatted is refused', async () => {
  const checkout = await openPlantedCheckout();
  try {
    await checkout.plant({ 'modules/goals/src/untidy.ts': 'export const a = "text"\n' });
    const { exitCode, output } = await checkout.run(checkSteps.format);
    expect(output).toContain('modules/goals/src/untidy.ts');
    expect(exitCode).not.toBe(0);
  } finally {
    await checkout.close();
  }
});
