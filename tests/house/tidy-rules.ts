// What no tool of ours looks for: one rule per entry, each with violations that it must find (see tidy.test.ts).

import type { Finding, TreeFile } from './tree.ts';

export interface TidyRule {
  readonly title: string;
  find(file: TreeFile): readonly Finding[];
  /** Files that break the rule, each in one way. */
  readonly violations: readonly TreeFile[];
  /** Files that come close and are right. */
  readonly allowed: readonly TreeFile[];
}

const code = /\.(ts|tsx|mjs|js|css)$/;
const script = /\.(ts|tsx|mjs|js)$/;
const prose = /\.(md|ts|tsx|mjs|js|css|html|json|jsonc|ya?ml|sql|sh|py|toml)$/;
const testFile = /\.(test|contract)\.tsx?$/;
/** The client is the one lib that meets the world: it runs where there is `fetch`. */
const pureSource = /^(modules|libs)\/(?!client\/)[^/]+\/src\/.*\.ts$/;
const linesMax = 400;

/** The patterns below stand in this file and its test, and would be found there. */
const aboutThemselves = /^tests\/house\/tidy[^/]*\.ts$/;

function inLines(file: TreeFile, pattern: RegExp, wrong: string): readonly Finding[] {
  if (aboutThemselves.test(file.path)) return [];
  return file.text.split('\n').flatMap((line, index) => {
    const found = pattern.exec(line);
    return found === null ? [] : [`${file.path}:${index + 1}: ${wrong}: ${found[0].trim()}`];
  });
}

const at = (path: string, text = ''): TreeFile => ({ path, text });

