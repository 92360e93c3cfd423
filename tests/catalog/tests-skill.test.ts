import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SkillBench, type SkillResult } from './skill-bench.ts';

let bench: SkillBench;
beforeEach(async () => {
  bench = await SkillBench.open();
});
afterEach(() => bench.close());

async function inspect(files: Readonly<Record<string, string>>): Promise<SkillResult> {
  await bench.write(files);
  return bench.run('tests');
}

const source = (lines: number) => 'export const a = 1;\n'.repeat(lines);
/** Put together here, because a test of this project may not hold such a mark. */
const mark = (call: string, kind: string) => `${call}.${kind}('x', () => {});\n`;

describe('frameworks and commands', () => {
  test.each([
    [
      'Vitest',
      {
        'package.json': '{"scripts":{"test":"vitest run"},"devDependencies":{"vitest":"1"}}',
        'src/a.test.ts': "import { test } from 'vitest';\ntest('a', () => {});\n",
      },
      'npm test',
    ],
    [
      'pytest',
      {
        'pyproject.toml': '[project]\nname="a"\n',
        'a.py': 'x = 1\n'.repeat(50),
        'tests/test_a.py': 'import pytest\n\ndef test_a():\n    pass\n',
      },
      'python -m pytest',
    ],
    [
      'Go testing',
      { 'go.mod': 'module a\n', 'a.go': 'package a\n', 'a_test.go': 'package a\n\nfunc TestA(t *testing.T) {}\n' },
      'go test ./...',
    ],
    [
      'Rust tests',
      {
        'Cargo.toml': '[package]\n',
        'src/lib.rs': 'fn a() {}\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn b() {}\n}\n',
      },
      'cargo test',
    ],
    [
      'JUnit 5',
      {
        'pom.xml': '<project/>',
        mvnw: '',
        'src/main/java/A.java': 'class A {}\n',
        'src/test/java/ATest.java': 'import org.junit.jupiter.api.Test;\nclass ATest {\n  @Test\n  void a() {}\n}\n',
      },
      './mvnw test',
    ],
    [
      'RSpec',
      {
        Gemfile: "gem 'rspec'\n",
        '.rspec': '',
        'lib/a.rb': 'x = 1\n',
        'spec/a_spec.rb': "RSpec.describe 'a' do\n  it 'b' do\n  end\nend\n",
      },
      'bundle exec rspec',
    ],
    [
      'PHPUnit',
      {
        'phpunit.xml': '',
        'src/A.php': '<?php\n',
        'tests/ATest.php': '<?php\nclass ATest extends TestCase {\n  public function testA() {}\n}\n',
      },
      'vendor/bin/phpunit',
    ],
  ])('of %s are found', async (framework, files, command) => {
    const { metrics, summary } = await inspect(files);
    expect((metrics['frameworks'] as readonly { name: string }[]).map((item) => item.name)).toContain(framework);
    expect((metrics['commands'] as readonly { command: string }[])[0]?.command).toBe(command);
    expect(summary).toMatchObject({ tests: 1 });
  });

  test('a helper script does not make a Python project of another', async () => {
    const { metrics } = await inspect({
      'go.mod': 'module a\n',
      'a.go': 'package a\n'.repeat(100),
      'a_test.go': 'package a\nfunc TestA(t *testing.T) {}\n',
      'tools/test_tool.py': 'import pytest\n',
    });
    expect((metrics['commands'] as readonly { command: string }[]).map((item) => item.command)).toEqual([
      'go test ./...',
    ]);
  });
});

describe('findings', () => {
  test('no tests at all weigh by the size of the source', async () => {
    expect((await inspect({ 'src/a.ts': source(2500) })).findings).toMatchObject([
      { rule: 'no-tests', severity: 'high' },
    ]);
  });

  test('a focused test outranks skipped ones, and marks in strings and comments are none', async () => {
    const { findings } = await inspect({
      'package.json': '{"scripts":{"test":"x"}}',
      '.github/workflows/ci.yml': 'on: push\n',
      'src/a.ts': source(10),
      'src/a.test.ts': `one;\n${mark('test', 'only')}`,
      'src/b.test.ts': mark('it', 'skip').repeat(3),
      'src/c.test.ts': `// ${mark('test', 'only')}expect(lint("${mark('test', 'only').trim()}"));\nlet fit = 1;\n`,
      'tests/test_d.py': '@pytest.mark.skip\ndef test_a():\n    pass\n',
    });
    expect(findings.map(({ rule, severity, file, line }) => [rule, severity, file, line])).toEqual([
      ['focused', 'high', 'src/a.test.ts', 2],
      ['skipped', 'info', 'src/b.test.ts', 1],
      ['skipped', 'info', 'tests/test_d.py', 1],
    ]);
  });

  test('a part that no test knows is found where tests are named after sources, and only there', async () => {
    const base = {
      'package.json': '{"scripts":{"test":"x"}}',
      '.github/workflows/ci.yml': 'on: push\n',
      'src/known/a.ts': source(600),
      'src/unknown/b.ts': source(700),
      'src/imported/c.ts': source(600),
    };
    const named = await inspect({
      ...base,
      'tests/a.test.ts': "import { x } from '../src/imported/c.ts';\ntest('a', () => {});\n",
    });
    expect(named.findings.map(({ rule, file }) => [rule, file])).toEqual([['untested', 'src/unknown']]);
    await bench.close();
    bench = await SkillBench.open();
    const whole = await inspect({ ...base, 'tests/everything.test.ts': "test('a', () => {});\n" });
    expect(whole.findings).toEqual([]);
    expect(whole.notes).toContain(
      'Tests here are not tied to sources by their names, so untested parts cannot be told.',
    );
  });

  test('lines of tests are told for the directory of what they test', async () => {
    const { metrics } = await inspect({
      'lib/a.js': source(400),
      'test/a.test.js': source(200),
      'test/whole.test.js': source(50),
    });
    expect(metrics['directories']).toMatchObject([
      { directory: 'lib', sourceLines: 400, testLines: 200, ratio: 50, known: 1 },
    ]);
  });
});
