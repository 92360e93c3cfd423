// Every kind of mistake a file can have: what the parser says and where, and whether the published schema sees it too.
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { parseWorkflow } from './workflow.ts';
import { formatWorkflowMistake } from './workflow-mistake.ts';
import { workflowSchema } from './workflow-schema.ts';

const matchesSchema = new Ajv2020({ allErrors: true }).compile(workflowSchema);

interface Case {
  readonly mistake: string;
  readonly text: string;
  /** `line:column code` of each mistake, in order. */
  readonly expected: readonly string[];
  /** Part of the first message. */
  readonly message: string;
  /** Whether the shape alone shows it. */
  readonly schema: 'refuses' | 'cannot tell';
}

const task = (line: string) => `tasks:\n  a:\n    tool: x\n    ${line}\n`;

const fixtures = readFileSync(join(import.meta.dirname, '../fixtures/workflow-mistakes.yaml'), 'utf8');
const cases = (parseYaml(fixtures) as Case[]).map((found): [string, Case] => [found.mistake, found]);

describe('a mistake', () => {
  test.each(cases)('[WF2, WF3, WF4, WF7, WF13] %s is named with its place', (_title, { text, expected, message }) => {
    const { definition, mistakes } = parseWorkflow(text, { file: 'test.yaml' });
    expect(definition).toBeUndefined();
    expect(mistakes.map(({ line, column, code }) => `${line}:${column} ${code}`)).toEqual(expected);
    expect(mistakes[0]?.message).toContain(message);
  });

  test('[WF2] all mistakes of all tasks are named in one go', () => {
    const tasks = Array.from(
      { length: 50 },
      (_, no) => `  t${no}: { tool: x, need: [], timeout: ${no}, with: "\${{ nope }}" }`,
    );
    expect(parseWorkflow(`tasks:\n${tasks.join('\n')}\n`, { file: 'test.yaml' }).mistakes).toHaveLength(150);
  });

  test('[WF6] what aliases expand to is bounded', () => {
    const levels = Array.from(
      { length: 9 },
      (_, no) => `a${no + 1}: &a${no + 1} [${Array(10).fill(`*a${no}`).join(', ')}]`,
    );
    const text = `tasks:\n  t:\n    tool: x\n    with: { a0: &a0 [1, 2], ${levels.join(', ')} }\n`;
    const started = process.cpuUsage();
    const { mistakes } = parseWorkflow(text, { file: 'test.yaml' });
    expect(mistakes).toMatchObject([
      { code: 'yaml-unsupported', message: expect.stringContaining('use fewer aliases') },
    ]);
    expect(cpuMs(started)).toBeLessThan(2000);
  });

  test('[WF6] an alias of what it stands in, deep nesting and large files are mistakes, not crashes', () => {
    const codes = (text: string) => parseWorkflow(text, { file: 'test.yaml' }).mistakes.map(({ code }) => code);
    expect(codes('tasks:\n  a:\n    tool: x\n    with: &w { w: *w }\n')).toEqual(['yaml-unsupported']);
    expect(codes(task(`with: ${'['.repeat(100)}${']'.repeat(100)}`))).toEqual(['yaml-unsupported']);
    expect(codes(task(`with: ${'['.repeat(50_000)}`))).toContain('yaml-invalid');
    expect(codes(`# ${'x'.repeat(1_048_576)}\ntasks: { a: { tool: x } }`)).toEqual(['file-too-large']);
  });
});

describe('the published schema', () => {
  test.each(cases)('[WF12] %s', (_title, { text, schema }) => {
    const value = readOrNothing(text);
    expect(matchesSchema(value) ? 'cannot tell' : 'refuses').toBe(schema);
  });

  const folder = join(import.meta.dirname, '../../../catalog/workflows');
  const files = readdirSync(folder).filter((file) => /\.ya?ml$/.test(file));

  test.each(files)('[WF12] the shipped %s fits the schema and has no mistakes', (file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    expect(parseWorkflow(text, { file }).mistakes.map(formatWorkflowMistake)).toEqual([]);
    matchesSchema(parseYaml(text));
    expect(matchesSchema.errors).toBeNull();
  });

  test('[WF12] workflows are shipped, so the test above looks at something', () => {
    expect(files).toContain('review-repository.yaml');
  });
});

/** What is no YAML cannot be held against a schema, and an editor says so by itself: nothing stands for it. */
function readOrNothing(text: string): unknown {
  try {
    return parseYaml(text, { logLevel: 'error' });
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/** Processor time and not the clock's: other work on the machine must not fail a test. */
function cpuMs(since: NodeJS.CpuUsage): number {
  return process.cpuUsage(since).user / 1000;
}
