import { canonicalJson, type PlanDefinition, type TaskDefinition } from '@chorale/module-goals';
import { formatDuration } from '@chorale/module-scheduling';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { parseWorkflow } from './workflow.ts';
import { itemsAtOnceDefault, priorities, retryDefaults } from './workflow-format.ts';
import { formatWorkflowMistake } from './workflow-mistake.ts';

const parse = (text: string) => parseWorkflow(text, { file: 'flows/test.yaml' });

function definitionOf(text: string): PlanDefinition {
  const { definition, mistakes } = parse(text);
  expect(mistakes.map(formatWorkflowMistake)).toEqual([]);
  if (definition === undefined) throw new Error('no definition');
  return definition;
}

describe('reading', () => {
  test('[WF1] [WF9] a file with everything becomes the plan it says', () => {
    const definition = definitionOf(`
name: test
description: >
  Does
  everything.
strategy: cost
inputs:
  path: { type: string, required: true, description: Where to look }
  depth: { type: number, default: 2 }
tasks:
  scan:
    title: Look around
    agent: scout
    skill: scanning
    with: { path: "\${{ inputs.path }}", limit: 5 }
    retry: { limit: 2, delay: 500ms, factor: 3, max_delay: 1m, jitter: 0 }
    timeout: 1h30m
    requires: [gpu, arch=x64, gpu]
    queue: heavy
    priority: high
  each:
    tool: shell
    needs: scan
    when: \${{ size(tasks.scan.output.files) > 0 }}
    for_each: { items: tasks.scan.output.files, concurrency: 3 }
    with: { file: "\${{ item }}" }
    retry: 1
    on_failure: { compensate: clean }
  clean: { tool: shell, with: { state: "\${{ tasks.each.state }}" } }
  pause: { wait: 10m, needs: [each] }
  until: { wait: "2030-01-01T00:00:00Z", needs: [each] }
  ask: { approval: "Publish \${{ inputs.path }}?", needs: [pause, until], join: first, timeout: 1d }
  go: { signal: true, needs: [ask], on_failure: continue }
outputs:
  files: \${{ tasks.scan.output.files }}
`);
    expect(definition).toEqual({
      workflow: 'test',
      description: 'Does everything.',
      strategy: 'cost',
      inputs: {
        path: { type: 'string', required: true, description: 'Where to look' },
        depth: { type: 'number', default: 2 },
      },
      tasks: [
        {
          key: 'scan',
          kind: 'agent',
          needs: [],
          title: 'Look around',
          agent: 'scout',
          skill: 'scanning',
          with: { path: '${{ inputs.path }}', limit: 5 },
          retry: { limit: 2, delayMs: 500, factor: 3, delayMsMax: 60_000, jitter: 0 },
          timeoutMs: 5_400_000,
          requires: ['arch=x64', 'gpu'],
          queue: 'heavy',
          priority: 1,
        },
        {
          key: 'each',
          kind: 'tool',
          needs: ['scan'],
          tool: 'shell',
          when: 'size(tasks.scan.output.files) > 0',
          forEach: { items: 'tasks.scan.output.files', concurrency: 3 },
          with: { file: '${{ item }}' },
          retry: { limit: 1, ...retryDefaults },
          onFailure: { compensate: 'clean' },
        },
        {
          key: 'clean',
          kind: 'tool',
          needs: [],
          tool: 'shell',
          compensates: true,
          with: { state: '${{ tasks.each.state }}' },
        },
        { key: 'pause', kind: 'timer', needs: ['each'], wait: 600_000 },
        { key: 'until', kind: 'timer', needs: ['each'], wait: '2030-01-01T00:00:00Z' },
        {
          key: 'ask',
          kind: 'approval',
          needs: ['pause', 'until'],
          join: 'first',
          question: 'Publish ${{ inputs.path }}?',
          timeoutMs: 86_400_000,
        },
        { key: 'go', kind: 'signal', needs: ['ask'], onFailure: 'continue' },
      ],
      outputs: { files: '${{ tasks.scan.output.files }}' },
    });
  });

  test('[WF10] what is left out is completed', () => {
    const [task] = definitionOf('tasks: { a: { tool: x, for_each: "[1, 2]", retry: { limit: 1, delay: 5m } } }').tasks;
    expect(task?.forEach).toEqual({ items: '[1, 2]', concurrency: itemsAtOnceDefault });
    expect(task?.retry).toEqual({ ...retryDefaults, limit: 1, delayMs: 300_000, delayMsMax: 300_000 });
    expect(definitionOf('inputs: { x: {} }\ntasks: { a: { tool: x } }').inputs).toEqual({ x: { type: 'string' } });
  });

  test.each(['inputs.on', '${{ inputs.on }}', ' ${{inputs.on}} ', 'true'])(
    '[WF8] `when: %s` is one expression',
    (when) => {
      const { tasks } = definitionOf(
        `inputs: { on: { type: boolean } }\ntasks: { a: { tool: x, when: ${JSON.stringify(when)} } }`,
      );
      expect(tasks[0]?.when).toBe(when === 'true' ? 'true' : 'inputs.on');
    },
  );

  test('[WF5] words and dates that older YAML turns into something else stay texts', () => {
    const [task] = definitionOf(
      'tasks: { a: { tool: x, with: { a: yes, b: on, c: off, d: 2026-01-01, e: 012, f: true, g: null, h: 1_000 } } }',
    ).tasks;
    expect(task?.with).toEqual({ a: 'yes', b: 'on', c: 'off', d: '2026-01-01', e: 12, f: true, g: null, h: '1_000' });
  });

  test('[WF6] an alias stands for its anchor', () => {
    const [first, second] = definitionOf('tasks:\n  a: &a { tool: x, with: &w { k: [1] } }\n  b: *a\n').tasks;
    expect(second).toEqual({ ...first, key: 'b' });
  });

  test('the keys of objects may be anything that is a text, also what JavaScript has names for', () => {
    const [task] = definitionOf(
      'tasks: { a: { tool: x, with: { __proto__: 1, constructor: 2, 8080: x, "a b": 3 } } }',
    ).tasks;
    expect(JSON.stringify(task?.with)).toBe('{"8080":"x","__proto__":1,"constructor":2,"a b":3}');
  });

  test('a byte order mark and Windows line ends make no difference', () => {
    expect(definitionOf('\uFEFFtasks:\r\n  a:\r\n    tool: x\r\n').tasks).toEqual([
      { key: 'a', kind: 'tool', needs: [], tool: 'x' },
    ]);
  });
});

