import { isGoalEnded } from '@chorale/lib-client';
import { defaultTenant, type GoalId } from '@chorale/lib-ids';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from './api-fixture.ts';

let at: TestApi;
beforeAll(async () => {
  at = await startTestApi();
});
afterAll(() => at.close());

const submit = (topic = 'birds') => at.client.submitGoal({ workflow: 'two-steps', inputs: { topic } });

test('[API30] a goal is submitted, run by a worker, and read back with its tasks, attempts and outputs', async () => {
  const { goal, existing } = await submit();
  expect(existing).toBe(false);
  expect(goal).toMatchObject({
    state: 'running',
    workflow: 'two-steps',
    inputs: { topic: 'birds', depth: 2 },
    tasksTotal: 2,
  });
  const [first] = await at.claim();
  if (first === undefined) throw new Error('nothing was ready');
  expect(await at.client.getTask(goal.goalId, first.task.no)).toMatchObject({
    key: 'first',
    kind: 'agent',
    agent: 'scout',
    state: 'running',
  });
  await at.succeed(first, { seen: 3 });
  const [second] = await at.claim();
  if (second === undefined) throw new Error('nothing was ready');
  await at.succeed(second, 'done');
  const ended = await at.client.getGoal(goal.goalId);
  expect(isGoalEnded(ended.state)).toBe(true);
  expect(ended).toMatchObject({ state: 'succeeded', tasksOpen: 0 });
  const tasks = await at.client.listTasks(goal.goalId);
  expect(tasks.map(({ key, state, output }) => ({ key, state, output }))).toEqual([
    { key: 'first', state: 'succeeded', output: { seen: 3 } },
    { key: 'second', state: 'succeeded', output: 'done' },
  ]);
  expect(await at.client.listAttempts(goal.goalId, 0)).toMatchObject([{ outcome: 'succeeded', attempt: 1 }]);
});

test('[API31] the same idempotency key and request give the same goal; another request under it is refused', async () => {
  const request = { workflow: 'two-steps', inputs: { topic: 'bees' } };
  const first = await at.client.submitGoal(request, { idempotencyKey: 'key-1' });
  const again = await at.client.submitGoal(
    { inputs: { topic: 'bees' }, workflow: 'two-steps' },
    { idempotencyKey: 'key-1' },
  );
  expect(again).toMatchObject({ existing: true, goal: { goalId: first.goal.goalId } });
  const other = at.client.submitGoal({ ...request, title: 'Other' }, { idempotencyKey: 'key-1' });
  await expect(other).rejects.toMatchObject({ code: 'idempotency-key-reused', status: 409 });
});

test('[API32] a goal that was not changed answers 304 to its ETag, and 200 after a change', async () => {
  const { goal } = await submit();
  expect(await at.client.getGoalIfChanged(goal.goalId, goal.version)).toBeUndefined();
  const weak = await fetch(`${at.baseUrl}/v1/goals/${goal.goalId}`, {
    headers: { 'if-none-match': `"0", W/"${goal.version}"` },
  });
  expect(weak.status).toBe(304);
  expect(await weak.text()).toBe('');
  await at.client.pauseGoal(goal.goalId);
  expect(await at.client.getGoalIfChanged(goal.goalId, goal.version)).toMatchObject({ state: 'paused' });
});

test('[API33] pause, resume and cancel honour If-Match', async () => {
  const { goal } = await submit();
  const stale = at.client.pauseGoal(goal.goalId, { ifVersion: goal.version - 1 });
  await expect(stale).rejects.toMatchObject({ code: 'version-changed', status: 412 });
  const paused = await at.client.pauseGoal(goal.goalId, { ifVersion: goal.version, reason: 'lunch' });
  expect(paused.state).toBe('paused');
  expect((await at.client.resumeGoal(goal.goalId)).state).toBe('running');
  expect((await at.client.cancelGoal(goal.goalId)).state).toBe('cancelled');
  await expect(at.client.pauseGoal(goal.goalId)).rejects.toMatchObject({ status: 409, retryable: false });
});

