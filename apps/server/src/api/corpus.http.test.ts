import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Json } from '@chorale/lib-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from './api-fixture.ts';

/** Hundreds of requests: seconds on a quiet machine. */
const timeout = 120_000;

const root = resolve(import.meta.dirname, '../../../..');
const data = process.env['CHORALE_TEST_DATA'] ?? resolve(root, '../shared/data');

function folder(name: string): string {
  const path = join(data, name);
  if (existsSync(path)) return path;
  throw new Error(`${path} is missing: set CHORALE_TEST_DATA to a folder that holds ${name}`);
}

let at: TestApi;
beforeAll(async () => {
  at = await startTestApi();
});
afterAll(() => at.close());

/** A signal takes any JSON, and gives it back as the task's output. */
async function send(
  body: string | Uint8Array<ArrayBuffer>,
): Promise<{ readonly status: number; readonly heard: () => Promise<Json | undefined> }> {
  const { goal } = await at.client.submitGoal({ workflow: 'listens' });
  const { status } = await fetch(`${at.baseUrl}/v1/goals/${goal.goalId}/signals/news`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  });
  return { status, heard: async () => (await at.client.getTask(goal.goalId, 0)).output };
}

/** Undefined when the server did what the suite asks of this file. */
async function judge(path: string, file: string): Promise<string | undefined> {
  const bytes = readFileSync(join(path, file));
  const { status, heard } = await send(new Uint8Array(bytes));
  if (file.startsWith('n_')) return status === 400 ? undefined : `${file} must be refused, was answered ${status}`;
  if (file.startsWith('i_')) return status === 202 || status === 400 ? undefined : `${file} was answered ${status}`;
  if (status !== 202) return `${file} must be read, was answered ${status}`;
  // Through text once more: it has no minus zero.
  const same = JSON.stringify(await heard()) === JSON.stringify(JSON.parse(bytes.toString('utf8')));
  return same ? undefined : `${file} came back as something else`;
}

test(
  '[API11] of the JSON parsing suite, what must be read is read as it is, what must not be is 400, and nothing is 5xx',
  { timeout },
  async () => {
    const path = folder('json-parsing');
    const files = readdirSync(path).filter((file) => file.endsWith('.json'));
    const counts = ['y_', 'n_', 'i_'].map((kind) => files.filter((file) => file.startsWith(kind)).length);
    expect(counts).toEqual([95, 188, 35]);
    const complaints: string[] = [];
    for (const file of files) {
      const complaint = await judge(path, file);
      if (complaint !== undefined) complaints.push(complaint);
    }
    expect(complaints).toEqual([]);
  },
);

test(
  '[API11] naughty strings come back as they went, as a title, as an input, as keys and as values',
  { timeout },
  async () => {
    const strings = JSON.parse(readFileSync(join(folder('naughty-strings'), 'blns.json'), 'utf8')) as string[];
    expect(strings.length).toBeGreaterThan(500);
    const sent = new Map<string, { title: string; topic: string }>();
    for (const topic of strings) {
      const title = topic === '' ? 'empty' : topic.slice(0, 400);
      const { goal } = await at.client.submitGoal({ workflow: 'two-steps', inputs: { topic }, title });
      sent.set(goal.goalId, { title, topic });
    }
    const { items } = await at.client.listGoals({ workflow: 'two-steps', limit: 1000 });
    const read = items.map(({ goalId, title, inputs }) => [goalId, { title, topic: inputs['topic'] }] as const);
    expect(new Map(read)).toEqual(sent);
    const payload = Object.fromEntries(strings.map((text) => [text, text]));
    const { heard } = await send(JSON.stringify(payload));
    expect(await heard()).toEqual(payload);
  },
);
