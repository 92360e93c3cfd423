// Whoever copies an example from the user's page gets a workflow that works.
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { parseWorkflow } from './workflow.ts';
import { forEachKeys, inputKeys, onFailureKeys, retryKeys, taskKeys, workflowKeys } from './workflow-format.ts';
import { formatWorkflowMistake } from './workflow-mistake.ts';
import { workflowSchema } from './workflow-schema.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/workflows.md'), 'utf8');
const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map((match) => match[1] ?? '');
const matchesSchema = new Ajv2020().compile(workflowSchema);

test('there are examples to look at', () => {
  expect(examples.length).toBeGreaterThanOrEqual(5);
});

test.each(examples)('[WF12] the example %# has no mistakes and fits the schema', (text) => {
  const file = `${/^name: (.*)$/m.exec(text)?.[1] ?? 'example'}.yaml`;
  expect(parseWorkflow(text, { file }).mistakes.map(formatWorkflowMistake)).toEqual([]);
  matchesSchema(parseYaml(text));
  expect(matchesSchema.errors).toBeNull();
});

test.each(
  [workflowKeys, inputKeys, taskKeys, retryKeys, forEachKeys, onFailureKeys].flatMap((keys) => Object.keys(keys)),
)('the page speaks of the key `%s`', (key) => {
  expect(page).toMatch(new RegExp(`\`${key}\\b|^\\s*${key}: |[{ ]${key}: `, 'm'));
});