export const tidyRules: readonly TidyRule[] = [
  {
    title: 'a file or folder is named after what is in it, not after a drawer',
    find: ({ path }) => {
      const drawer = /(^|[/-])(utils?|helpers?|commons?|misc|managers?|types|interfaces)(\.[a-z.]+)?(\/|$)/;
      return /\.(ts|tsx|mjs|css)$/.test(path) && drawer.test(path) ? [`${path}: the name says nothing`] : [];
    },
    violations: [
      at('modules/goals/src/utils.ts'),
      at('libs/ids/src/types.ts'),
      at('apps/web/src/common/page.tsx'),
      at('adapters/sqlite/src/goal-helpers.ts'),
      at('modules/agents/src/agent-manager.ts'),
      at('apps/web/src/date-utils.test.ts'),
    ],
    allowed: [at('modules/goals/src/goal-type.ts'), at('modules/catalog/src/typescript.ts'), at('docs/common.md')],
  },
  {
    title: 'a source file has at most 400 lines, whatever it is written in',
    find: ({ path, text }) => {
      const lines = text.split('\n').length - 1;
      return code.test(path) && lines > linesMax ? [`${path}: ${lines} lines`] : [];
    },
    violations: [at('apps/web/src/page.css', 'a\n'.repeat(linesMax + 1))],
    allowed: [at('apps/web/src/page.css', 'a\n'.repeat(linesMax)), at('docs/a.md', 'a\n'.repeat(linesMax + 1))],
  },
  {
    title: 'nothing is left for later',
    find: (file) =>
      script.test(file.path)
        ? inLines(file, /(\/\/|\*|#)\s*(TODO|FIXME|XXX|HACK)\b|not (yet )?implemented/, 'unfinished')
        : [],
    violations: [
      at('a.ts', '// TODO: the rest'),
      at('a.tsx', '// FIXME'),
      at('a.mjs', "throw new Error('not implemented');"),
    ],
    allowed: [at('a.ts', 'const todos = 1;'), at('a.mjs', 'const marks = /TODO|FIXME/;')],
  },
  {
    title: 'every test runs, always',
    find: (file) => {
      const pattern =
        /\b(test|it|describe|suite)\.(only|skip|todo|skipIf|runIf|fails)\b|\b(context|ctx)\.skip\(|\bskip\(\)/;
      return testFile.test(file.path) ? inLines(file, pattern, 'does not run') : [];
    },
    violations: [
      at('a.test.ts', "test.only('a', f);"),
      at('a.test.ts', "it.skip('a', f);"),
      at('a.test.ts', "test.skipIf(x)('a', f);"),
      at('a.contract.ts', "describe.runIf(x)('a', f);"),
      at('a.test.ts', "test('a', (context) => context.skip());"),
      at('a.test.ts', "test.todo('a');"),
    ],
    allowed: [at('a.test.ts', 'expect(queue.skip(1)).toBe(2);'), at('a.ts', 'rows.skip();')],
  },
  {
    title: 'what is made by a program is not kept',
    find: ({ path }) => {
      const made =
        /(^|\/)(node_modules|dist|coverage|\.chorale|\.bench|\.tsbuild)\/|\.(tsbuildinfo|log|map|tgz|orig|rej)$|\.d\.ts$/;
      return made.test(path) ? [`${path}: generated`] : [];
    },
    violations: [
      at('modules/goals/dist/index.js'),
      at('tsconfig.tsbuildinfo'),
      at('.bench/engine/package.json'),
      at('a/b.js.map'),
      at('npm-debug.log'),
      at('libs/ids/src/index.d.ts'),
    ],
    allowed: [at('modules/goals/src/distance.ts'), at('docs/log.md')],
  },
  {
    title: 'no path of a machine it was built on',
    find: (file) =>
      prose.test(file.path)
        ? inLines(file, /(^|[\s'"`(=:])\/(home|Users|root|work|mnt)\/[\w.-]+/, 'a path of some machine')
        : [],
    violations: [
      at('a.md', 'see /home/ada/project'),
      at('a.ts', "const a = '/work/main';"),
      at('a.json', '"/Users/ada/x"'),
      at('a.sh', 'cd /root/chorale'),
    ],
    allowed: [
      at('a.ts', "const a = '/workspace';"),
      at('a.md', 'GET https://host/work/items'),
      at('a.md', 'homework/root/a'),
    ],
  },
  {
    title: 'the project speaks of itself alone',
    find: (file) => {
      const pattern =
        /co-authored-by|generated (with|by) (an? )?(ai|llm|claude|chatgpt|copilot|codex|gemini)\b|as an ai\b|\bthis (coding )?session\b|registry mirror/i;
      return prose.test(file.path) ? inLines(file, pattern, 'about its making') : [];
    },
    violations: [
      at('a.md', 'Co-Authored-By: x'),
      at('a.ts', '// Generated with Claude'),
      at('a.md', 'done in this session'),
    ],
    allowed: [at('a.ts', 'const session = open();'), at('a.md', 'a session of an agent')],
  },
  {
    title: 'a pure package asks nobody for the time or for chance',
    find: (file) => {
      const pattern =
        /\bnew Date\(\s*\)|\bDate\(\)|\bperformance\.now|\bcrypto\.(randomUUID|getRandomValues)|\bTemporal\.Now\b/;
      return pureSource.test(file.path) && !testFile.test(file.path)
        ? inLines(file, pattern, 'is handed in instead')
        : [];
    },
    violations: [
      at('modules/goals/src/a.ts', 'const now = new Date();'),
      at('libs/ids/src/a.ts', 'crypto.randomUUID()'),
      at('modules/goals/src/b.ts', 'performance.now()'),
    ],
    allowed: [
      at('modules/goals/src/a.ts', 'const date = new Date(nowMs);'),
      at('adapters/sqlite/src/a.ts', 'new Date()'),
      at('modules/goals/src/a.test.ts', 'new Date()'),
    ],
  },
  {
    title: 'a test file says by its suffix which service it needs',
    find: ({ path, text }) => {
      if (!/\.test\.tsx?$/.test(path) || aboutThemselves.test(path)) return [];
      const needs: readonly (readonly [string, string])[] = [
        ['CHORALE_TEST_POSTGRES', '.pg.'],
        ['CHORALE_TEST_CHROMIUM', '.browser.'],
        ['CHORALE_TEST_RABBITMQ', '.rabbitmq.'],
        ['CHORALE_TEST_REDIS', '.redis.'],
      ];
      return needs.flatMap(([variable, suffix]) => {
        return text.includes(variable) && !path.includes(suffix)
          ? [`${path}: reads ${variable}; name it *${suffix}test.ts`]
          : [];
      });
    },
    violations: [
      at('a.test.ts', 'process.env.CHORALE_TEST_POSTGRES'),
      at('a.pg.test.ts', 'process.env.CHORALE_TEST_CHROMIUM'),
      at('a.pg.test.ts', 'process.env.CHORALE_TEST_RABBITMQ'),
      at('a.test.ts', 'process.env.CHORALE_TEST_REDIS'),
    ],
    allowed: [
      at('a.pg.test.ts', 'process.env.CHORALE_TEST_POSTGRES'),
      at('a.browser.test.ts', 'process.env.CHORALE_TEST_CHROMIUM'),
      at('a.rabbitmq.pg.test.ts', 'process.env.CHORALE_TEST_RABBITMQ + process.env.CHORALE_TEST_POSTGRES'),
    ],
  },
];
