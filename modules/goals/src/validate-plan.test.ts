import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PlanDefinition, TaskDefinition } from './plan.ts';
import { planLimits } from './plan-limits.ts';
import { ancestorsOf, topologicalOrder } from './plan-order.ts';
import { validatePlan } from './validate-plan.ts';

const task = (key: string, needs: string[] = [], more: Partial<TaskDefinition> = {}): TaskDefinition => ({
  key,
  kind: 'tool',
  tool: 'shell',
  needs,
  ...more,
});

const plan = (tasks: TaskDefinition[], more: Partial<PlanDefinition> = {}): PlanDefinition => ({
  workflow: 'test',
  inputs: {},
  tasks,
  ...more,
});

const codes = (definition: PlanDefinition) => validatePlan(definition).map(({ code }) => code);

/** The task without the fields that only tools have. */
const bare = (key: string, more: Partial<TaskDefinition> & Pick<TaskDefinition, 'kind'>): TaskDefinition => ({
  key,
  needs: [],
  ...more,
});

describe('the shape of the plan', () => {
  test('a plan that is in order has no mistakes', () => {
    const retry = { limit: 2, delayMs: 1000, factor: 2, delayMsMax: 60_000, jitter: 0.5 };
    const definition = plan(
      [
        task('scan', [], { with: { path: '${{ inputs.path }}' }, retry, timeoutMs: 60_000, requires: ['gpu=a100'] }),
        bare('ask', { kind: 'approval', question: 'Go on with ${{ tasks.scan.output.n }}?', needs: ['scan'] }),
        bare('wait', { kind: 'timer', wait: 1000, needs: ['ask'] }),
        bare('go', { kind: 'signal', needs: ['scan'] }),
        task('each', ['wait', 'go'], {
          when: 'tasks.scan.output.n > 0',
          forEach: { items: 'tasks.scan.output.list', concurrency: 4 },
          with: { item: '${{ item }}', at: '${{ index }}', who: '${{ tasks.ask.output }}' },
          onFailure: { compensate: 'undo' },
        }),
        task('undo', [], { compensates: true, with: { n: '${{ tasks.each.state }} ${{ tasks.scan.output.n }}' } }),
      ],
      { inputs: { path: { type: 'string', default: '.' } }, outputs: { n: '${{ tasks.scan.output.n }}' } },
    );
    expect(validatePlan(definition)).toEqual([]);
    expect(topologicalOrder(definition)).toEqual([0, 5, 1, 3, 2, 4]);
    expect(ancestorsOf(definition, 4)).toEqual(new Set([2, 3, 1, 0]));
  });

  test('[PV1] keys are unique and well written', () => {
    expect(validatePlan(plan([task('a'), task('a'), task('9x'), task('a b')]))).toMatchObject([
      { path: ['tasks', 1, 'key'], code: 'key-duplicate', message: 'the key `a` is used before, by task 1' },
      { path: ['tasks', 2, 'key'], code: 'key-invalid' },
      { path: ['tasks', 3, 'key'], code: 'key-invalid' },
    ]);
  });

  test('[PV2] needs exist, once each', () => {
    expect(validatePlan(plan([task('build'), task('a', ['biuld', 'build', 'build'])]))).toMatchObject([
      {
        path: ['tasks', 1, 'needs', 0],
        code: 'need-unknown',
        message: '`a` needs `biuld`, which is no task; did you mean `build`?',
      },
      { path: ['tasks', 1, 'needs', 2], code: 'need-repeated' },
    ]);
  });

  test('[PV3] circles are named, one for each knot', () => {
    const knots = plan([
      task('a', ['c']),
      task('b', ['a']),
      task('c', ['b']),
      task('d', ['d']),
      task('e', ['a']),
      task('f'),
    ]);
    expect(validatePlan(knots)).toMatchObject([
      {
        path: ['tasks', 0, 'needs'],
        code: 'plan-cyclic',
        message: '3 tasks need each other in a circle: a -> c -> b -> a',
      },
      { path: ['tasks', 3, 'needs'], code: 'plan-cyclic', message: '`d` needs itself' },
    ]);
    expect(() => topologicalOrder(knots)).toThrow('in a circle');
  });

  test('[PV4] a compensation exists, is marked, is used, and stands outside the order', () => {
    const definition = plan([
      task('a', [], { onFailure: { compensate: 'undo' } }),
      task('b', ['undo2'], { onFailure: { compensate: 'c' } }),
      task('c', [], { onFailure: { compensate: 'nothing' } }),
      task('undo', ['a'], { compensates: true, when: 'true' }),
      task('undo2', [], { compensates: true }),
    ]);
    expect(codes(definition)).toEqual([
      'compensation-needed',
      'compensation-unmarked',
      'compensation-unknown',
      'field-misplaced',
      'field-misplaced',
      'compensation-unused',
    ]);
  });

  test('[PV5] joining the first needs two or more to choose from', () => {
    expect(codes(plan([task('a'), task('b', ['a'], { join: 'first' })]))).toEqual(['join-single']);
    expect(codes(plan([task('a'), task('b'), task('c', ['a', 'b'], { join: 'first' })]))).toEqual([]);
  });

  test('[PV6] a plan has tasks, and not too many', () => {
    expect(codes(plan([]))).toEqual(['plan-empty']);
    expect(codes(plan([task('a', [], { removed: true })]))).toEqual(['plan-empty']);
    const many = Array.from({ length: planLimits.tasksMax + 1 }, (_, no) => task(`t${no}`));
    expect(codes(plan(many))).toEqual(['plan-too-large']);
    const wide = Array.from({ length: planLimits.needsPerTaskMax + 1 }, (_, no) => task(`t${no}`));
    expect(
      codes(
        plan([
          ...wide,
          task(
            'all',
            wide.map(({ key }) => key),
          ),
        ]),
      ),
    ).toEqual(['plan-too-large']);
  });

  test('a removed task is as good as gone: its key is free and nobody may need it', () => {
    const gone = task('a', ['nowhere'], { removed: true, with: '${{ nonsense }}' });
    expect(codes(plan([gone, task('a')]))).toEqual([]);
    expect(codes(plan([gone, task('b', ['a'])]))).toEqual(['need-unknown']);
  });
});

