// What package.json and tsconfig.json of the packages must say. Each rule is a function from the manifests to findings,
// shown first to find a violation, then used on the real tree.

import { readFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readTree, root, type Finding } from './tree.ts';

interface Manifest {
  readonly name: string;
  readonly version?: string;
  readonly type?: string;
  readonly license?: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly allowScripts?: Readonly<Record<string, boolean>>;
}

interface Settings {
  readonly compilerOptions?: { readonly types?: readonly string[]; readonly lib?: readonly string[] };
  readonly references?: readonly { readonly path: string }[];
}

interface Package {
  /** As in `modules/goals`. */
  readonly folder: string;
  readonly manifest: Manifest;
  readonly settings: Settings;
}

const readJson = <T>(path: string): T => JSON.parse(withoutComments(readFileSync(join(root, path), 'utf8'))) as T;
const withoutComments = (text: string): string => text.replaceAll(/^\s*\/\/.*$/gm, '');

const packages: readonly Package[] = readTree()
  .map((file) => file.path)
  .filter((path) => /^(libs|modules|adapters|apps)\/[^/]+\/package\.json$/.test(path))
  .map(dirname)
  .map((folder) => ({
    folder,
    manifest: readJson<Manifest>(`${folder}/package.json`),
    settings: readJson<Settings>(`${folder}/tsconfig.json`),
  }));
const rootManifest = readJson<Manifest>('package.json');

const layerOf = (folder: string): string => dirname(folder);
const nameOf = (folder: string): string => `@chorale/${layerOf(folder).slice(0, -1)}-${basename(folder)}`;

const example: Package = {
  folder: 'modules/goals',
  manifest: {
    name: '@chorale/module-goals',
    type: 'module',
    license: 'Apache-2.0',
    exports: { '.': { 'chorale-source': './src/index.ts', default: './dist/index.js' } },
    dependencies: { '@chorale/lib-ids': '0.1.0' },
  },
  settings: { compilerOptions: { types: [], lib: ['es2023'] }, references: [{ path: '../../libs/ids' }] },
};

interface Rule {
  readonly title: string;
  find(found: Package): readonly Finding[];
  readonly violations: readonly Package[];
}

function withManifest(change: Partial<Manifest>): Package {
  return { ...example, manifest: { ...example.manifest, ...change } };
}

const rules: readonly Rule[] = [
  {
    title: 'a package is named after its layer and folder',
    find: ({ folder, manifest }) => (manifest.name === nameOf(folder) ? [] : [`${folder}: ${manifest.name}`]),
    violations: [withManifest({ name: '@chorale/goals' })],
  },
  {
    title: 'a package is an ES module under the licence of the whole',
    find: ({ folder, manifest }) =>
      manifest.type === 'module' && manifest.license === rootManifest.license ? [] : [`${folder}: type or license`],
    violations: [withManifest({ type: 'commonjs' }), withManifest({ license: 'MIT' })],
  },
  {
    title: 'dependencies are exact versions',
    find: ({ folder, manifest }) => findInexact(folder, manifest),
    violations: [
      withManifest({ dependencies: { yaml: '^2.0.0' } }),
      withManifest({ devDependencies: { yaml: 'latest' } }),
      withManifest({ optionalDependencies: { yaml: 'github:a/b' } }),
    ],
  },
  {
    title: 'a package exports its index and contracts only; an app exports nothing',
    find: ({ folder, manifest }) => findOddExports(folder, manifest),
    violations: [
      withManifest({ exports: { './src/*': './src/*' } }),
      withManifest({ exports: { ...example.manifest.exports, './goal': { 'chorale-source': './src/goal.ts' } } }),
      { ...withManifest({}), folder: 'apps/goals' },
    ],
  },
  {
    title: 'a pure package sees neither Node nor a page',
    find: ({ folder, settings }) => findImpure(folder, settings),
    violations: [
      { ...example, settings: { compilerOptions: { types: ['node'], lib: ['es2023'] } } },
      { ...example, settings: { compilerOptions: { types: [], lib: ['es2023', 'dom'] } } },
      { ...example, settings: { compilerOptions: { lib: ['es2023'] } } },
    ],
  },
  {
    title: 'project references are the dependencies inside this workspace',
    find: ({ folder, manifest, settings }) => {
      const wanted = Object.keys(manifest.dependencies ?? {}).filter((name) => name.startsWith('@chorale/'));
      const found = (settings.references ?? []).map(({ path }) => nameOf(posix.join(folder, path)));
      return wanted.toSorted().join() === found.toSorted().join()
        ? []
        : [`${folder}: ${wanted.join()} / ${found.join()}`];
    },
    violations: [withManifest({ dependencies: {} }), { ...example, settings: { ...example.settings, references: [] } }],
  },
];

