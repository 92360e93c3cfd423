// Imports go apps -> adapters -> modules -> libs, never back and never sideways. Each case plants one import.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lint, type LintFinding } from './lint-findings.ts';
import { openPlantedCheckout, type PlantedCheckout } from './planted-checkout.ts';

interface Refused {
  readonly title: string;
  readonly path: string;
  readonly code: string;
  /** A part of the reason that the person reads. */
  readonly reason: string;
}

const importing = (name: string): string => `import { here } from '${name}';\nexport const there = here;\n`;

const refused: readonly Refused[] = [
  {
    title: 'a lib imports a module',
    path: 'libs/ids/src/a.ts',
    code: importing('@chorale/module-goals'),
    reason: 'A lib knows nothing',
  },
  {
    title: 'a lib imports an adapter',
    path: 'libs/ids/src/b.ts',
    code: importing('@chorale/adapter-sqlite'),
    reason: 'A lib knows nothing',
  },
  {
    title: 'a lib imports an app',
    path: 'libs/ids/src/c.ts',
    code: importing('@chorale/app-cli'),
    reason: 'A lib knows nothing',
  },
  { title: 'a lib imports Node', path: 'libs/ids/src/d.ts', code: importing('node:fs'), reason: 'no Node' },
  {
    title: 'the test of a lib imports a module',
    path: 'libs/ids/src/d.test.ts',
    code: importing('@chorale/module-goals'),
    reason: 'neither do its tests',
  },
  {
    title: 'a module imports Node',
    path: 'modules/goals/src/a.ts',
    code: importing('node:fs/promises'),
    reason: 'does no I/O',
  },
  {
    title: 'a module imports Node by its short name',
    path: 'modules/goals/src/b.ts',
    code: importing('fs'),
    reason: 'does no I/O',
  },
  {
    title: 'a module imports Node when it runs',
    path: 'modules/goals/src/c.ts',
    code: "export const load = async (): Promise<unknown> => await import('node:fs');\n",
    reason: 'does no I/O',
  },
  {
    title: 'a module passes Node on',
    path: 'modules/goals/src/d.ts',
    code: "export * from 'node:path';\n",
    reason: 'does no I/O',
  },
  {
    title: 'a module imports a type of Node',
    path: 'modules/goals/src/e.ts',
    code: "import type { Stats } from 'node:fs';\nexport type There = Stats;\n",
    reason: 'does no I/O',
  },
  {
    title: 'a module imports an adapter',
    path: 'modules/goals/src/f.ts',
    code: importing('@chorale/adapter-sqlite'),
    reason: 'knows no technology',
  },
  {
    title: 'a module imports an app',
    path: 'modules/goals/src/g.ts',
    code: importing('@chorale/app-server'),
    reason: 'knows no technology',
  },
  {
    title: 'a contract suite imports an adapter',
    path: 'modules/goals/src/h.contract.ts',
    code: importing('@chorale/adapter-sqlite'),
    reason: 'knows no technology',
  },
  {
    title: 'the test of a module imports an adapter',
    path: 'modules/goals/src/i.test.ts',
    code: importing('@chorale/adapter-sqlite'),
    reason: 'fakes of its ports',
  },
  {
    title: 'an adapter imports another adapter',
    path: 'adapters/sqlite/src/a.ts',
    code: importing('@chorale/adapter-postgres'),
    reason: 'knows no other',
  },
  {
    title: 'an adapter imports a type of another adapter',
    path: 'adapters/sqlite/src/b.ts',
    code: "import type { Pool } from '@chorale/adapter-postgres';\nexport type There = Pool;\n",
    reason: 'knows no other',
  },
  {
    title: 'an adapter imports an app',
    path: 'adapters/sqlite/src/c.ts',
    code: importing('@chorale/app-server'),
    reason: 'Nothing imports an app',
  },
  {
    title: 'an app imports another app',
    path: 'apps/server/src/a.ts',
    code: importing('@chorale/app-cli'),
    reason: 'Nothing imports an app',
  },
  {
    title: 'the command line imports a module',
    path: 'apps/cli/src/a.ts',
    code: importing('@chorale/module-goals'),
    reason: 'they see only libs',
  },
  {
    title: 'the command line imports an adapter',
    path: 'apps/cli/src/b.ts',
    code: importing('@chorale/adapter-sqlite'),
    reason: 'they see only libs',
  },
  {
    title: 'the page imports a module',
    path: 'apps/web/src/a.tsx',
    code: importing('@chorale/module-goals'),
    reason: 'they see only libs',
  },
  {
    title: 'the page imports a type of a module',
    path: 'apps/web/src/b.ts',
    code: "import type { Goal } from '@chorale/module-goals';\nexport type There = Goal;\n",
    reason: 'they see only libs',
  },
  {
    title: 'a test across layers imports an app',
    path: 'tests/e2e/a.test.ts',
    code: importing('@chorale/app-server'),
    reason: 'Nothing imports an app',
  },
  {
    title: 'a tool reaches into an app',
    path: 'tools/a.ts',
    code: importing('../apps/server/src/index.ts'),
    reason: 'imported by its name',
  },
  {
    title: 'a module reaches into another by path',
    path: 'modules/goals/src/j.ts',
    code: importing('../../scheduling/src/index.ts'),
    reason: 'imported by its name',
  },
  {
    title: 'an adapter reaches into a module by path',
    path: 'adapters/sqlite/src/d.ts',
    code: importing('../../../modules/goals/src/index.ts'),
    reason: 'imported by its name',
  },
];

const allowed: Readonly<Record<string, string>> = {
  'modules/goals/src/allowed.ts': importing('@chorale/lib-ids'),
  'modules/goals/src/allowed-module.ts': importing('@chorale/module-scheduling'),
  'modules/goals/src/allowed.test.ts': "import { join } from 'node:path';\nexport const there = join('a', 'b');\n",
  'adapters/sqlite/src/allowed.ts': importing('@chorale/module-goals'),
  'adapters/sqlite/src/allowed-node.ts': "import { join } from 'node:path';\nexport const there = join('a', 'b');\n",
  'apps/server/src/allowed.ts': importing('@chorale/adapter-sqlite'),
  'apps/cli/src/allowed.ts': importing('@chorale/lib-client'),
  'apps/web/src/allowed.ts': importing('@chorale/lib-client'),
  'tests/e2e/allowed.test.ts': importing('@chorale/adapter-sqlite'),
};

describe('imports point one way', () => {
  let checkout: PlantedCheckout;
  let findings: readonly LintFinding[];

  beforeAll(async () => {
    checkout = await openPlantedCheckout();
    await checkout.plant(Object.fromEntries(refused.map(({ path, code }) => [path, code])));
    await checkout.plant(allowed);
    findings = await lint(checkout);
  });
  afterAll(() => checkout.close());

  test.each(refused)('it is refused that $title', ({ path, reason }) => {
    const found = findings.filter((finding) => finding.file === path);
    expect(found.map(({ rule }) => rule)).toContain('eslint(no-restricted-imports)');
    expect(found.map(({ message }) => message).join('\n')).toContain(reason);
  });

  test.each(Object.keys(allowed))('an import in the right direction is left alone: %s', (path) => {
    expect(findings.filter((finding) => finding.file === path)).toEqual([]);
  });
});
