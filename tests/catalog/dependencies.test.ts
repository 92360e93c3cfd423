import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SkillBench, type SkillResult } from './skill-bench.ts';

let bench: SkillBench;
beforeEach(async () => {
  bench = await SkillBench.open();
});
afterEach(() => bench.close());

const json = (value: unknown): string => JSON.stringify(value, null, 2);

async function audit(
  files: Readonly<Record<string, string>>,
  input: Readonly<Record<string, unknown>> = {},
): Promise<SkillResult> {
  await bench.write(files);
  return bench.run('dependencies', input);
}

const told = (result: SkillResult) =>
  result.findings.map(({ rule, severity, title }) => `${rule} ${severity}: ${title}`);

interface Ecosystem {
  readonly ecosystem: string;
  readonly files: Readonly<Record<string, string>>;
  readonly declared: number;
  readonly locked: number;
  /** What is found in the lock file. */
  readonly vulnerable: string;
}

const ecosystems: readonly Ecosystem[] = [
  {
    ecosystem: 'npm',
    files: {
      'package.json': json({ name: 'a', dependencies: { lodash: '^4.17.0', a: '1.0.0' } }),
      'package-lock.json': json({
        lockfileVersion: 3,
        packages: {
          '': { dependencies: { lodash: '^4.17.0', a: '1.0.0' } },
          'node_modules/lodash': { version: '4.17.20' },
          'node_modules/a': { version: '1.0.0' },
          'node_modules/a/node_modules/lodash': { version: '4.17.21' },
        },
      }),
    },
    declared: 2,
    locked: 3,
    vulnerable: 'lodash@4.17.20: CVE-2021-23337',
  },
  {
    ecosystem: 'npm',
    files: {
      'package.json': json({ dependencies: { json5: '^2' } }),
      'yarn.lock':
        '# yarn lockfile v1\n\n\n"@a/b@^1.0.0", "@a/b@^1.1":\n  version "1.2.0"\n\njson5@^2:\n  version "2.2.1"\n  resolved "https://r/json5.tgz#abc"\n',
    },
    declared: 1,
    locked: 2,
    vulnerable: 'json5@2.2.1: CVE-2022-46175',
  },
  {
    ecosystem: 'npm',
    files: {
      'package.json': json({ dependencies: { minimist: '1.2.5' } }),
      'pnpm-lock.yaml':
        "lockfileVersion: '9.0'\n\npackages:\n\n  minimist@1.2.5:\n    resolution: {integrity: sha512-x}\n\n  '@a/b@2.0.0(c@1.0.0)':\n    resolution: {integrity: sha512-y}\n\nsnapshots:\n\n  minimist@1.2.5: {}\n",
    },
    declared: 1,
    locked: 2,
    vulnerable: 'minimist@1.2.5: CVE-2021-44906',
  },
  {
    ecosystem: 'PyPI',
    files: {
      'pyproject.toml':
        '[project]\nname = "a"\ndependencies = ["Jinja2>=3", "requests[socks]>=2 ; python_version > \'3\'"]\n[dependency-groups]\ndev = ["pytest"]\n',
      'uv.lock':
        'version = 1\n[[package]]\nname = "a"\nversion = "0.1"\nsource = { editable = "." }\n[[package]]\nname = "jinja2"\nversion = "3.1.2"\nsource = { registry = "https://pypi.org/simple" }\n',
    },
    declared: 3,
    locked: 1,
    vulnerable: 'jinja2@3.1.2: CVE-2024-22195',
  },
  {
    ecosystem: 'crates.io',
    files: {
      'Cargo.toml':
        '[package]\nname = "a"\n[dependencies]\nregex = { version = "1", features = ["x"] }\n[target.\'cfg(unix)\'.dependencies]\nlibc = "0.2"\n',
      'src/main.rs': 'fn main() {}\n',
      'Cargo.lock':
        'version = 3\n\n[[package]]\nname = "a"\nversion = "0.1.0"\n\n[[package]]\nname = "regex"\nversion = "1.5.4"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n',
    },
    declared: 2,
    locked: 1,
    vulnerable: 'regex@1.5.4: CVE-2022-24713',
  },
  {
    ecosystem: 'Go',
    files: {
      'go.mod':
        'module example.org/a\n\ngo 1.22\n\nrequire (\n\tgolang.org/x/net v0.5.0\n\tgopkg.in/yaml.v3 v3.0.1 // indirect\n)\n',
      'go.sum': 'x\n',
    },
    declared: 2,
    locked: 2,
    vulnerable: 'golang.org/x/net@0.5.0: CVE-2023-39325',
  },
  {
    ecosystem: 'Maven',
    files: {
      'pom.xml':
        '<project><groupId>g</groupId><artifactId>p</artifactId><version>1</version><properties><log4j.version>2.14.1</log4j.version></properties><dependencyManagement><dependencies><dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-core</artifactId><version>${log4j.version}</version></dependency></dependencies></dependencyManagement></project>',
      'app/pom.xml':
        '<project><parent><groupId>g</groupId><artifactId>p</artifactId><version>1</version></parent><artifactId>app</artifactId><dependencies><!-- <dependency> --><dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-core</artifactId></dependency></dependencies></project>',
    },
    declared: 1,
    locked: 1,
    vulnerable: 'org.apache.logging.log4j:log4j-core@2.14.1: CVE-2021-44228',
  },
];

