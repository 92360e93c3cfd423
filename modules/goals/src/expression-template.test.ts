import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resolveTemplate, type ExpressionScope } from './expression.ts';
import type { Json } from './json.ts';

const scope: ExpressionScope = {
  inputs: { n: 2, name: 'Ada', list: [1, 2, 3], nothing: null },
  tasks: { build: { state: 'succeeded', output: { files: ['a.ts', 'b.ts'] } } },
  goal: { id: 'goal_1', title: 'Review', priority: 2 },
};

test.each<[Json, Json]>([
  ['${{ inputs.n }}', 2],
  ['${{ inputs.list }}', [1, 2, 3]],
  ['n is ${{ inputs.n }}', 'n is 2'],
  [' ${{ inputs.n }}', ' 2'],
  ['${{ inputs.n }}${{ inputs.name }}', '2Ada'],
  ['files: ${{ tasks.build.output.files }}, ${{ inputs.nothing }}.', 'files: ["a.ts","b.ts"], .'],
  ['$${{ inputs.n }}', '${{ inputs.n }}'],
  ['a $${{ b }} ${{ inputs.n }}', 'a ${{ b }} 2'],
  ['${{ "}}" + \'}}\' }}', '}}}}'],
  ['${{ {"a": {"b": inputs.n}} }}', { a: { b: 2 } }],
  ['${{ {"a": {"b": 1}}}}', { a: { b: 1 } }],
  ['${{ "\\"}}" + """}}" """ }}', '"}}}}" '],
  ['costs $5 {{ not this }}', 'costs $5 {{ not this }}'],
  [
    { a: ['${{ inputs.n }}', 1, null, true], b: { c: 'x' } },
    { a: [2, 1, null, true], b: { c: 'x' } },
  ],
])('[EX5] %j becomes %j', (template, expected) => {
  expect(resolveTemplate(template, scope)).toEqual(expected);
});

test('[EX5] an expression that is not closed is refused', () => {
  expect(() => resolveTemplate('a ${{ inputs.n', scope)).toThrow('never closed');
});

test('[EX5] a template without expressions stays what it is', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      fc.pre(!JSON.stringify(value).includes('${{'));
      expect(resolveTemplate(value as Json, scope)).toEqual(value);
    }),
  );
});

test('[EX5] any JSON comes through an expression unchanged', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const json = JSON.parse(JSON.stringify(value)) as Json;
      expect(resolveTemplate({ v: '${{ inputs.v }}' }, { ...scope, inputs: { v: json } })).toEqual({ v: json });
    }),
  );
});
