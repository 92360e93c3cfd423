import { ChoraleError } from '@chorale/lib-errors';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkExpression,
  evaluateCondition,
  evaluateExpression,
  expressionLengthMax,
  expressionReferences,
  findExpressionMistake,
  referencedTasks,
  referencedTasksInTemplate,
  templateExpressions,
  type ExpressionScope,
} from './expression.ts';
import type { Json } from './json.ts';

const scope: ExpressionScope = {
  inputs: { n: 2, half: 2.5, name: 'Ada', list: [1, 2, 3], mixed: [1, 'a', null, { k: 1 }], on: true, nothing: null },
  tasks: {
    build: { state: 'succeeded', output: { files: ['a.ts', 'b.ts'], size: 7 } },
    'scan-all': { state: 'failed', failure: { code: 'tool-failed', message: 'no' } },
  },
  item: { id: 3 },
  index: 1,
  goal: { id: 'goal_1', title: 'Review', priority: 2 },
};

const evaluate = (text: string) => evaluateExpression(text, scope);

function failureOf(run: () => unknown): ChoraleError {
  try {
    run();
  } catch (error) {
    if (error instanceof ChoraleError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('values', () => {
  test.each<[string, Json]>([
    ['inputs.n > 1', true],
    ['inputs.n + 1', 3],
    ['1 + inputs.half', 3.5],
    ['inputs.half * 2 == 5', true],
    ['7 / 2', 3.5],
    ['int(7 / 2)', 3],
    ['inputs.n % 2', 0],
    ['-inputs.n', -2],
    ['size(inputs.list) == 3', true],
    ['inputs.list[0] + inputs.list[2]', 4],
    ['inputs.n in inputs.list', true],
    ['2 in [1, inputs.half]', false],
    ['inputs.list + [4]', [1, 2, 3, 4]],
    ['inputs.list == [1, 2, 3]', true],
    ['{"k": 1} in inputs.mixed', true],
    ['null in inputs.mixed', true],
    ['"n" in inputs', true],
    ['inputs.n < inputs.half', true],
    ['1 == 1.0', true],
    ['1 == "1"', false],
    ['inputs.nothing == null', true],
    ['inputs.on ? 1 : "a"', 1],
    ['"a" + string(inputs.n)', 'a2'],
    ['string(inputs.list)', '[1,2,3]'],
    ['double("4.5") + int("2")', 6.5],
    ['"b" < "c" && bool("true")', true],
    ['0x10', 16],
    ['r"a\\d"', 'a\\d'],
    ['lists.range(3)', [0, 1, 2]],
  ])('[EX2] [EX8] %s gives %j', (text, expected) => {
    expect(evaluate(text)).toEqual(expected);
  });

  test.each<[string, Json]>([
    ['inputs.list.map(x, x * 2)', [2, 4, 6]],
    ['inputs.list.map(x, x > 1, x * 2)', [4, 6]],
    ['inputs.list.filter(x, x % 2 == 1)', [1, 3]],
    ['inputs.list.all(x, x > 0)', true],
    ['inputs.list.exists(x, x == 2)', true],
    ['inputs.list.exists_one(x, x > 1)', false],
    [
      'inputs.list.map(x, inputs.list.map(y, x * y))',
      [
        [1, 2, 3],
        [2, 4, 6],
        [3, 6, 9],
      ],
    ],
    ['{"b": 1, "a": 2}.map(k, k)', ['a', 'b']],
    ['has(tasks.build.output.files)', true],
    ['has(tasks.build.output.missing)', false],
    ['has(tasks.build.failure)', false],
    ['has(inputs.name.first)', false],
    ['["b", "a"].sort().join("-")', 'a-b'],
    ['[[1], [2, 3], 4].flatten()', [1, 2, 3, 4]],
    ['[1, 1, {"a": 1}, {"a": 1}].distinct()', [1, { a: 1 }]],
    ['[1, 2, 3].slice(1, 2)', [2]],
    ['[1, 2].reverse()', [2, 1]],
    ['"a,b".split(",")', ['a', 'b']],
    ['"a,b,c".split(",", 2)', ['a', 'b,c']],
    ['"aXbX".replace("X", "-")', 'a-b-'],
    ['"hello".substring(1, 3)', 'el'],
    ['"hello".indexOf("l") + "hello".lastIndexOf("l")', 5],
    ['" Ab ".trim().lowerAscii()', 'ab'],
    ['"hello".startsWith("he") && "hello".endsWith("lo") && "hello".contains("ell")', true],
    ['"héllo".size()', 5],
  ])('[EX1] %s gives %j', (text, expected) => {
    expect(evaluate(text)).toEqual(expected);
  });

  test('[EX1] tasks, goal, item and index are in the scope', () => {
    expect(evaluate('tasks.build.output.files[1]')).toBe('b.ts');
    expect(evaluate('tasks["scan-all"].state')).toBe('failed');
    expect(evaluate('tasks["scan-all"].failure.code')).toBe('tool-failed');
    expect(evaluate('goal.title + ":" + string(item.id) + ":" + string(index)')).toBe('Review:3:1');
  });
});

describe('failures', () => {
  test.each([
    ['tasks.build.output.path', 'there is no "path"; found keys files, size'],
    ['tasks.test.output', 'there is no "test"; found keys build, scan-all'],
    ['inputs.name.first', '`inputs.name` is "Ada" and has no "first"'],
    ['inputs.list[7]', 'there is no item 7; the list holds 3'],
    ['inputs.list["a"]', 'is a list of 3 and has no "a"'],
    ['"a" + inputs.n', '`+` does not work between "a" and 2; put string(...) around'],
    ['inputs.n > "1"', '`>` does not work between 2 and "1"'],
    ['inputs.n ? 1 : 2', '`inputs.n` must be true or false, found 2'],
    ['inputs.n / 0', 'divides by zero'],
    ['9007199254740991 + 1', 'too large for an exact number'],
    ['"abc".substring(2, 1)', '`substring` 1 comes before 2'],
    ['[1, "a"].sort()', 'can order numbers or texts, found a text beside a number'],
    ['int("4.5")', '`int` needs a number or a text like "42", found "4.5"'],
    ['inputs.n.size()', '`size` needs a text, a list or an object, found a number'],
  ])('[EX3] [EX7] %s says what was found', (text, message) => {
    const error = failureOf(() => evaluate(text));
    expect(error).toMatchObject({ family: 'refused', code: 'expression-failed' });
    expect(error.message).toContain(`the expression \`${text}\` failed`);
    expect(error.message).toContain(message);
  });

  test.each([
    ['1 +', 'Unexpected token: EOF', 3],
    ['', 'the expression is empty', 0],
    ['input.n', 'there is no `input`; known are inputs, tasks, item, index, goal; did you mean `inputs`?', 0],
    ['tasks.scan-all.state', 'there is no `all`', 11],
    [
      'true && tasks.build.outptu',
      '`tasks.build` has no "outptu", it has state, output, failure; did you mean `output`?',
      8,
    ],
    ['goal.name', '`goal` has no "name"', 0],
    ['tasks[inputs.name].state', 'a task is named by a text in quotes', 0],
    ['size(tasks)', '`tasks` must be followed by the key of a task', 5],
    ['length(inputs.list)', 'there is no function `length`', 0],
    ['inputs.list.fliter(x, x > 1)', 'there is no method `fliter`', 0],
    ['inputs.name.contians("a")', 'did you mean `contains`?', 0],
    ['size()', '`size` takes 1 arguments, found 0', 0],
    ['inputs.name.matches("(a+)+$")', '`matches` is not available', 0],
    ['99999999999999999999', 'too large to be exact', 0],
    ['b"x"', 'is not JSON', 0],
    ['has(inputs)', '`has` takes one argument of the form a.b', 0],
    ['inputs.list.map(x)', '`map` is written list.map(x, ...)', 0],
    ['inputs.list.map(inputs, 1)', 'the variable `inputs` hides another', 16],
    ['[1].map(x, [2].map(x, x))', 'the variable `x` hides another', 19],
  ])('[EX4] [EX12] %s is a mistake before it is evaluated', (text, message, start) => {
    expect(checkExpression(text)).toContain(message);
    expect(findExpressionMistake(text)?.start).toBe(start);
  });

  test('[EX9] a side that fails is forgiven when the other decides, and only then', () => {
    expect(evaluate('inputs.missing == 1 || true')).toBe(true);
    expect(evaluate('inputs.missing == 1 && false')).toBe(false);
    expect(evaluate('inputs.mixed.exists(x, x > 0)')).toBe(true);
    expect(failureOf(() => evaluate('inputs.missing == 1 || false')).message).toContain('there is no "missing"');
    expect(failureOf(() => evaluate('inputs.mixed.all(x, x > 0)')).message).toContain('does not work between');
  });

  test('[EX10] a condition is true or false, nothing that resembles them', () => {
    expect(evaluateCondition('inputs.n == 2', scope)).toBe(true);
    expect(failureOf(() => evaluateCondition('inputs.n', scope)).message).toContain('must be true or false, found 2');
  });

  test.each([
    'now()',
    'random()',
    'timestamp("2026-01-01T00:00:00Z")',
    'duration("1s")',
    'getenv("HOME")',
    'fetch("a")',
  ])('[EX11] there is no %s', (text) => {
    expect(checkExpression(text)).toContain(`there is no function \`${text.replace(/\(.*/, '')}\``);
  });

  test('[EX3] names that every object inherits are not there', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      expect(failureOf(() => evaluate(`inputs["${name}"]`)).message).toContain('there is no');
      expect(evaluate(`"${name}" in inputs`)).toBe(false);
    }
  });
});

describe('bounds', () => {
  const big = {
    ...scope,
    inputs: { list: Array.from({ length: 5000 }, (_, index) => index), text: 'ab'.repeat(200_000) },
  };

  test.each([
    ['nested loops', 'inputs.list.map(a, inputs.list.map(b, inputs.list.map(c, 1)))'],
    ['nested loops that forgive faults', 'inputs.list.exists(a, inputs.list.exists(b, inputs.list.exists(c, c.x)))'],
    [
      'doubling lists',
      `inputs.list${Array.from({ length: 12 }, (_, n) => `.map(x${n}, [x${n}, x${n}]).flatten()`).join('')}`,
    ],
    ['doubling texts', `[inputs.text]${Array.from({ length: 30 }, (_, n) => `.map(x${n}, x${n} + x${n})`).join('')}`],
    ['searching in every step', 'inputs.list.filter(x, [x, 1] in inputs.list.map(y, [y, 2]))'],
    ['equality of large lists', 'inputs.list.all(x, inputs.list + [1] == inputs.list + [2] || true)'],
    ['joining a large text often', 'lists.range(100000).map(x, inputs.text).join("")'],
    ['replacing by a large text', 'inputs.text.replace("a", inputs.text)'],
    ['a long range', 'lists.range(9007199254740991)'],
    ['a large result', 'inputs.list.map(x, inputs.list)'],
  ])('[EX6] %s ends within its bounds', (_name, text) => {
    const started = process.cpuUsage();
    const error = failureOf(() => evaluateExpression(text, big));
    expect(error.code).toBe('expression-failed');
    expect(error.message).toMatch(/steps|characters/);
    expect(cpuMs(started)).toBeLessThan(2000);
  });

  test('[EX6] text, tree and nesting are bounded when the expression is read', () => {
    expect(checkExpression(`"${'x'.repeat(expressionLengthMax)}"`)).toContain('at most 4096');
    expect(checkExpression('('.repeat(100) + '1' + ')'.repeat(100))).toMatch(/depth/i);
    expect(checkExpression(Array.from({ length: 1200 }, () => '1').join('+'))).toMatch(/nodes|depth/i);
    const started = process.cpuUsage();
    expect(checkExpression(`${'has(inputs.a[string('.repeat(10)}1${')].b)'.repeat(10)}`)).toBeUndefined();
    expect(cpuMs(started)).toBeLessThan(500);
  });

  test('[EX6] data nested too deeply is refused, not a crash', () => {
    let deep: Json = 1;
    for (let level = 0; level < 200_000; level++) deep = [deep];
    const error = failureOf(() => evaluateExpression('inputs.deep', { ...scope, inputs: { deep } }));
    expect(error.message).toContain('nested too deeply');
  });
});

describe('references', () => {
  test('[EX4] tasks are found in both notations, wherever they stand', () => {
    expect(referencedTasks('tasks.a.output + tasks["b-c"].output.map(x, tasks.d.state + x)')).toEqual([
      'a',
      'b-c',
      'd',
    ]);
    expect(referencedTasks('has(tasks.a.output.x) ? 1 : 2')).toEqual(['a']);
    expect(
      referencedTasksInTemplate({ q: ['x ${{ tasks.a.output }} ${{ tasks.b.state }}'], r: '${{ tasks.a.state }}' }),
    ).toEqual(['a', 'b']);
  });

  test('[EX4] a text in quotes or a field of that name is no reference', () => {
    expect(referencedTasks('"tasks.a" + inputs.tasks.b')).toEqual([]);
    expect(referencedTasksInTemplate({ text: 'tasks.a is done' })).toEqual([]);
    expect(referencedTasks('tasks.a +')).toEqual([]);
  });

  test('[EX4] inputs and the other names are found too', () => {
    const references = expressionReferences('inputs.a + inputs["b"] + string(item) + goal.title');
    expect([...(references?.inputs ?? [])]).toEqual(['a', 'b']);
    expect([...(references?.names ?? [])].sort()).toEqual(['goal', 'inputs', 'item']);
  });

  test('[EX5] the expressions of a template are listed in order', () => {
    expect(templateExpressions({ a: '${{ 1 }} $${{ no }} ${{2}}', b: [{ c: '${{ 3 }}' }] })).toEqual(['1', '2', '3']);
  });
});

describe('evaluation in general', () => {
  const leaf = fc.constantFrom('inputs.n', 'inputs.half', '1', '2.5', '-3', 'size(inputs.list)', 'inputs.list[1]');
  const arithmetic = fc.letrec<{ expression: string }>((tie) => ({
    expression: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc
        .tuple(tie('expression'), fc.constantFrom('+', '-', '*'), tie('expression'))
        .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    ),
  })).expression;

  test('[EX2] arithmetic agrees with JavaScript on the same numbers', () => {
    const { n, half, list } = scope.inputs as { n: number; half: number; list: number[] };
    fc.assert(
      fc.property(arithmetic, (text) => {
        const script = text
          .replaceAll('inputs.n', String(n))
          .replaceAll('inputs.half', String(half))
          .replaceAll('size(inputs.list)', String(list.length))
          .replaceAll('inputs.list[1]', String(list[1]));
        expect(evaluate(text)).toBe(calculate(script) + 0);
      }),
    );
  });

  test('[EX6] whatever the text, it gives JSON or refuses', () => {
    const words = fc.constantFrom(
      'inputs',
      '.',
      'n',
      'list',
      '[',
      ']',
      '(',
      ')',
      '+',
      '-',
      '"a"',
      '1',
      'x',
      ',',
      '?',
      ':',
      'map',
      ' ',
      '==',
      'tasks',
      '&&',
      'in',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 14 }), (parts) => {
        const text = parts.join('');
        const mistake = checkExpression(text);
        const end = endOf(() => evaluate(text));
        expect(end).toMatch(mistake === undefined ? /^(value|expression-failed)$/ : /^expression-failed$/);
      }),
      { numRuns: 500 },
    );
  });
});

function endOf(run: () => Json): string {
  try {
    return run() === undefined ? 'nothing' : 'value';
  } catch (error) {
    return error instanceof ChoraleError && error.family === 'refused' ? error.code : String(error);
  }
}

/** A second opinion on fully bracketed arithmetic, without `eval`. */
function calculate(text: string): number {
  let at = 0;
  const read = (): number => {
    if (text[at] !== '(') {
      const found = /^-?\d+(\.\d+)?/.exec(text.slice(at))?.[0] ?? '';
      at += found.length;
      return Number(found);
    }
    at += 1;
    const left = read();
    const operator = text[at + 1];
    at += 3;
    const right = read();
    at += 1;
    return operator === '+' ? left + right : operator === '-' ? left - right : left * right;
  };
  return read();
}

/** Processor time and not the clock's: other work on the machine must not fail a test. */
function cpuMs(since: NodeJS.CpuUsage): number {
  return process.cpuUsage(since).user / 1000;
}