describe('manifests and lock files are read for', () => {
  test.each(ecosystems)('$ecosystem: $vulnerable', async ({ ecosystem, files, declared, locked, vulnerable }) => {
    const result = await audit(files);
    expect(result.metrics['ecosystems']).toMatchObject([{ ecosystem, declared, locked }]);
    expect(result.findings.filter((finding) => finding.rule === 'vulnerable').map((finding) => finding.title)).toEqual([
      vulnerable,
    ]);
  });
});

describe('what is said about vulnerabilities', () => {
  test('names its limits when no database is at hand, and takes one that is given', async () => {
    const files = {
      'package.json': json({ dependencies: { left: '1.3.0' } }),
      'package-lock.json': json({
        lockfileVersion: 3,
        packages: { '': { dependencies: { left: '1.3.0' } }, 'node_modules/left': { version: '1.3.0' } },
      }),
    };
    const alone = await audit(files);
    expect(alone.findings).toEqual([]);
    expect(alone.metrics['advisories']).toMatchObject({
      complete: false,
      statement: expect.stringContaining('no advisory database was at hand'),
    });
    const record = (id: string, more: object) => ({
      id,
      summary: 'Bad',
      database_specific: { severity: 'HIGH' },
      affected: [{ package: { ecosystem: 'npm', name: 'left' }, ...more }],
    });
    const file = join(bench.root, 'osv.json');
    await writeFile(
      file,
      json([
        record('OSV-1', { ranges: [{ type: 'SEMVER', events: [{ introduced: '1.0.0' }, { fixed: '1.3.1' }] }] }),
        record('OSV-2', { ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.3.0' }] }] }),
        record('OSV-3', {
          ranges: [{ type: 'SEMVER', events: [{ introduced: '1.0.0' }, { last_affected: '1.3.0' }] }],
        }),
        record('OSV-4', { versions: ['1.3.0'] }),
        { ...record('OSV-5', { versions: ['1.3.0'] }), withdrawn: '2024-01-01T00:00:00Z' },
      ]),
    );
    const given = await audit(files, { advisories: file });
    expect(given.findings.map((finding) => finding.title)).toEqual([
      'left@1.3.0: OSV-1',
      'left@1.3.0: OSV-3',
      'left@1.3.0: OSV-4',
    ]);
    expect(given.findings[0]?.fix).toBe('Update left to 1.3.1 or later.');
    expect(given.metrics['advisories']).toMatchObject({ complete: true });
  });

  test('a malicious version outranks a vulnerable one, and development weighs less', async () => {
    const result = await audit({
      'package.json': json({ dependencies: { 'event-stream': '3.3.6' }, devDependencies: { minimist: '1.2.5' } }),
      'package-lock.json': json({
        lockfileVersion: 2,
        packages: {
          '': { dependencies: { 'event-stream': '3.3.6' }, devDependencies: { minimist: '1.2.5' } },
          'node_modules/event-stream': { version: '3.3.6' },
          'node_modules/minimist': { version: '1.2.5', dev: true },
        },
      }),
    });
    expect(told(result)).toEqual([
      'malicious critical: event-stream@3.3.6: GHSA-mh6f-8j2x-4483',
      'vulnerable high: minimist@1.2.5: CVE-2021-44906',
    ]);
  });

  test.each([
    ['PyPI', 'a', '1.0rc1', '1.0', true],
    ['PyPI', 'a', '1.0.post1', '1.0', false],
    ['PyPI', 'a', '1!0.1', '9.9', false],
    ['Maven', 'g:a', '1.0-SNAPSHOT', '1.0', true],
    ['Maven', 'g:a', '5.3.18', '5.3.18.RELEASE', false],
    ['npm', 'a', '1.0.0-beta.2', '1.0.0-beta.11', true],
    ['Go', 'g.org/a', '0.0.0-20210101000000-abcdefabcdef', '0.1.0', true],
  ])('%s %s %s against the fix in %s: affected %s', async (...versions) => {
    const [ecosystem, name, version, fixed, isAffected] = versions;
    const advisories = [
      {
        id: 'OSV-1',
        affected: [
          { package: { ecosystem, name }, ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] }] },
        ],
      },
    ];
    const files: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      PyPI: { 'requirements.txt': `${name}==${version}\n` },
      Maven: {
        'pom.xml': `<project><dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId><version>${version}</version></dependency></dependencies></project>`,
      },
      npm: { 'package.json': json({ dependencies: { a: version } }) },
      Go: { 'go.mod': `module m\nrequire ${name} v${version}\n` },
    };
    const { findings } = await audit(files[ecosystem] ?? {}, { advisories });
    expect(findings.some((finding) => finding.rule === 'vulnerable')).toBe(isAffected);
  });
});