describe('single tasks', () => {
  test.each<[string, TaskDefinition, string]>([
    ['agent', bare('t', { kind: 'agent' }), 'the task `t` of kind agent needs `agent`'],
    ['tool', bare('t', { kind: 'tool' }), 'the task `t` of kind tool needs `tool`'],
    ['approval', bare('t', { kind: 'approval', question: '' }), 'needs `question`'],
    ['timer', bare('t', { kind: 'timer' }), 'needs `wait`'],
    ['workflow', bare('t', { kind: 'workflow' }), 'needs `workflow`'],
  ])('[PV7] a task of kind %s says what it does', (_kind, definition, message) => {
    expect(validatePlan(plan([definition]))).toMatchObject([
      { path: ['tasks', 0], code: 'field-missing', message: expect.stringContaining(message) },
    ]);
  });

  test.each<[string, TaskDefinition]>([
    ['tool', task('t', [], { skill: 'x' })],
    ['agent', bare('t', { kind: 'agent', agent: 'a', tool: 'x' })],
    ['timer', bare('t', { kind: 'timer', wait: 1, with: {} })],
    ['signal', bare('t', { kind: 'signal', forEach: { items: '[1]', concurrency: 1 } })],
    ['approval', bare('t', { kind: 'approval', question: 'q', queue: 'x' })],
  ])('[PV7] a field that means nothing to a task of kind %s is a mistake', (_kind, definition) => {
    expect(codes(plan([definition]))).toEqual(['field-misplaced']);
  });

  const retry = { limit: 1, delayMs: 1, factor: 1, delayMsMax: 1, jitter: 0 };
  test.each<[string, Partial<TaskDefinition>, (string | number)[]]>([
    ['timeout', { timeoutMs: 0 }, ['timeoutMs']],
    ['priority', { priority: 4 as 3 }, ['priority']],
    ['title', { title: 'x'.repeat(301) }, ['title']],
    ['items at once', { forEach: { items: '[1]', concurrency: 0 } }, ['forEach', 'concurrency']],
    ['retries', { retry: { ...retry, limit: 101 } }, ['retry', 'limit']],
    ['retries in part', { retry: { ...retry, limit: 1.5 } }, ['retry', 'limit']],
    ['negative delay', { retry: { ...retry, delayMs: -1 } }, ['retry', 'delayMs']],
    ['shrinking delay', { retry: { ...retry, factor: 0.5 } }, ['retry', 'factor']],
    ['largest delay under the first', { retry: { ...retry, delayMsMax: 0 } }, ['retry', 'delayMsMax']],
    ['jitter', { retry: { ...retry, jitter: 2 } }, ['retry', 'jitter']],
  ])('[PV8] out of bounds: %s', (_what, fields, path) => {
    expect(validatePlan(plan([task('t', [], fields)]))).toMatchObject([
      { path: ['tasks', 0, ...path], code: 'value-invalid' },
    ]);
  });

  test('[PV8] names can stand in a lane name', () => {
    const definition = task('t', [], { queue: 'a/b', requires: ['x,y'], tool: 'sh ell' });
    expect(codes(plan([definition]))).toEqual(['name-invalid', 'name-invalid', 'name-invalid']);
  });
});