function findInexact(where: string, manifest: Manifest): readonly Finding[] {
  const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
  return Object.entries(all)
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version))
    .map(([name, version]) => `${where}: ${name} ${version}`);
}

function findOddExports(folder: string, { exports = {} }: Manifest): readonly Finding[] {
  const entries = Object.entries(exports);
  if (layerOf(folder) === 'apps') return entries.map(([entry]) => `${folder}: an app exports ${entry}`);
  return entries
    .filter(([entry, target]) => {
      const source = (target as Record<string, string>)['chorale-source'] ?? '';
      return !(entry === '.' ? source === './src/index.ts' : /^\.\/src\/[a-z-]+\.contract\.ts$/.test(source));
    })
    .map(([entry]) => `${folder}: exports ${entry}`);
}

function findImpure(folder: string, { compilerOptions }: Settings): readonly Finding[] {
  const isPure = layerOf(folder) === 'modules' || layerOf(folder) === 'libs';
  if (!isPure) return [];
  // The client runs in pages as in Node, and needs what both have: fetch and streams.
  const lib = folder === 'libs/client' ? 'es2023,dom,dom.iterable' : 'es2023';
  const { types, lib: found } = compilerOptions ?? {};
  return types?.length === 0 && found?.join() === lib ? [] : [`${folder}: types or lib`];
}

describe.each(rules)('$title', (rule) => {
  test('a violation is found', () => {
    expect(rule.find(example)).toEqual([]);
    expect(rule.violations.filter((found) => rule.find(found).length === 0)).toEqual([]);
  });

  test('the packages keep it', () => {
    expect(packages.flatMap((found) => rule.find(found))).toEqual([]);
    expect(packages.length).toBeGreaterThan(0);
  });
});

test('the root depends on exact versions', () => {
  expect(findInexact('.', rootManifest)).toEqual([]);
});

test.each(['tsconfig.json', 'tsconfig.tests.json'])('%s refers to every package', (path) => {
  const listed = (readJson<Settings>(path).references ?? []).map((reference) => reference.path);
  const missing = packages.map(({ folder }) => folder).filter((folder) => !listed.includes(folder));
  // Tests of the page are compiled with the page.
  expect(missing).toEqual(path === 'tsconfig.json' ? [] : ['apps/web']);
});

function defined(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

describe('the lock file', () => {
  interface Locked {
    readonly hasInstallScript?: boolean;
    readonly resolved?: string;
    readonly dependencies?: Readonly<Record<string, string>>;
    readonly devDependencies?: Readonly<Record<string, string>>;
    readonly optionalDependencies?: Readonly<Record<string, string>>;
  }
  const locked = Object.entries(readJson<{ packages: Readonly<Record<string, Locked>> }>('package-lock.json').packages);

  test('only packages that package.json approves have an install script', () => {
    const approved = Object.keys(rootManifest.allowScripts ?? {}).map((name) => `node_modules/${name}`);
    const withScript = locked.filter(([, found]) => found.hasInstallScript === true).map(([path]) => path);
    expect(approved).toEqual(['node_modules/node']);
    expect(withScript.filter((path) => !approved.includes(path))).toEqual([]);
    expect(withScript).toContain('node_modules/node');
  });

  test('it was made from these package.json files', () => {
    const lockedPackages = new Map(locked);
    for (const { folder, manifest } of [...packages, { folder: '', manifest: rootManifest }]) {
      const { dependencies, devDependencies } = manifest;
      expect(lockedPackages.get(folder), folder).toEqual(
        expect.objectContaining(defined({ dependencies, devDependencies })),
      );
    }
  });

  test('packages for other platforms are locked too, without which npm ci refuses', () => {
    const names = new Set(locked.map(([path]) => path.split('node_modules/').at(-1)));
    const wanted = locked.flatMap(([, found]) => Object.keys(found.optionalDependencies ?? {}));
    expect(wanted.filter((name) => !names.has(name))).toEqual([]);
    expect(wanted.length).toBeGreaterThan(0);
  });

  test('every package comes from the public registry, or is one of ours', () => {
    const sources = locked.map(([, found]) => found.resolved ?? '').filter((source) => source.includes(':'));
    expect(sources.filter((source) => !source.startsWith('https://registry.npmjs.org/'))).toEqual([]);
  });
});