test('[API34] goals are listed newest first, by state and workflow, in pages that neither repeat nor leave out', async () => {
  const made: string[] = [];
  for (let index = 0; index < 5; index++) {
    at.clock.now += 1000;
    made.unshift((await at.client.submitGoal({ workflow: 'listens' })).goal.goalId);
  }
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const page = await at.client.listGoals({
      workflow: 'listens',
      limit: 2,
      states: ['running'],
      ...(after === undefined ? {} : { after }),
    });
    seen.push(...page.items.map(({ goalId }) => goalId));
    after = page.next;
  } while (after !== undefined);
  expect(seen).toEqual(made);
  expect((await at.client.listGoals({ workflow: 'listens', states: ['failed'] })).items).toEqual([]);
});

test('[API34] a state that does not exist and a cursor that nobody gave are refused', async () => {
  await expect(at.client.listGoals({ states: ['runing' as 'running'] })).rejects.toMatchObject({
    status: 400,
    code: 'request-invalid',
  });
  await expect(at.client.listGoals({ after: 'not a cursor' })).rejects.toMatchObject({
    status: 400,
    code: 'cursor-invalid',
  });
  await expect(at.client.listGoals({ limit: 100_000 })).rejects.toMatchObject({ status: 400 });
});

test('[API35] inputs are read as the types that the workflow declares; wrong ones are all named', async () => {
  const { goal } = await at.client.submitGoal({ workflow: 'two-steps', inputs: { topic: 'x', depth: '7' } });
  expect(goal.inputs).toEqual({ topic: 'x', depth: 7 });
  const wrong = at.client.submitGoal({ workflow: 'two-steps', inputs: { depth: 'deep', topik: 1 } });
  await expect(wrong).rejects.toMatchObject({ status: 422, code: 'inputs-invalid' });
  await expect(wrong).rejects.toThrow(/topik.*depth|depth.*topik/s);
});

test('[API36] a workflow may be given as text; its mistakes are named with line and column', async () => {
  const definition = 'name: given\ntasks:\n  only: { agent: scout }\n';
  expect((await at.client.submitGoal({ definition })).goal.workflow).toBe('given');
  const broken = at.client.submitGoal({
    definition: 'tasks:\n  only: { agent: nobody }\n',
    definitionFile: 'mine/flow.yaml',
  });
  await expect(broken).rejects.toMatchObject({ status: 422, code: 'workflow-invalid' });
  await expect(broken).rejects.toThrow(/mine\/flow\.yaml:2:\d+: the catalogue holds no agent `nobody`/);
});

test('[API37] what is not in the catalogue is 404, what is not trusted is 403', async () => {
  await expect(at.client.submitGoal({ workflow: 'nowhere' })).rejects.toMatchObject({
    status: 404,
    code: 'catalog-unknown',
  });
  await expect(at.client.submitGoal({ workflow: 'stranger' })).rejects.toMatchObject({
    status: 403,
    code: 'catalog-untrusted',
  });
});

test('[API37] a plan change cannot bring in what is not there or not trusted', async () => {
  const { goal } = await submit();
  for (const [agent, code] of [
    ['nobody', 'catalog-unknown'],
    ['spy', 'catalog-untrusted'],
  ] as const) {
    const task = { key: 'more', kind: 'agent', agent, needs: [] } as const;
    const change = at.client.changePlan(goal.goalId, { changes: [{ change: 'add', task }], reason: 'r' });
    await expect(change, agent).rejects.toMatchObject({ code });
  }
});

test('[API38] a goal with a start time waits for it', async () => {
  const startAt = new Date(at.clock.now + 60_000).toISOString();
  const { goal } = await at.client.submitGoal({ workflow: 'listens', startAt, priority: 'urgent', title: 'Later' });
  expect(goal).toMatchObject({
    state: 'scheduled',
    startAt: at.clock.now + 60_000,
    priority: 'urgent',
    title: 'Later',
  });
});

test('[API39] a signal ends the task of its name, with any JSON as its output', async () => {
  const { goal } = await at.client.submitGoal({ workflow: 'listens' });
  const heard = await at.client.sendSignal(goal.goalId, 'news', { list: [1, null, 'three'] });
  expect(heard).toMatchObject({ state: 'succeeded', outputs: { heard: { list: [1, null, 'three'] } } });
  const { goal: other } = await at.client.submitGoal({ workflow: 'listens' });
  await expect(at.client.sendSignal(other.goalId, 'gossip', 1)).rejects.toMatchObject({
    status: 404,
    code: 'signal-unknown',
  });
});

