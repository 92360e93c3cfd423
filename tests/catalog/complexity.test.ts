import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SkillBench } from './skill-bench.ts';

let bench: SkillBench;
beforeEach(async () => {
  bench = await SkillBench.open();
});
afterEach(() => bench.close());

interface MeasuredFunction {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
  readonly parameters: number;
  readonly cyclomatic: number;
  readonly cognitive: number;
  readonly nesting: number;
}

/** The foremost functions list only what is worth a look; a filler of conditions makes each of them so. */
const filler = 16;

interface Sample {
  readonly file: string;
  /** Holds FILL where conditions are put in. */
  readonly text: string;
  readonly condition: (index: number) => string;
  readonly expected: Partial<MeasuredFunction>;
}

const braces = (index: number) => `if (a == ${index}) { b(); }`;
const samples: Readonly<Record<string, Sample>> = {
  JavaScript: {
    file: 'a.js',
    text: "class A {\n  async load({ a, b }, c = (1, 2)) {\n    const text = `if ${a ? 'if' : `${b && c}`} {`; // if (x) {\n    const pattern = /if\\s*[/\"'{]/g;\nFILL\n    for (const x of c) { if (x && x.if && !x.catch) { continue; } }\n    return a ? b : c ?? 1;\n  }\n}\n",
    condition: braces,
    // 1 + 16 + for + if + 2 && + ternary + ??; cognitive 16 + 1 + 2 + 1 (&&) + 1 (ternary) + 1 (??).
    expected: { name: 'load', line: 2, parameters: 2, cyclomatic: 23, cognitive: 22, nesting: 2 },
  },
  TypeScript: {
    file: 'a.ts',
    text: 'export const pick = <T extends { a?: string }>(x: T, y?: number): { if: T } | undefined => {\nFILL\n  switch (y) { case 1: case 2: return { if: x }; default: return undefined; }\n};\n',
    condition: braces,
    expected: { name: 'pick', line: 1, parameters: 2, cyclomatic: 19, cognitive: 17, nesting: 1 },
  },
  Python: {
    file: 'a.py',
    text: 'class A:\n    def load(self, a, b=(1, 2), *, c=None):\n        """if this and that:"""\nFILL\n        for x in a:\n            if x and b or c:\n                continue\n            elif x:\n                pass\n        return [y for y in a if y] if a else None\n\n    def other(self):\n        return 1\n',
    condition: (index) => `        if a == ${index}:\n            b()`,
    // 1 + 16 + for + if + and + or + elif + comprehension for + its if + conditional.
    expected: { name: 'load', line: 2, parameters: 3, cyclomatic: 25, nesting: 2 },
  },
  Go: {
    file: 'a.go',
    text: 'package a\n\nfunc (s *Server) Load(ctx context.Context, f func(int) error) (n int, err error) {\nFILL\n\tfor i := range s.items {\n\t\tif i > 0 && f(i) != nil {\n\t\t\treturn\n\t\t}\n\t}\n\tswitch n {\n\tcase 1, 2:\n\tcase 3:\n\t}\n\treturn\n}\n',
    condition: (index) => `\tif a == ${index} {\n\t\tb()\n\t}`,
    expected: { name: 'Server.Load', line: 3, parameters: 2, cyclomatic: 22, cognitive: 21, nesting: 2 },
  },
  Rust: {
    file: 'a.rs',
    text: "impl A {\n    pub fn load<'a, T: Into<String>>(&self, x: &'a T, c: char) -> Result<(), E> where T: Clone {\n        let s = r#\"if { \"#; let q = '{'; /* if /* nested */ { */\nFILL\n        match x { A::B => 1, A::C if c == 'x' => 2, _ => 3 };\n        while let Some(y) = x.next()? { loop { break; } }\n        Ok(())\n    }\n}\n",
    condition: (index) => `        if a == ${index} { b(); }`,
    // 1 + 16 + (3 arms - 1) + guard + while + loop.
    expected: { name: 'load', line: 2, parameters: 2, cyclomatic: 22, nesting: 2 },
  },
  Java: {
    file: 'A.java',
    text: 'class A {\n  @Override public <T> Map<String, List<T>> load(final String a, int... b) throws X, Y {\n    String s = "if {"; char c = \'{\';\nFILL\n    try { for (int i : b) { if (i > 0 || i < -1) continue; } } catch (X | Y e) { throw e; }\n    return b.length > 0 ? null : new HashMap<>();\n  }\n}\n',
    condition: braces,
    expected: { name: 'load', line: 2, parameters: 2, cyclomatic: 22, nesting: 2 },
  },
  C: {
    file: 'a.c',
    text: 'static int __init\nload(struct a *a, int (*f)(int, int))\n{\n#if 0\n\tif (never) {\n#endif\n#define IF(x) if (x) {\nFILL\n#ifdef X\n\tif (a->x) {\n#else\n\tif (a->y) {\n#endif\n\t\tgoto out;\n\t}\n\tlist_for_each(a, b) { f(1, 2); }\nout:\n\treturn 0;\n}\n',
    condition: braces,
    // 1 + 16 + one of the two halves + the macro loop.
    expected: { name: 'load', line: 2, parameters: 2, cyclomatic: 19, nesting: 1 },
  },
  'C++': {
    file: 'a.cpp',
    text: 'namespace n {\ntemplate <class T>\nA::A(int x, std::map<int, T> y) : base(x), z{y} {\n  auto s = R"x(if { )" )x";\nFILL\n}\n}\n',
    condition: braces,
    expected: { name: 'A::A', line: 3, parameters: 2, cyclomatic: 17, nesting: 1 },
  },
  'C#': {
    file: 'A.cs',
    text: 'class A {\n  public async Task<int> Load(string a, int? b) where T : new()\n  {\n    var s = @"C:\\{"; var t = $"{a}";\nFILL\n    foreach (var x in a) lock (x) { b ??= 1; }\n    return b ?? 0;\n  }\n}\n',
    condition: braces,
    expected: { name: 'Load', line: 2, parameters: 2, cyclomatic: 20 },
  },
  Ruby: {
    file: 'a.rb',
    text: 'class A\n  def load(a, b = [1, 2])\n    x = <<~TEXT\n      if end\n    TEXT\nFILL\n    return if a\n    [1].each do |y|\n      puts y unless y && b\n    end\n    while a do\n      break\n    end\n  end\nend\n',
    condition: (index) => `    if a == ${index}\n      b\n    end`,
    expected: { name: 'load', line: 2, parameters: 2, cyclomatic: 21, nesting: 1 },
  },
  PHP: {
    file: 'a.php',
    text: '<p>if (x) {</p>\n<?php\nfinal class A {\n  public function load(?string $a, array $b = []): ?array {\n    $s = <<<TEXT\nif {\nTEXT;\nFILL\n    foreach ($b as $x) { if ($x) { continue; } elseif ($a) { break; } }\n    return $a ?? null;\n  }\n}\n',
    condition: (index) => `    if ($a == ${index}) { b(); }`,
    expected: { name: 'load', line: 4, parameters: 2, cyclomatic: 21, nesting: 2 },
  },
  Shell: {
    file: 'a.sh',
    text: '#!/bin/sh\nload() {\n  x=${1#if} # if\n  cat <<END\nif then {\nEND\nFILL\n  for y in "$@"; do\n    case $y in a) b ;; c) d ;; esac\n    [ -n "$y" ] && z || w\n  done\n}\n',
    condition: (index) => `  if [ $a = ${index} ]; then\n    b\n  fi`,
    expected: { name: 'load', line: 2, nesting: 2 },
  },
};