describe('expressions', () => {
  test('[PV9] a mistake is named with its place in the text', () => {
    const definition = plan(
      [task('t', [], { with: { deep: ['a ${{ inputs.n }} ${{ 1 + }}', 'b ${{ open'] }, when: 'input.x' })],
      {
        inputs: { n: { type: 'number' } },
      },
    );
    expect(validatePlan(definition)).toMatchObject([
      { path: ['tasks', 0, 'when'], code: 'expression-invalid', offset: 0 },
      { path: ['tasks', 0, 'with', 'deep', 0], code: 'expression-invalid', offset: 25 },
      { path: ['tasks', 0, 'with', 'deep', 1], code: 'expression-invalid', offset: 2 },
    ]);
  });

  test('[PV10] a task may read only what comes before it', () => {
    const definition = plan([
      task('a'),
      task('b', ['a']),
      task('c', ['b'], {
        with: '${{ tasks.a.output }} ${{ tasks.d.output }} ${{ tasks.bb.output }} ${{ tasks.c.state }}',
      }),
      task('d'),
    ]);
    expect(validatePlan(definition)).toMatchObject([
      { code: 'task-not-needed', message: expect.stringContaining('add `d` to its needs'), offset: 26 },
      { code: 'task-unknown', message: 'there is no task `bb`' },
      { code: 'task-not-needed' },
    ]);
  });

  test('[PV10] outputs may read every task, a compensation what it makes up for', () => {
    const tasks = [task('a'), task('b', ['a'], { onFailure: { compensate: 'u' } }), task('c')];
    const undo = (text: string) => task('u', [], { compensates: true, with: text });
    expect(codes(plan([...tasks, undo('${{ tasks.b.state }} ${{ tasks.a.output }}')]))).toEqual([]);
    expect(codes(plan([...tasks, undo('${{ tasks.c.output }}')]))).toEqual(['task-not-needed']);
    expect(codes(plan(tasks.slice(2), { outputs: { all: '${{ tasks.c.output }}' } }))).toEqual([]);
    expect(codes(plan(tasks.slice(2), { outputs: { all: '${{ tasks.x.output }}' } }))).toEqual(['task-unknown']);
  });

  test('[PV11] inputs are declared, and items known only inside a for_each', () => {
    const each = { items: 'inputs.list.filter(x, item == x)', concurrency: 1 };
    const definition = plan(
      [
        task('t', [], { forEach: each, when: 'index == 0', with: '${{ item }}' }),
        task('u', [], { with: '${{ item }} ${{ inputs.lits }}' }),
      ],
      {
        inputs: { list: { type: 'list' } },
      },
    );
    expect(validatePlan(definition)).toMatchObject([
      { path: ['tasks', 0, 'when'], code: 'item-outside-for-each' },
      { path: ['tasks', 0, 'forEach', 'items'], code: 'item-outside-for-each' },
      { path: ['tasks', 1, 'with'], code: 'item-outside-for-each' },
      { path: ['tasks', 1, 'with'], code: 'input-unknown', message: 'there is no input `lits`; did you mean `list`?' },
    ]);
  });

  test('[PV11] the default of an input has its type', () => {
    expect(
      validatePlan(
        plan([task('t')], { inputs: { n: { type: 'number', default: '3' }, 'a b': { type: 'list', default: [] } } }),
      ),
    ).toMatchObject([
      {
        path: ['inputs', 'n', 'default'],
        code: 'value-invalid',
        message: 'the default of `n` must be of type number, found "3"',
      },
      { path: ['inputs', 'a b'], code: 'name-invalid' },
    ]);
  });
});

