import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { catalogFolder, repositorySkills, SkillBench } from './skill-bench.ts';

let bench: SkillBench;
beforeEach(async () => {
  bench = await SkillBench.open();
});
afterEach(() => bench.close());

interface Review {
  readonly missing: readonly { readonly skill: string }[];
  readonly areas: readonly { readonly skill: string; readonly status: string; readonly notes: readonly string[] }[];
  readonly findings: readonly { readonly title: string; readonly rank: number; readonly severity: string }[];
  readonly repository: Readonly<Record<string, string>>;
}

async function write(
  input: Readonly<Record<string, unknown>>,
): Promise<{ html: string; markdown: string; review: Review; result: Record<string, unknown> }> {
  const output = await bench.runFor('report', input);
  const read = (name: string) => readFile(join(output, name), 'utf8');
  return {
    html: await read('report.html'),
    markdown: await read('report.md'),
    review: JSON.parse(await read('review.json')) as Review,
    result: JSON.parse(await read('result.json')) as Record<string, unknown>,
  };
}

const finding = (title: string, more: object = {}) => ({
  id: title,
  rule: 'r',
  severity: 'medium',
  title,
  detail: 'd',
  confidence: 'high',
  ...more,
});
const resultOf = (findings: readonly (object | null)[], more: object = {}) => ({
  skill: 'x',
  summary: { headline: 'Fine.' },
  findings,
  rules: { r: { title: 'Rule', why: 'Because.', fix: 'Mend.' } },
  metrics: {},
  notes: [],
  ...more,
});

// In two parts, so that a review of this repository does not find it.
const npmToken = ['npm', 'aB7cD8eF9gH0jK1mN2pQ3rS4tU5vW62M5jQM'].join('_');

