import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SkillBench, type SkillResult } from './skill-bench.ts';

let bench: SkillBench;
beforeEach(async () => {
  bench = await SkillBench.open();
});
afterEach(() => bench.close());

async function review(files: Readonly<Record<string, string>>): Promise<SkillResult> {
  await bench.write(files);
  return bench.run('documentation');
}

const good = `# Thing\n\nThing turns one kind of file into another, quickly and without surprises, for people who have many of them.\n\n## Installation\n\n    npm install thing\n\n## Usage\n\n\`\`\`\nthing a b\n\`\`\`\n\n## Development\n\nRun \`npm test\`. See CONTRIBUTING.\n\n## Help\n\nOpen an issue at https://host/issues.\n\n## Licence\n\nMIT. ${'More words that say what it is good for. '.repeat(10)}\n`;
const links = (result: SkillResult) =>
  result.findings
    .filter((finding) => /link|image|anchor/.test(finding.rule))
    .map(({ rule, severity, file, line, title }) => `${file}:${line} ${rule} ${severity} ${title}`);

describe('links', () => {
  test('that lead nowhere are found with their line, those that lead somewhere are not', async () => {
    const result = await review({
      'README.md': `${good}\n[a](docs/a.md) [b](docs/gone.md) ![c](img/c.png)\n<img src="img/d.png">\n[e]: docs/A.md\n`,
      'docs/a.md':
        '# A\n\n[up](../README.md#usage) [root](/README.md) [folder](.) [page](b) [space](with%20space.md) [title](a.md "A (a)") [angle](<a.md>)\n',
      'docs/b.md': 'x\n',
      'docs/with space.md': 'x\n',
      'img/d.png': 'x',
    });
    const line = good.split('\n').length + 1;
    expect(links(result)).toEqual([
      `README.md:${line} broken-image medium img/c.png is not there`,
      `README.md:${line} broken-link medium docs/gone.md is not there`,
      `README.md:${line + 2} link-case medium docs/A.md is not there`,
    ]);
  });

  test('in code, comments and templates are examples', async () => {
    const text =
      '```\n[a](gone.md)\n```\n\n~~~md\n[b](gone.md)\n~~~\n`[c](gone.md)` ``[d](gone.md) ` ``\n<!-- [e](gone.md) -->\n<pre>[f](gone.md)</pre>\n[g]({{ url }}) [h](https://host/gone) [i](mailto:a@b) [j](../../issues)\n';
    expect(links(await review({ 'README.md': good, 'a.md': text }))).toEqual([]);
  });

  test('to headings follow the rules of the host', async () => {
    const headings =
      '# The `<config>` & Co. (v2)\n## Same\n## Same\n### [Linked](x) *text* :tada:\nSetext Title\n---\n<a id="own"></a>\n## Ünïcode_name\n';
    const anchors = [
      'the-config--co-v2',
      'same',
      'same-1',
      'linked-text-tada',
      'setext-title',
      'own',
      'ünïcode_name',
      'L12',
    ];
    const ok = anchors.map((anchor) => `[x](a.md#${anchor})`).join(' ');
    const result = await review({
      'README.md': good,
      'a.md': headings,
      x: '',
      'b.md': `${ok}\n[y](a.md#same-2) [z](#nowhere)\n# B\n`,
    });
    expect(links(result)).toEqual([
      'b.md:2 broken-anchor info No heading for #nowhere',
      'b.md:2 broken-anchor info No heading for a.md#same-2',
    ]);
  });

  test('without a file ending are left to a generator where one is configured', async () => {
    const files = { 'README.md': good, 'docs/a.md': '[x](./gone) [y](/site/gone) [z](gone.md)\n' };
    expect(links(await review(files))).toHaveLength(3);
    expect(links(await review({ 'mkdocs.yml': 'site_name: a\n' }))).toEqual([
      'docs/a.md:1 broken-link low gone.md is not there',
    ]);
  });
});

describe('the README', () => {
  test('that tells everything is no finding', async () => {
    const { metrics, findings } = await review({ 'README.md': good, 'a.ts': 'let a;\n' });
    expect(findings).toEqual([]);
    expect((metrics['readme'] as { parts: readonly { found: boolean }[] }).parts.every((part) => part.found)).toBe(
      true,
    );
  });

  test('that is missing or says little is one', async () => {
    expect((await review({ 'src/a.ts': 'const a = 1;\n'.repeat(600) })).findings).toMatchObject([
      { rule: 'no-readme', severity: 'medium' },
    ]);
    expect((await review({ 'README.md': '# Thing\n\nA thing.\n' })).findings[0]).toMatchObject({
      rule: 'thin-readme',
      severity: 'medium',
      file: 'README.md',
    });
  });
});

test('public things with a comment are counted for each language', async () => {
  const { metrics } = await review({
    'README.md': good,
    'a.ts': '/** A. */\nexport function a() {}\n\nexport const b = 1;\nconst c = 1;\n',
    'b.py':
      'def a():\n    """A."""\n\ndef b(\n    x,\n):\n    return x\n\ndef _c():\n    pass\n\nclass D:\n    # x\n\n    \'\'\'D.\'\'\'\n',
    'c.go': '// A is.\nfunc A() {}\n\nfunc B() {}\n\nfunc c() {}\n\nfunc (t *t) D() {}\n',
    'd.rs': '/// A.\n#[inline]\npub fn a() {}\n\npub struct B;\nfn c() {}\n',
    'E.java':
      '/** E. */\npublic class E {\n  /** A. */\n  @Deprecated\n  public int a() { return 1; }\n\n  public int b() { return 1; }\n\n  @Override\n  public String toString() { return ""; }\n}\n',
  });
  const rows = (metrics['exports'] as readonly { language: string; documented: number; total: number }[]).map(
    ({ language, documented, total }) => [language, documented, total],
  );
  expect(Object.fromEntries(rows.map(([language, ...counts]) => [language, counts]))).toEqual({
    TypeScript: [1, 2],
    Python: [2, 3],
    Go: [1, 2],
    Rust: [1, 2],
    Java: [2, 3],
  });
});