describe('places', () => {
  const at = (text: string) => parse(text).mistakes.map(({ line, column, code }) => `${line}:${column} ${code}`);

  test('[WF2] an expression is wrong where it is wrong, in every kind of text', () => {
    expect(at('tasks:\n  a:\n    tool: x\n    when: 1 + nope\n')).toEqual(['4:15 expression-invalid']);
    expect(at('tasks:\n  a:\n    tool: x\n    when: ${{ 1 + nope }}\n')).toEqual(['4:19 expression-invalid']);
    expect(at('tasks:\n  a:\n    tool: x\n    with: { t: "is ${{ nope }}" }\n')).toEqual(['4:24 expression-invalid']);
    expect(at("tasks:\n  a:\n    tool: x\n    with: [ 'is ${{ nope }}' ]\n")).toEqual(['4:21 expression-invalid']);
    expect(at('tasks:\n  a:\n    tool: x\n    with:\n      t: |\n        one\n\n        two ${{ nope }}\n')).toEqual([
      '8:17 expression-invalid',
    ]);
  });

  test('[WF2] where the text is not written as it reads, the place is where the text begins', () => {
    expect(at('tasks:\n  a:\n    tool: x\n    with: "\\t${{ nope }}"\n')).toEqual(['4:11 expression-invalid']);
    expect(at('tasks:\n  a:\n    tool: x\n    with: >\n      one\n      two ${{ nope }}\n')).toEqual([
      '4:11 expression-invalid',
    ]);
  });

  test('[WF2] needs, keys and names are wrong where they stand', () => {
    expect(at('tasks:\n  a: { tool: x, needs: [b, c] }\n  b: { tool: x }\n')).toEqual(['2:28 need-unknown']);
    expect(at('tasks:\n  a: { tool: x, needs: c }\n')).toEqual(['2:24 need-unknown']);
    expect(at('tasks:\n  a:\n    tool: "x y"\n    queue: a/b\n')).toEqual(['3:11 name-invalid', '4:12 name-invalid']);
  });

  test("a message reads like a compiler's", () => {
    const [mistake] = parse('tasks:\n  a:\n    tool: x\n    neds: [b]\n').mistakes;
    expect(mistake && formatWorkflowMistake(mistake)).toBe(
      'flows/test.yaml:4:5: error key-unknown: unknown key `neds` in the task `a`; did you mean `needs`?',
    );
  });
});