test('[API44] what is said to an agent is kept with its task, once, while somebody listens', async () => {
  const { goal } = await at.client.submitGoal({ workflow: 'two-steps', inputs: { topic: 'snails' } });
  const message = { text: 'Look under the leaves too', messageId: 'mine-1' };
  await at.client.sendMessage(goal.goalId, 'first', message);
  await at.client.sendMessage(goal.goalId, 'first', message);
  const [first] = await at.store.findTasks(defaultTenant, goal.goalId as GoalId, ['first']);
  expect(first?.messages).toMatchObject([{ messageId: 'mine-1', text: message.text, by: 'owner' }]);
  await at.client.cancelGoal(goal.goalId);
  await expect(at.client.sendMessage(goal.goalId, 'first', { text: 'hm' })).rejects.toMatchObject({
    status: 409,
    code: 'message-too-late',
  });
});

test('[API40] approvals are listed, decided once, and their answer is the output', async () => {
  const { goal } = await at.client.submitGoal({ workflow: 'asks' });
  const [approval] = await at.client.listApprovals({ goalId: goal.goalId, state: 'pending' });
  if (approval === undefined) throw new Error('nobody was asked');
  expect(approval).toMatchObject({ question: 'Shall it go on?', kind: 'task' });
  const decided = await at.client.decideApproval(approval.approvalId, {
    decision: 'approve',
    comment: 'fine',
    answer: { edits: 1 },
  });
  expect(decided).toMatchObject({ state: 'approved', comment: 'fine', answer: { edits: 1 }, decidedBy: 'owner' });
  expect(await at.client.getTask(goal.goalId, 0)).toMatchObject({ state: 'succeeded', output: { edits: 1 } });
  const again = at.client.decideApproval(approval.approvalId, { decision: 'reject' });
  await expect(again).rejects.toMatchObject({ status: 409, code: 'approval-decided' });
  await expect(at.client.getApproval('approval_none')).rejects.toMatchObject({ status: 404 });
});

test('[API40] approvals come in pages, oldest first', async () => {
  const asked: string[] = [];
  for (let index = 0; index < 3; index++) {
    const { goal } = await at.client.submitGoal({ workflow: 'asks' });
    asked.push(...(await at.client.listApprovals({ goalId: goal.goalId })).map(({ approvalId }) => approvalId));
  }
  const read: string[] = [];
  let address = '/v1/approvals?state=pending&limit=2';
  for (;;) {
    const page = (await (await fetch(`${at.baseUrl}${address}`)).json()) as {
      items: { approvalId: string }[];
      next?: string;
    };
    expect(page.items.length).toBeLessThanOrEqual(2);
    read.push(...page.items.map(({ approvalId }) => approvalId));
    if (page.next === undefined) break;
    address = `/v1/approvals?state=pending&limit=2&after=${page.next}`;
  }
  expect(read).toEqual(read.toSorted());
  expect(read).toEqual(expect.arrayContaining(asked));
  expect(new Set(read).size).toBe(read.length);
});

test('[API41] a failed task is explained, retried with another input, and its goal goes on', async () => {
  const { goal } = await submit('worms');
  const [first] = (await at.claim()).filter(({ task }) => task.goalId === goal.goalId);
  if (first === undefined) throw new Error('nothing was ready');
  await at.fail(first, 'The script ended with 3.');
  const explanation = await at.client.explainGoal(goal.goalId);
  expect(explanation.summary).toMatch(/failed after .* in first: The script ended with 3 \(command-failed\)/);
  expect(explanation.tasks[0]).toMatchObject({ failure: { code: 'command-failed', wireCode: 4200 }, attempts: 1 });
  const reopened = await at.client.retryTask(goal.goalId, 'first', { input: { topic: 'snails' } });
  expect(reopened.state).toBe('running');
  expect(await at.client.getTask(goal.goalId, 0)).toMatchObject({
    state: 'ready',
    run: first.task.run + 1,
    inputOverride: { topic: 'snails' },
  });
});

