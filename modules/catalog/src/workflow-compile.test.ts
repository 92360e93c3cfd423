import { validatePlan } from '@chorale/module-goals';
import { describe, expect, test } from 'vitest';
import { parseWorkflow } from './workflow.ts';
import { compileWorkflow, type CompiledWorkflow } from './workflow-compile.ts';

/** Compiles the first file; the others can be called by their names. */
function compile(files: Readonly<Record<string, string>>): CompiledWorkflow {
  const [first = ''] = Object.keys(files);
  const parse = (name: string) => parseWorkflow(files[name] ?? '', { file: `${name}.yaml` });
  return compileWorkflow(parse(first), {
    resolveWorkflow: (name) => (Object.hasOwn(files, name) ? parse(name) : undefined),
  });
}

const mistakes = (files: Readonly<Record<string, string>>) =>
  compile(files).mistakes.map(({ file, line, column, code }) => `${file}:${line}:${column} ${code}`);

const leaf = 'tasks: { t: { tool: x } }';
const call = (name: string) => `tasks: { t: { workflow: ${name} } }`;

describe('sub-workflows', () => {
  test('[WF14] they are put into the plan, all the way down', () => {
    const { definition } = compile({
      top: `tasks: { a: { workflow: mid }, b: { workflow: leaf } }`,
      mid: call('leaf'),
      leaf,
    });
    expect(definition?.children?.['mid']?.children?.['leaf']?.tasks[0]?.tool).toBe('x');
    expect(definition?.children?.['leaf']?.workflow).toBe('leaf');
    expect(definition === undefined ? [] : validatePlan(definition)).toEqual([]);
  });

  test('[WF14] a workflow without any stays what it was', () => {
    expect(compile({ leaf }).definition).toEqual(parseWorkflow(leaf, { file: 'leaf.yaml' }).definition);
  });

  test('[WF14] one that does not exist is a mistake where it is called', () => {
    expect(mistakes({ top: call('nowhere') })).toEqual(['top.yaml:1:25 workflow-missing']);
    expect(compile({ top: call('nowhere') }).mistakes[0]?.message).toContain('chorale workflow list');
  });

  test('[WF14] [WF1] the mistakes of each file are named with that file, and leave no definition', () => {
    const files = {
      top: `${call('mid')}\ntask: {}`,
      mid: 'tasks:\n  t: { workflow: leaf }\n',
      leaf: 'tasks:\n  t: { tol: x }\n',
    };
    expect(mistakes({ ...files, top: call('mid') })).toEqual([
      'leaf.yaml:2:3 kind-missing',
      'leaf.yaml:2:8 key-unknown',
    ]);
    expect(compile(files).definition).toBeUndefined();
  });

  test('[WF14] circles are named once, in the file that closes them', () => {
    expect(mistakes({ top: call('top') })).toEqual(['top.yaml:1:25 workflow-recursive']);
    expect(mistakes({ top: call('mid'), mid: call('top') })).toEqual(['mid.yaml:1:25 workflow-recursive']);
    expect(compile({ top: call('mid'), mid: call('top') }).mistakes[0]?.message).toContain('top -> mid -> top');
  });

  test('[WF14] eight levels are enough', () => {
    const chain = (depth: number) =>
      Object.fromEntries(
        Array.from({ length: depth + 1 }, (_, no) => [`w${no}`, no === depth ? leaf : call(`w${no + 1}`)]),
      );
    expect(mistakes(chain(8))).toEqual([]);
    expect(mistakes(chain(9))).toEqual(['w8.yaml:1:25 workflow-too-deep']);
  });

  test('[WF14] what a task gives its sub-workflow is checked against its inputs', () => {
    const child = 'inputs: { path: { required: true }, n: { type: number } }\ntasks: { t: { tool: x } }';
    const top = (given: string) => `tasks:\n  t:\n    workflow: child\n    with: ${given}\n`;
    expect(mistakes({ top: top('{ path: a, n: 3 }'), child })).toEqual([]);
    expect(mistakes({ top: top('{ paht: a, n: x }'), child })).toEqual([
      'top.yaml:4:11 input-missing',
      'top.yaml:4:19 input-unknown',
      'top.yaml:4:25 value-invalid',
    ]);
    expect(mistakes({ top: call('child'), child })).toEqual(['top.yaml:1:10 input-missing']);
  });

  test('[WF14] workflows that call each other often stay cheap', () => {
    const files: Record<string, string> = {};
    for (let level = 0; level < 8; level++) {
      const tasks = [0, 1, 2, 3].map((no) => `t${no}: { workflow: w${level + 1} }`);
      files[`w${level}`] = `tasks: { ${tasks.join(', ')} }`;
    }
    const started = process.cpuUsage();
    expect(mistakes({ ...files, w8: leaf })).toEqual([]);
    expect(cpuMs(started)).toBeLessThan(1000);
  });
});

/** Processor time and not the clock's: other work on the machine must not fail a test. */
function cpuMs(since: NodeJS.CpuUsage): number {
  return process.cpuUsage(since).user / 1000;
}