describe('how dependencies are declared and locked', () => {
  test('an application without a lock file is a finding, a library is only told', async () => {
    const result = await audit({
      'app/package.json': json({ private: true, dependencies: { a: '^1.0.0' } }),
      'lib/package.json': json({ name: 'lib', dependencies: { a: '^1.0.0' } }),
      'tests/fixtures/package.json': json({ private: true, dependencies: { a: '*' } }),
    });
    expect(told(result)).toEqual(['missing-lock medium: No lock file', 'missing-lock info: No lock file']);
  });

  test('a member of a workspace is locked by its root', async () => {
    const result = await audit({
      'package.json': json({ private: true, workspaces: ['packages/*'] }),
      'package-lock.json': json({ lockfileVersion: 3, packages: { '': {} } }),
      'packages/a/package.json': json({ private: true, dependencies: { b: '^1.0.0' } }),
    });
    expect(result.findings).toEqual([]);
  });

  test('a lock file that does not fit, two lock files, deprecation, install scripts, and moving or open sources are told', async () => {
    const result = await audit({
      'package.json': json({
        private: true,
        dependencies: { a: '^2.0.0', b: '*', c: 'git+http://host/c.git', d: 'user/d' },
        devDependencies: { a: '^1.0.0' },
      }),
      'package-lock.json': json({
        lockfileVersion: 3,
        packages: {
          '': {
            dependencies: { a: '^1.0.0', b: '*', c: 'git+http://host/c.git', d: 'user/d' },
            devDependencies: { a: '^1.0.0' },
          },
          'node_modules/a': { version: '1.0.0', deprecated: 'Use b', hasInstallScript: true },
          'node_modules/z': { version: '1.0.0', deprecated: 'Gone' },
        },
      }),
      'yarn.lock': '# yarn lockfile v1\n',
    });
    expect(told(result).toSorted()).toEqual([
      'declared-twice low: a is declared twice',
      'deprecated info: 1 deprecated package brought in by others',
      'deprecated medium: a@1.0.0 is deprecated',
      'insecure-source high: c is fetched without encryption',
      'install-scripts info: 1 package runs code when installed',
      'lock-drift medium: 1 dependency does not fit the lock file',
      'remote-source medium: d comes from a moving address',
      'two-locks low: Several lock files',
      'unpinned info: b has no bound',
    ]);
  });

  test('requirements that all name a version are their own lock', async () => {
    expect(
      (await audit({ 'requirements.txt': '# x\na==1.0 --hash=sha256:00\nb[c]==2.0 ; python_version > "3"\n' }))
        .findings,
    ).toEqual([]);
    expect(told(await audit({ 'requirements.txt': 'a==1.0\nb>=2\n-r other.txt\n' }))).toEqual([
      'missing-lock low: 1 requirement is not fixed to a version',
    ]);
  });

  test('a manifest that cannot be read is told with what is wrong', async () => {
    const result = await audit({ 'Cargo.toml': '[package]\nname = "a\n', 'package.json': '{' });
    expect(result.findings.map(({ rule, file, detail }) => [rule, file, detail])).toEqual([
      ['unreadable', 'Cargo.toml', 'line 2: a string is not closed on its line'],
      ['unreadable', 'package.json', expect.stringMatching(/JSON/)],
    ]);
  });
});
