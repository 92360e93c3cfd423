import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SkillBench } from './skill-bench.ts';

let bench: SkillBench;
beforeEach(async () => {
  bench = await SkillBench.open();
});
afterEach(() => bench.close());

const nested = (lines: number, round: number) =>
  Array.from({ length: lines }, (_, index) => `${'  '.repeat(index % 6)}call(${round}, ${index});`).join('\n');

test('a file that changes often and is complex is the foremost hotspot', async () => {
  for (let round = 0; round < 12; round++) {
    await bench.write({
      'src/hot.js': nested(400, round),
      'src/flat.js': `call(${round});\n`.repeat(400),
      [`src/cold${round}.js`]: nested(400, 0),
    });
    await bench.commit(`Change ${round}`);
  }
  const { metrics, findings } = await bench.run('history');
  expect((metrics['hotspots'] as readonly { path: string; score: number; commits: number }[])[0]).toMatchObject({
    path: 'src/hot.js',
    score: 100,
    commits: 12,
  });
  expect(findings).toContainEqual(expect.objectContaining({ rule: 'hotspot', file: 'src/hot.js' }));
  expect(findings.map((finding) => finding.file)).not.toContain('src/cold3.js');
});

test('a renamed file keeps its history', async () => {
  await bench.write({ 'old.js': nested(300, 0) });
  await bench.commit();
  for (let round = 1; round < 5; round++) {
    await bench.write({ 'old.js': `${nested(300, 0)}\nlast(${round});` });
    await bench.commit();
  }
  bench.git('mv', 'old.js', 'new.js');
  await bench.commit('Rename');
  const { metrics } = await bench.run('history');
  expect(metrics['hotspots']).toMatchObject([{ path: 'new.js', commits: 6 }]);
});

test('robots are no people, and no address is written out', async () => {
  await bench.write({ 'a.js': 'a\n' });
  await bench.commit('One', { author: 'Ada' });
  await bench.write({ 'a.js': 'b\n' });
  await bench.commit('Two', { author: 'dependabot[bot]' });
  const result = await bench.run('history');
  expect(result.summary).toMatchObject({ commits: 2, authors: 1, robots: 1, busFactor: 1 });
  expect(JSON.stringify(result)).not.toContain('@example.org');
});

test('a part whose main author left is a risk, one that is still worked on by its author is not', async () => {
  await bench.write({ 'old/a.js': 'call();\n'.repeat(1500) });
  await bench.commit('Begin', { author: 'Bea', date: '2020-01-01' });
  await bench.write({ 'new/b.js': 'call();\n'.repeat(1500) });
  await bench.commit('Later', { author: 'Cem', date: '2023-01-01' });
  const { metrics, findings } = await bench.run('history');
  expect(metrics['ownership']).toMatchObject([
    { directory: 'new', main: 'Cem', share: 100 },
    { directory: 'old', main: 'Bea', share: 100 },
  ]);
  expect(findings.map(({ rule, file }) => [rule, file])).toEqual([['knowledge-lost', 'old']]);
});

test('files in different folders that always change together are found, a file and its test are not', async () => {
  for (let round = 0; round < 9; round++) {
    await bench.write({
      'api/route.js': `${round}\n`,
      'store/schema.js': `${round}\n`,
      'api/route.test.js': `${round}\n`,
      [`other${round}.js`]: 'x\n',
    });
    await bench.commit();
  }
  const { findings } = await bench.run('history');
  expect(findings.map(({ rule, file, detail }) => [rule, file, detail])).toEqual([
    [
      'hidden-coupling',
      'api/route.js',
      '9 commits changed both this file and store/schema.js (100 % of the commits of the rarer one).',
    ],
  ]);
});

test('a shallow clone is said to be one, and nothing is said about people', async () => {
  for (let round = 0; round < 3; round++) {
    await bench.write({ 'a.js': `${round}\n` });
    await bench.commit();
  }
  const clone = join(bench.root, 'clone');
  execFileSync('git', ['clone', '-q', '--depth=1', `file://${bench.repository}`, clone]);
  const result = await bench.run('history', { repository: clone });
  expect(result.summary).toMatchObject({ shallow: true, commits: 1 });
  expect(result.notes.join()).toContain('shallow clone: only its last 1 commit can be seen');
});

test('a folder without git is told from one without findings', async () => {
  await bench.write({ 'a.js': 'a\n' });
  const result = await bench.run('history');
  expect(result.summary).toMatchObject({ commits: 0, empty: true });
  expect(result.notes).toEqual([
    'The folder is not a git repository with at least one commit, or git is not installed.',
  ]);
});

test('names with odd characters and merge commits do not confuse the reader', async () => {
  await bench.write({ 'sp ace/tä\tb.js': 'a\n', 'b.js': 'b\n' });
  await bench.commit();
  bench.git('checkout', '-q', '-b', 'side');
  await bench.write({ 'sp ace/tä\tb.js': 'c\n' });
  await bench.commit();
  bench.git('checkout', '-q', 'main');
  await bench.write({ 'b.js': 'd\n' });
  await bench.commit();
  bench.git('merge', '-q', '--no-edit', 'side');
  expect((await bench.run('history')).summary).toMatchObject({ commits: 3, merges: 1 });
});