async function measure(files: Readonly<Record<string, string>>): Promise<readonly MeasuredFunction[]> {
  await bench.write(files);
  return (await bench.run('complexity')).metrics['functions'] as readonly MeasuredFunction[];
}

describe('a function is found, named and counted in', () => {
  test.each(Object.entries(samples))('%s', async (_language, { file, text, condition, expected }) => {
    const filled = text.replace('FILL', Array.from({ length: filler }, (_, index) => condition(index)).join('\n'));
    const functions = await measure({ [file]: filled });
    expect(functions.filter((item) => item.name !== '(script)')).toMatchObject([expected]);
  });
});

test('functions inside functions are counted for themselves', async () => {
  const inner = Array.from({ length: 20 }, (_, index) => `if (x === ${index}) return ${index};`).join('\n');
  const functions = await measure({ 'a.js': `function outer(a) {\n  return a.map((x) => {\n${inner}\n  });\n}\n` });
  expect(functions.map(({ name, cyclomatic }) => [name, cyclomatic])).toEqual([['(callback in outer)', 21]]);
});

test('a flat switch is not held to be as hard as nested conditions', async () => {
  const cases = Array.from({ length: 40 }, (_, index) => `case ${index}: return ${index};`).join('\n');
  const nested = `${Array.from({ length: 10 }, (_, index) => `if (a > ${index}) {`).join('\n')}\n${'}\n'.repeat(10)}`;
  await bench.write({
    'flat.ts': `export function flat(a: number) { switch (a) {\n${cases}\n} }\n`,
    'nested.ts': `export function nested(a: number) {\n${nested}}\n`,
  });
  const { findings } = await bench.run('complexity');
  expect(findings.map(({ file, rule, severity }) => [file, rule, severity])).toEqual([
    ['nested.ts', 'complex-function', 'medium'],
  ]);
});

test('tests, vendored and generated code are left out, and languages that are not measured are named', async () => {
  const hard = `function f(a) {\n${'if (a) { if (a) { if (a) {} } }\n'.repeat(20)}}\n`;
  await bench.write({ 'a.test.js': hard, 'vendor/b.js': hard, 'dist/c.js': hard, 'd.pl': 'print 1;\n'.repeat(600) });
  const result = await bench.run('complexity');
  expect(result.findings).toEqual([]);
  expect(result.summary).toMatchObject({ functions: 0, empty: true });
  expect(result.notes).toContain('Not measured: Perl (600 lines).');
});

test('figures of a language add up', async () => {
  await bench.write({ 'a.py': 'def a():\n    return 1\n\ndef b(x):\n    if x:\n        return 2\n    return 3\n' });
  const { metrics } = await bench.run('complexity');
  expect(metrics['languages']).toEqual([{ language: 'Python', functions: 2, median: 2, p90: 2, max: 2, meanLines: 3 }]);
  expect(metrics['histogram']).toMatchObject([
    { range: '1', functions: 1 },
    { range: '2–5', functions: 1 },
    {},
    {},
    {},
    {},
  ]);
});
