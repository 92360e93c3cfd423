import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatProblem, parseSkill } from './index.ts';

const parse = (text: string, mode: 'strict' | 'lenient' = 'strict', files: string[] = ['SKILL.md']) =>
  parseSkill({ path: '/c/skills/sweep/SKILL.md', text, files }, mode);
const codes = (parsed: ReturnType<typeof parse>) => parsed.problems.map((problem) => problem.code);
const good = '---\nname: sweep\ndescription: Sweeps the floor.\n---\nTake the broom.\n';

describe('a skill', () => {
  test('[SK1] has the fields of the format and its body', () => {
    const text = `---
name: sweep
description: Sweeps the floor.
license: Apache-2.0
compatibility: Needs a broom
metadata: { version: "1" }
allowed-tools: Bash(git:*) Read
---
# Sweep
`;
    expect(parse(text).value).toEqual({
      name: 'sweep',
      description: 'Sweeps the floor.',
      license: 'Apache-2.0',
      compatibility: 'Needs a broom',
      metadata: { version: '1' },
      allowedTools: ['Bash(git:*)', 'Read'],
      body: '# Sweep',
      directory: '/c/skills/sweep',
      files: ['SKILL.md'],
    });
  });

  test('[SK2] without frontmatter is refused at line 1', () => {
    expect(parse('# Sweep').problems).toMatchObject([{ code: 'frontmatter-missing', line: 1, severity: 'error' }]);
    expect(codes(parse('---\nname: sweep\n'))).toEqual(['frontmatter-unclosed']);
  });

  test('[SK2] with broken YAML names file, line and column', () => {
    const parsed = parse('---\nname: sweep\ndescription: [one\n---\nBody\n');
    expect(parsed.value).toBeUndefined();
    expect(formatProblem(parsed.problems[0]!)).toMatch(/^\/c\/skills\/sweep\/SKILL\.md:3:18: error yaml-invalid: /);
  });

  test.each([
    ['Sweep', 'field-invalid'],
    ['sweep--floor', 'field-invalid'],
    ['-sweep', 'field-invalid'],
    ['mop', 'name-mismatch'],
    ['s'.repeat(65), 'field-invalid'],
  ])('[SK3] ours may not be named %s', (name, code) => {
    const parsed = parse(good.replace('name: sweep', `name: ${name}`));
    expect(parsed.value).toBeUndefined();
    expect(parsed.problems).toContainEqual(expect.objectContaining({ code, line: 2, column: 1 }));
  });

  test('[SK4] with unknown or over-long fields is refused when ours and read with a warning when foreign', () => {
    const text = good.replace('---\nTake', `version: 3\ncompatibility: ${'x'.repeat(501)}\n---\nTake`);
    expect(parse(text).value).toBeUndefined();
    expect(codes(parse(text))).toEqual(['field-invalid', 'field-unknown']);
    const lenient = parse(text, 'lenient');
    expect(lenient.value?.name).toBe('sweep');
    expect(lenient.problems.every((problem) => problem.severity === 'warning')).toBe(true);
  });

  test('[SK5] of a foreign source is skipped only when it has no description', () => {
    expect(parse('---\nname: sweep\n---\n', 'lenient').value).toBeUndefined();
    expect(parse('---\ndescription: Sweeps.\n---\n', 'lenient').value?.name).toBe('sweep');
    const colon = parse('---\nname: sweep\ndescription: Use this: always\n---\nGo.\n', 'lenient');
    expect(colon.value?.description).toBe('Use this: always');
    expect(codes(colon)).toEqual(['yaml-repaired']);
  });

  test('[SK5] of a foreign source gets a name that fits the pattern, whatever it says', () => {
    expect(parse(good.replace('name: sweep', 'name: ../../Etc Passwd!'), 'lenient').value?.name).toBe('etc-passwd');
  });

  test('[SK6] runs its only script, or the one its metadata names', () => {
    const lib = 'scripts/lib/x.mjs';
    expect(parse(good, 'strict', ['SKILL.md', 'scripts/a.mjs', lib]).value?.entryScript).toBe('scripts/a.mjs');
    const two = ['SKILL.md', 'scripts/a.mjs', 'scripts/b.mjs'];
    expect(codes(parse(good, 'strict', two))).toEqual(['script-ambiguous']);
    expect(parse(good, 'lenient', two).value?.entryScript).toBeUndefined();
    const named = good.replace('---\nTake', 'metadata:\n  script: scripts/b.mjs\n---\nTake');
    expect(parse(named, 'strict', two).value?.entryScript).toBe('scripts/b.mjs');
    expect(codes(parse(named, 'strict', ['SKILL.md']))).toEqual(['script-missing']);
  });

  test('[SK7] cannot use YAML aliases to grow without bound', () => {
    const levels = Array.from({ length: 12 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i}, `.repeat(9)}]`).join('\n');
    const parsed = parse(`---\nname: sweep\ndescription: x\nl0: &l0 [a]\n${levels}\n---\nBody\n`, 'lenient');
    expect(codes(parsed)).toContain('yaml-invalid');
  });

  test('[SK8] never makes the reader throw, whatever the file holds', () => {
    const piece = fc.oneof(
      fc.constantFrom('---\n', 'name: ', 'description: ', '\r\n', '[', '{', '&a ', '*a', '"', ': ', '- ', '\uFEFF'),
      fc.string(),
    );
    const texts = fc.array(piece, { maxLength: 30 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(texts, fc.boolean(), (text, open) => {
        const parsed = parse(open ? `---\n${text}` : text, 'lenient');
        const refused = parsed.problems.some((problem) => problem.severity === 'error');
        expect(parsed.value === undefined).toBe(refused);
      }),
    );
  });

  test('[SK9] with Windows line ends and a byte order mark reads the same', () => {
    expect(parse(`\uFEFF${good.replaceAll('\n', '\r\n')}`).value).toEqual(parse(good).value);
  });
});