describe('sub-workflows', () => {
  const call = (workflow: string, more: Partial<TaskDefinition> = {}) =>
    bare('call', { kind: 'workflow', workflow, ...more });
  const nest = (depth: number): PlanDefinition =>
    depth === 0
      ? plan([task('t')], { workflow: 'w0' })
      : plan([call(`w${depth - 1}`)], { workflow: `w${depth}`, children: { [`w${depth - 1}`]: nest(depth - 1) } });

  test('[PV12] they are held by the plan, and their mistakes are named too', () => {
    const child = plan([task('t', ['nowhere'])], { workflow: 'child' });
    expect(codes(plan([call('child')]))).toEqual(['workflow-missing']);
    expect(validatePlan(plan([call('child')], { children: { child } }))).toMatchObject([
      { path: ['children', 'child', 'tasks', 0, 'needs', 0], code: 'need-unknown' },
    ]);
  });

  test('[PV12] they end somewhere', () => {
    expect(codes(plan([call('test')]))).toEqual(['workflow-recursive']);
    const child = plan([call('test')], { workflow: 'child' });
    expect(validatePlan(plan([call('child')], { children: { child } }))).toMatchObject([
      { code: 'workflow-recursive', message: 'the workflow calls itself: test -> child -> test' },
    ]);
    expect(codes(nest(8))).toEqual([]);
    expect(codes(nest(9))).toEqual(['workflow-too-deep']);
  });

  test('[PV12] what they are given fits their inputs', () => {
    const child = plan([task('t')], {
      workflow: 'child',
      inputs: {
        path: { type: 'string', required: true },
        n: { type: 'number' },
        opt: { type: 'string', required: true, default: 'x' },
      },
    });
    const given = (value: TaskDefinition['with']) =>
      validatePlan(plan([task('a'), call('child', { needs: ['a'], with: value as string })], { children: { child } }));
    expect(given('${{ tasks.a.output }}')).toEqual([]);
    expect(given({ path: '${{ tasks.a.output }}', n: 1 })).toEqual([]);
    expect(given({ paht: 'x', n: 'three' })).toMatchObject([
      { code: 'input-unknown', message: '`child` has no input `paht`; did you mean `path`?' },
      { code: 'value-invalid' },
      { code: 'input-missing' },
    ]);
    expect(given('text')).toMatchObject([{ code: 'value-invalid' }]);
  });
});

describe('size', () => {
  test('10,000 tasks with 100,000 needs and indirect references take well under a second', () => {
    let seed = 1;
    const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const tasks = Array.from({ length: 10_000 }, (_, no) => {
      const needs = new Set(Array.from({ length: Math.min(no, 10) }, () => `t${Math.floor(random() * no)}`));
      return task(`t${no}`, [...needs], no < 20 ? {} : { with: '${{ inputs.n }}' });
    });
    const chained = tasks.map((definition, no) =>
      no > 0 && !definition.needs.includes(`t${no - 1}`)
        ? { ...definition, needs: [...definition.needs, `t${no - 1}`], when: 'tasks.t0.state == "succeeded"' }
        : definition,
    );
    const definition = plan(chained, { inputs: { n: { type: 'number' } } });
    // The best of three: the first pays for compilation.
    const times = [1, 2, 3].map(() => {
      const started = process.cpuUsage();
      expect(validatePlan(definition)).toEqual([]);
      return cpuMs(started);
    });
    expect(Math.min(...times)).toBeLessThan(900);
    expect(topologicalOrder(definition)).toHaveLength(10_000);
  });

  test('random plans: needs that point backwards are in order, one that points forward from a descendant is a circle', () => {
    const dag = fc
      .integer({ min: 2, max: 40 })
      .chain((size) =>
        fc.tuple(
          ...Array.from({ length: size }, (_, no) =>
            fc.uniqueArray(fc.nat({ max: Math.max(0, no - 1) }), { maxLength: no }),
          ),
        ),
      );
    fc.assert(
      fc.property(dag, (needs) => {
        const definition = plan(
          needs.map((numbers, no) => task(`t${no}`, no === 0 ? [] : numbers.map((need) => `t${need}`))),
        );
        expect(validatePlan(definition)).toEqual([]);
        const order = topologicalOrder(definition);
        for (const [no, item] of definition.tasks.entries()) {
          for (const need of item.needs) expect(order.indexOf(Number(need.slice(1)))).toBeLessThan(order.indexOf(no));
        }
        const last = definition.tasks.length - 1;
        const [ancestor] = ancestorsOf(definition, last);
        fc.pre(ancestor !== undefined);
        const tied = definition.tasks.map((item, no) =>
          no === ancestor ? { ...item, needs: [...item.needs, `t${last}`] } : item,
        );
        expect(codes(plan(tied))).toContain('plan-cyclic');
      }),
    );
  });

  test('[PV10] a reference is right exactly when the task is an ancestor', () => {
    const pairs = fc.tuple(fc.array(fc.tuple(fc.nat(14), fc.nat(14)), { maxLength: 30 }), fc.nat(14), fc.nat(14));
    fc.assert(
      fc.property(pairs, ([edges, reader, read]) => {
        const tasks = Array.from({ length: 15 }, (_, no) => {
          const needs = new Set(
            edges
              .filter(([, to]) => to === no)
              .map(([from]) => from)
              .filter((from) => from < no),
          );
          return task(
            `t${no}`,
            [...needs].map((need) => `t${need}`),
            no === reader ? { when: `tasks.t${read}.state == ""` } : {},
          );
        });
        const definition = plan(tasks);
        expect(codes(definition)).toEqual(ancestorsOf(definition, reader).has(read) ? [] : ['task-not-needed']);
      }),
    );
  });
});

/** Processor time and not the clock's: other work on the machine must not fail a test. */
function cpuMs(since: NodeJS.CpuUsage): number {
  return process.cpuUsage(since).user / 1000;
}
