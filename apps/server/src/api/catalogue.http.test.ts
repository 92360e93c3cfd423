import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from './api-fixture.ts';

let at: TestApi;
beforeAll(async () => {
  at = await startTestApi();
});
afterAll(() => at.close());

test('[API50] workflows are listed by name, those with mistakes and those that are not trusted among them', async () => {
  const listed = await at.client.listWorkflows();
  expect(listed.map(({ name, valid, trust }) => ({ name, valid, trust }))).toEqual([
    { name: 'asks', valid: true, trust: 'trusted' },
    { name: 'broken', valid: false, trust: 'trusted' },
    { name: 'listens', valid: true, trust: 'trusted' },
    { name: 'stranger', valid: true, trust: 'untrusted' },
    { name: 'two-steps', valid: true, trust: 'trusted' },
  ]);
});

test('[API50] a workflow is shown with its inputs and what it compiles to, or with its mistakes', async () => {
  const shown = await at.client.getWorkflow('two-steps');
  expect(shown).toMatchObject({
    valid: true,
    tasks: 2,
    inputs: { topic: { type: 'string', required: true } },
    problems: [],
  });
  expect(shown.definition?.tasks.map(({ key }) => key)).toEqual(['first', 'second']);
  const broken = await at.client.getWorkflow('broken');
  expect(broken.definition).toBeUndefined();
  expect(broken.problems.length).toBeGreaterThan(0);
});

test('[API51] validation names every mistake, with line and column, and answers 200', async () => {
  const text = 'name: flow\ntasks:\n  a: { agent: scuot }\n  b: { agent: scout, needs: [zzz], retry: { limt: 1 } }\n';
  const { valid, problems } = await at.client.validateWorkflow(text, { path: 'here/flow.yaml' });
  expect(valid).toBe(false);
  expect(problems.length).toBeGreaterThanOrEqual(2);
  for (const problem of problems) expect(problem).toMatchObject({ path: 'here/flow.yaml', severity: 'error' });
  expect(problems.some(({ line }) => line === 4)).toBe(true);
  const sound = await at.client.validateWorkflow('inputs: { n: { type: number } }\ntasks:\n  a: { agent: scout }\n');
  expect(sound).toEqual({ valid: true, inputs: { n: { type: 'number' } }, problems: [] });
});

test('[API51] the schema of workflow files is published, for editors', async () => {
  expect(await at.client.getWorkflowSchema()).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Chorale workflow',
    required: ['tasks'],
  });
});

test('[API51] an agent that was probably meant is suggested', async () => {
  const { problems } = await at.client.validateWorkflow('tasks:\n  a: { agent: scuot }\n');
  expect(problems).toMatchObject([
    { code: 'agent-unknown', line: 2, message: expect.stringContaining('did you mean `scout`?') },
  ]);
});

test('[API51] texts that are no workflow at all are told so, not failed on', async () => {
  for (const text of [
    '',
    '[]',
    'null',
    '\u0000',
    ': : :',
    '{',
    'a: &x [*x]',
    'tasks: 3',
    '- '.repeat(5000),
    '!!js/function a',
  ]) {
    const { valid, problems } = await at.client.validateWorkflow(text);
    expect({ text: text.slice(0, 20), valid, some: problems.length > 0 }).toMatchObject({ valid: false, some: true });
  }
});

test('[API52] agents and skills are listed and shown', async () => {
  expect((await at.client.listAgents()).map(({ name }) => name)).toEqual(['scout', 'spy']);
  expect(await at.client.getAgent('scout')).toMatchObject({
    role: 'Scout',
    skills: ['looking'],
    tools: [{ tool: 'read-file', limits: {} }],
  });
  expect((await at.client.listSkills()).map(({ name }) => name)).toEqual(['looking']);
  expect(await at.client.getSkill('looking')).toMatchObject({ body: 'Look.', files: ['SKILL.md'] });
  await expect(at.client.getAgent('scot')).rejects.toMatchObject({ problem: { action: 'did you mean scout?' } });
});

test('[API53] a schedule is added, listed and removed; wrong times are refused', async () => {
  const added = await at.client.addSchedule({
    name: 'Nightly',
    workflow: 'two-steps',
    cron: '30 2 * * *',
    timeZone: 'Europe/Berlin',
    inputs: { topic: 'x' },
  });
  expect(added).toMatchObject({
    name: 'Nightly',
    catchUp: 'last',
    paused: false,
    priority: 'normal',
    nextAt: Date.UTC(2026, 2, 2, 1, 30),
  });
  expect(await at.client.listSchedules()).toEqual([added]);
  await at.client.removeSchedule(added.scheduleId);
  expect(await at.client.listSchedules()).toEqual([]);
  const wrong = { name: 'x', workflow: 'two-steps', cron: '61 * * * *', inputs: { topic: 'x' } };
  await expect(at.client.addSchedule(wrong)).rejects.toMatchObject({ status: 422, code: 'cron-invalid' });
  await expect(at.client.addSchedule({ ...wrong, cron: '0 0 * * *', timeZone: 'Mars/Olympus' })).rejects.toMatchObject({
    status: 422,
  });
  await expect(at.client.addSchedule({ ...wrong, cron: '0 0 * * *', inputs: {} })).rejects.toMatchObject({
    code: 'inputs-invalid',
  });
});

test('[API54] workers, the queue, the configuration and the state of the machine are shown', async () => {
  await at.client.submitGoal({ workflow: 'two-steps', inputs: { topic: 'x' } });
  expect(await at.client.queueStats()).toMatchObject({ ready: 1, running: 0 });
  await at.claim();
  expect(await at.client.queueStats()).toMatchObject({ ready: 0, running: 1 });
  expect(await at.client.listWorkers()).toMatchObject([{ name: 'tester', alive: true }]);
  at.clock.now += 24 * 3_600_000;
  expect(await at.client.listWorkers()).toMatchObject([{ alive: false }]);
  expect(await at.client.getConfig()).toEqual({ listen: '127.0.0.1:0' });
  expect(await at.client.runDoctor()).toMatchObject([
    { name: 'everything', ok: true },
    { name: 'load', ok: true },
    { name: 'files', ok: true },
  ]);
});