describe('the report', () => {
  test('of a whole review holds every area, keeps to its schema, and needs nothing from outside', async () => {
    await bench.write({
      'src/a.ts': `export const key = '${npmToken}';\n`,
      'README.md': '# A\n[gone](gone.md)\n',
      'package.json': '{"dependencies":{"lodash":"4.17.20"}}',
    });
    await bench.commit();
    const results: Record<string, string> = {};
    for (const skill of repositorySkills)
      results[skill] = join(await bench.runFor(skill, { repository: bench.repository }), 'result.json');
    const { html, markdown, review, result } = await write({
      source: 'https://user:token@github.com/acme/thing.git',
      results,
    });
    const schema = JSON.parse(
      await readFile(join(catalogFolder, 'skills/report/references/review.schema.json'), 'utf8'),
    ) as object;
    const validate = new Ajv2020({ strict: true, strictRequired: false }).compile(schema);
    expect(validate(review), JSON.stringify(validate.errors)).toBe(true);
    expect(review.missing).toEqual([]);
    expect(review.areas.map((area) => area.skill)).toEqual(repositorySkills);
    for (const text of [html, markdown]) expect(text).toContain('npm token');
    expect(html + markdown + JSON.stringify(review)).not.toMatch(/user:token|aB7cD8eF/);
    expect(review.repository).toMatchObject({ name: 'thing', source: 'https://github.com/acme/thing.git' });
    expect(html).toContain(`https://github.com/acme/thing/blob/${review.repository['commit'] ?? ''}/src/a.ts#L1`);
    expect(html).not.toMatch(/<script|<link|@import|url\(|<(?:img|iframe|object|embed)|\bsrc=/);
    expect(html).toContain('default-src &#39;none&#39;');
    expect(result).toMatchObject({
      html: 'report.html',
      markdown: 'report.md',
      json: 'review.json',
      summary: { reviewed: 9, missing: [] },
    });
  });

  test('names what is missing and why, and is written all the same', async () => {
    const { html, markdown, review } = await write({
      results: { inventory: null, secrets: '/nowhere/result.json', tests: { odd: true }, licences: resultOf([]) },
    });
    expect(review.missing.map((area) => area.skill)).toEqual(repositorySkills.filter((skill) => skill !== 'licences'));
    for (const text of [html, markdown]) {
      expect(text).toContain('This review is incomplete');
      expect(text).toContain('Its result does not have the form of a skill result.');
      expect(text).toMatch(/could not be read: ENOENT/);
    }
  });

  test('with nothing at all is still a report', async () => {
    expect((await write({})).review.missing).toHaveLength(9);
  });

  test('shows what a repository holds as text and never as markup', async () => {
    const evil = `<script>alert(1)</script><img src=x onerror=y>"'\`|[a](javascript:b)`;
    const { html, markdown } = await write({
      name: evil,
      source: `javascript:${evil}`,
      results: {
        secrets: resultOf([finding(evil, { file: evil, line: 3, detail: evil, fix: evil })], {
          notes: [evil],
          summary: { headline: evil },
          rules: { r: { title: evil, why: evil, fix: evil } },
        }),
        complexity: resultOf([], {
          metrics: {
            functions: [{ name: evil, file: evil, line: 1 }],
            languages: evil,
            histogram: [{ range: evil, functions: 3 }],
          },
        }),
        history: resultOf([], {
          metrics: {
            hotspots: [1, 2, 3].map((x) => ({ path: evil, commits: x, complexity: x, score: x })),
            authors: [{ name: evil }],
          },
        }),
      },
    });
    expect(html).not.toMatch(/<script|<img|href="javascript|href='javascript/);
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    for (const line of markdown.split('\n'))
      expect(line.replaceAll('\\`', '').replaceAll(/(`+)(?:(?!\1).)*?\1/g, ''), line).not.toMatch(
        /<script|(?<!\\)\]\(javascript/,
      );
  });

  test('ranks by severity and confidence, and lets no rule fill the foremost list', async () => {
    const many = Array.from({ length: 30 }, (_, index) =>
      finding(`noisy ${index}`, { severity: 'high', rule: 'noise' }),
    );
    const { review, html } = await write({
      results: {
        complexity: resultOf(many),
        secrets: resultOf([
          finding('doubtful', { severity: 'critical', confidence: 'low' }),
          finding('certain', { severity: 'critical' }),
        ]),
        tests: resultOf([finding('small', { severity: 'low' })]),
      },
    });
    expect(review.findings[0]).toMatchObject({ title: 'certain', rank: 1 });
    expect(review.findings.map((item) => item.title).indexOf('doubtful')).toBe(31);
    const top = html.slice(html.indexOf('id="top"'), html.indexOf('id="inventory"'));
    expect([...top.matchAll(/noisy \d+/g)]).toHaveLength(3);
    expect(top).toContain('small');
  });

  test('leaves out findings without their form and says so', async () => {
    const { review } = await write({
      results: {
        tests: resultOf([finding('kept'), null, { title: 'no severity' }, finding('odd', { severity: 'fatal' })]),
      },
    });
    expect(review.findings.map((item) => item.title)).toEqual(['kept']);
    expect(review.areas.find((area) => area.skill === 'tests')?.notes).toEqual([
      '3 findings did not have the form of a finding and were left out.',
    ]);
  });

  test('tells apart nothing wrong, nothing to review and not reviewed', async () => {
    const { review } = await write({
      results: {
        tests: resultOf([]),
        history: resultOf([], { summary: { headline: 'No git.', empty: true } }),
        secrets: resultOf([finding('x', { severity: 'critical' })]),
      },
    });
    const status = Object.fromEntries(review.areas.map((area) => [area.skill, area.status]));
    expect(status).toMatchObject({ tests: 'fine', history: 'empty', secrets: 'problem', licences: 'missing' });
  });

  test('says what is new, fixed and still there since the last review, and what nobody looked at again', async () => {
    const known = (id: string) => ({
      id,
      severity: 'high',
      title: `<b>${id}</b>`,
      file: 'a.js',
      since: Date.UTC(2027, 0, 5),
    });
    const results = {
      secrets: resultOf([finding('secrets.key:1'), finding('secrets.key:2')]),
      tests: resultOf([finding('tests.none:3')], { counts: { medium: 90 } }),
      licences: null,
    };
    const open = ['secrets.key:1', 'secrets.key:9', 'tests.none:8', 'licences.none:7'].map(known);
    const earlier = { last: { at: Date.UTC(2027, 0, 9), commit: 'abc', goalId: 'goal_1' }, open };
    const { html, markdown, review, result } = await write({ source: 'x', results, earlier });
    const ids = (list: unknown) => (list as { id: string }[]).map(({ id }) => id);
    const changes = (review as unknown as { changes: Record<string, unknown> }).changes;
    expect({ ...changes, fixed: ids(changes['fixed']), unseen: ids(changes['unseen']) }).toEqual({
      first: false,
      last: { at: '2027-01-09', commit: 'abc' },
      new: ['secrets.key:2', 'tests.none:3'],
      fixed: ['secrets.key:9'],
      unseen: ['tests.none:8', 'licences.none:7'],
      open: 1,
    });
    const said = 'Since the review of 2027-01-09: 2 new, 1 fixed, 1 still there; 2 not looked at again.';
    expect(html).toContain(said);
    expect(html).toContain('&lt;b&gt;secrets.key:9&lt;/b&gt;');
    expect(markdown).toContain(`## Since the last review\n\n${said}`);
    expect(markdown).toContain('Fixed:\n\n- **high** &lt;b\\>secrets.key:9&lt;/b\\> — `a.js`');
    expect(result).toMatchObject({ changes: { new: 2, fixed: 1, open: 1, unseen: 2 } });
    const first = await write({ source: 'x', results, earlier: { open: [] } });
    expect(first.markdown).toContain('This is the first review that is remembered of it.');
    expect((await write({ source: 'x', results, earlier: null })).markdown).not.toContain('Since the last review');
  });
});