test('[API42] a plan is changed in one new version, and refused when it was changed meanwhile', async () => {
  const { goal } = await submit();
  const changes = [
    { change: 'add', task: { key: 'third', kind: 'agent', agent: 'scout', needs: ['first'], priority: 'high' } },
    { change: 'repoint', key: 'second', needs: ['third'] },
  ] as const;
  const changed = await at.client.changePlan(goal.goalId, { changes, reason: 'one more look', expectedPlanVersion: 1 });
  expect(changed).toMatchObject({ planVersion: 2, tasksTotal: 3 });
  const plan = await at.client.getPlan(goal.goalId);
  expect(plan.versions.map(({ version, reason }) => ({ version, reason }))).toEqual([
    { version: 1, reason: 'submitted' },
    { version: 2, reason: 'one more look' },
  ]);
  expect(plan.definition.tasks.map(({ key, needs }) => ({ key, needs }))).toEqual([
    { key: 'first', needs: [] },
    { key: 'second', needs: ['third'] },
    { key: 'third', needs: ['first'] },
  ]);
  expect(plan.versions[1]?.changes).toEqual(changes);
  const late = at.client.changePlan(goal.goalId, {
    changes: [{ change: 'skip', key: 'third' }],
    reason: 'r',
    expectedPlanVersion: 1,
  });
  await expect(late).rejects.toMatchObject({ status: 409, code: 'plan-changed-meanwhile' });
  const circle = at.client.changePlan(goal.goalId, {
    changes: [{ change: 'repoint', key: 'first', needs: ['second'] }],
    reason: 'r',
  });
  await expect(circle).rejects.toMatchObject({ status: 422, code: 'plan-invalid' });
});

test('[API43] what is not there is 404, for every kind of thing', async () => {
  const { goal } = await submit();
  const calls = [
    () => at.client.getGoal('goal_none'),
    () => at.client.cancelGoal('goal_none'),
    () => at.client.explainGoal('goal_none'),
    () => at.client.listTasks('goal_none'),
    () => at.client.listEvents('goal_none'),
    () => at.client.listArtifacts('goal_none'),
    () => at.client.getPlan('goal_none'),
    () => at.client.getTask(goal.goalId, 99),
    () => at.client.listSteps(goal.goalId, 99),
    () => at.client.retryTask(goal.goalId, 'nothing'),
    () => at.client.getWorkflow('nothing'),
    () => at.client.getAgent('nothing'),
    () => at.client.getSkill('nothing'),
    () => at.client.removeSchedule('schedule_none'),
  ];
  for (const [index, call] of calls.entries())
    await expect(call(), `call ${index}`).rejects.toMatchObject({ status: 404 });
});

test('[API180] a goal in the archive is read as before, is in a list of its own, and is changed by nothing', async () => {
  const { goal } = await submit('moths');
  await at.client.cancelGoal(goal.goalId);
  const endedBefore = at.clock.now + 1;
  expect(await at.store.execute({ command: 'archive-goals', endedBefore, limit: 1_000 })).not.toEqual({ archived: 0 });
  const found = await at.client.getGoal(goal.goalId);
  expect(found).toMatchObject({ state: 'cancelled', archivedAt: at.clock.now });
  expect(await at.client.listTasks(goal.goalId)).toMatchObject([{ state: 'cancelled' }, { state: 'cancelled' }]);
  expect((await at.client.explainGoal(goal.goalId)).tasks).toHaveLength(2);
  expect((await at.client.listEvents(goal.goalId)).items[0]).toMatchObject({ seq: 1, type: 'goal-submitted' });
  const idsOf = async (archived: boolean) =>
    (await at.client.listGoals({ archived, limit: 500 })).items.map(({ goalId }) => goalId);
  expect(await idsOf(true)).toContain(goal.goalId);
  expect(await idsOf(false)).not.toContain(goal.goalId);
  await expect(at.client.rerunFromTask(goal.goalId, 'first')).rejects.toMatchObject({
    status: 409,
    code: 'goal-archived',
  });
});
