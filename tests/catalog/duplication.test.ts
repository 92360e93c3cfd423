import { afterEach, beforeEach, expect, test } from 'vitest';
import { SkillBench, type SkillResult } from './skill-bench.ts';

let bench: SkillBench;
beforeEach(async () => {
  bench = await SkillBench.open();
});
afterEach(() => bench.close());

/** Code of many different tokens, different for each seed. */
function code(seed: string, lines: number): string {
  return Array.from(
    { length: lines },
    (_, index) =>
      `  if (${seed}${index} > limit${index % 7}) { store.${seed}Put(${index}, key${index % 5}[${index}]); total += ${seed}Cost - rate${index % 3}; }`,
  ).join('\n');
}

const wrap = (name: string, body: string) => `function ${name}(limit) {\n${body}\n}\n`;

async function compare(files: Readonly<Record<string, string>>): Promise<SkillResult> {
  await bench.write(files);
  return bench.run('duplication');
}

const places = (result: SkillResult) =>
  (
    result.metrics['groups'] as readonly {
      readonly places: readonly { file: string; line: number; endLine: number }[];
    }[]
  ).map((group) => group.places.map(({ file, line, endLine }) => `${file}:${line}-${endLine}`));

test('a copy in another file is found with its lines, also when literals, comments and layout differ', async () => {
  const body = code('a', 30);
  const changed = body
    .replaceAll(/\((\d+),/g, '(7$1,')
    .replaceAll(/^ {2}/gm, '\t\t')
    .replaceAll(';', '; /* note */');
  const result = await compare({ 'src/one.js': wrap('one', body), 'src/two.js': `// head\n\n${wrap('two', changed)}` });
  expect(places(result)).toEqual([['src/one.js:1-31', 'src/two.js:3-33']]);
  expect(result.findings).toMatchObject([{ rule: 'clone', severity: 'info', file: 'src/one.js', line: 1 }]);
});

test('a large copy that was edited in a few places is one group', async () => {
  const lines = code('a', 120).split('\n');
  lines[40] = '  audit.write(limit, now, user);';
  lines[80] = '  audit.flush();\n  audit.close(limit);';
  const result = await compare({ 'a/one.js': wrap('one', code('a', 120)), 'b/two.js': wrap('two', lines.join('\n')) });
  expect(places(result)).toHaveLength(1);
  expect(result.findings).toMatchObject([{ severity: 'low', confidence: 'high' }]);
});

test('several copies are one group, and copies in tests only are no concern', async () => {
  const files = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`src/${name}.js`, wrap(name, code('x', 25))]));
  const testFiles = Object.fromEntries(['a', 'b'].map((name) => [`test/${name}.test.js`, wrap(name, code('y', 200))]));
  const result = await compare({ ...files, ...testFiles });
  expect(result.findings.map(({ title, severity }) => [title, severity])).toEqual([
    [expect.stringMatching(/^2\d lines in 4 places$/), 'low'],
    [expect.stringMatching(/^20\d lines in 2 places$/), 'info'],
  ]);
  expect(result.summary).toMatchObject({ percent: expect.any(Number), testsPercent: expect.any(Number) });
});

test('import lists, licence heads, tables and rows of like calls are no copies', async () => {
  const head = `/*\n${' * Licensed to everyone under terms that take many words to say\n'.repeat(30)} */\n`;
  const imports = Array.from(
    { length: 60 },
    (_, index) => `import { name${index}, other${index} } from './module-${index}.js';`,
  ).join('\n');
  const table = `const table = [\n${Array.from({ length: 300 }, (_, index) => `  { id: ${index}, value: ${index * 3} },`).join('\n')}\n];\n`;
  const calls = Array.from({ length: 300 }, (_, index) => `register('${index}', ${index});`).join('\n');
  const parts = [head, `${imports}\n`, table, `${calls}\n`];
  const result = await compare({ 'a.js': parts.join(''), 'b.js': parts.toReversed().join('') });
  expect(result.findings).toEqual([]);
  expect(result.summary['files']).toBe(2);
  expect(result.summary['percent']).toBeLessThan(1);
});

test('like methods in a row are copies of each other, not of the row moved by one', async () => {
  const methods = Array.from({ length: 6 }, (_, index) => wrap(`method${index}`, code('m', 14))).join('\n');
  const [group] = places(await compare({ 'a.js': methods }));
  const spans = (group ?? []).map((place) => (/:(\d+)-(\d+)$/.exec(place) ?? []).slice(1).map(Number));
  expect(spans.length).toBeGreaterThanOrEqual(3);
  for (const [index, [start]] of spans.entries())
    expect(start).toBeGreaterThanOrEqual((spans[index - 1]?.[1] ?? 0) - 1);
});

test('vendored and generated copies are left out', async () => {
  const body = wrap('a', code('a', 60));
  expect((await compare({ 'src/a.js': body, 'vendor/a.js': body, 'dist/a.js': body })).findings).toEqual([]);
});

test('nothing is said of a repository without code', async () => {
  expect((await compare({ 'README.md': '# A\n' })).summary).toMatchObject({ empty: true });
});