describe('any plan', () => {
  const text = fc.string({ maxLength: 12 });
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
  const durationMs = fc.integer({ min: 1, max: 10_000_000 });
  const retry = fc.record({
    limit: fc.nat({ max: 9 }),
    delayMs: durationMs,
    factor: fc.integer({ min: 1, max: 5 }),
    delayMsMax: durationMs.map((ms) => ms + 10_000_000),
    jitter: fc.constantFrom(0, 0.25, 1),
  });
  const plain = fc
    .jsonValue({ maxDepth: 3 })
    .filter((value) => !JSON.stringify(value).includes('${{') && isKept(value));
  const kind = fc.oneof(
    fc.record({ kind: fc.constant('tool' as const), tool: name }),
    fc.record({ kind: fc.constant('agent' as const), agent: name, skill: name }),
    fc.record({ kind: fc.constant('timer' as const), wait: durationMs }),
    fc.record({
      kind: fc.constant('approval' as const),
      question: text.filter((question) => question !== '' && !question.includes('${{')),
    }),
    fc.record({ kind: fc.constant('signal' as const) }),
  );
  const more = fc.record(
    {
      title: text,
      when: fc.constantFrom('true', 'inputs.n > 1'),
      priority: fc.constantFrom(0, 1, 2, 3),
      onFailure: fc.constant('continue' as const),
    },
    { requiredKeys: [] },
  );
  const work = fc.record(
    {
      with: plain,
      retry,
      timeoutMs: durationMs,
      queue: name,
      requires: fc.uniqueArray(name).map((labels) => labels.sort()),
    },
    { requiredKeys: [] },
  );
  const task = fc.tuple(kind, more, work, fc.array(fc.nat()));

  test('[WF11] printed as a file and read again, it is the same plan', () => {
    fc.assert(
      fc.property(fc.array(task, { minLength: 1, maxLength: 8 }), (drafts) => {
        const tasks = drafts.map(([kindFields, fields, workFields, needs], no): TaskDefinition => {
          const needed = [...new Set(no === 0 ? [] : needs.map((need) => `t${need % no}`))];
          const works = kindFields.kind === 'tool' || kindFields.kind === 'agent';
          return {
            key: `t${no}`,
            needs: needed,
            ...kindFields,
            ...fields,
            ...(works ? workFields : {}),
          } as TaskDefinition;
        });
        const definition: PlanDefinition = { workflow: 'test', inputs: { n: { type: 'number', default: 1 } }, tasks };
        expect(canonicalJson(definitionOf(print(definition)))).toBe(canonicalJson(definition));
      }),
    );
  });

  test('[WF2] whatever the text, reading ends with a definition or with mistakes', () => {
    const lines = fc.constantFrom(
      'tasks:',
      '  a:',
      '    tool: x',
      '    needs: [a]',
      '  b: {',
      '}',
      '- x',
      '? y',
      '&a',
      '*a',
      '    with: "${{ x',
      'inputs: { n: }',
      '\t',
      '%YAML 1.1',
      '---',
      '!!set',
      '<<: *a',
      "'",
    );
    fc.assert(
      fc.property(fc.array(lines, { maxLength: 10 }), (parts) => {
        const { definition, mistakes } = parse(parts.join('\n'));
        expect(definition === undefined).toBe(mistakes.length > 0);
      }),
      { numRuns: 500 },
    );
  });
});

/** JSON that YAML keeps: whole numbers that are exact, no negative zero, no half characters. */
function isKept(value: unknown): boolean {
  if (typeof value === 'number')
    return !Object.is(value, -0) && (!Number.isInteger(value) || Number.isSafeInteger(value));
  if (typeof value === 'string') return !/\p{Surrogate}/u.test(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, item]) => key !== '<<' && isKept(key) && isKept(item));
}

function print({ workflow, inputs, tasks }: PlanDefinition): string {
  const printed = tasks.map((task) => [
    task.key,
    {
      title: task.title,
      agent: task.agent,
      skill: task.skill,
      tool: task.tool,
      approval: task.question,
      wait: typeof task.wait === 'number' ? formatDuration(task.wait) : undefined,
      signal: task.kind === 'signal' ? true : undefined,
      needs: task.needs,
      when: task.when,
      with: task.with,
      timeout: task.timeoutMs === undefined ? undefined : formatDuration(task.timeoutMs),
      queue: task.queue,
      requires: task.requires,
      on_failure: task.onFailure,
      priority: task.priority === undefined ? undefined : priorities[task.priority],
      retry: task.retry && {
        limit: task.retry.limit,
        delay: formatDuration(task.retry.delayMs),
        factor: task.retry.factor,
        max_delay: formatDuration(task.retry.delayMsMax),
        jitter: task.retry.jitter,
      },
    },
  ]);
  return stringify({ name: workflow, inputs, tasks: Object.fromEntries(printed) });
}
