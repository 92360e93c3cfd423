// Everything a goal waits for: time, people, signals, a pause, the end of a cancel.
import { describe, expect, test } from 'vitest';
import { plan, tenant, tool, type Harness } from './goal-store-harness.contract.ts';
import type { GoalId } from '@chorale/lib-ids';
import type { Json } from './json.ts';
import type { TaskDefinition } from './plan.ts';

export function describeWaits(current: () => Harness): void {
  describe('waits', () => {
    describeTime(current);
    describeSteering(current);
    describePeople(current);
    describeAnswers(current);
  });
}

function describeTime(current: () => Harness): void {
  test('[G2] a timer ends when its time has come, and not before', async () => {
    const h = current();
    const id = await h.submit(plan({ key: 'wait', kind: 'timer', wait: 5000, needs: [] }));
    expect((await h.store.findDue(10)).nextAt).toBe(h.clock.now + 5000);
    await h.pass(4999);
    expect(await h.task(id, 'wait')).toMatchObject({ state: 'sleeping', reason: 'timer' });
    await h.pass(1);
    expect(await h.goal(id)).toMatchObject({ state: 'succeeded' });
  });

  test('[G9] a goal starts at its start time and fails at its deadline', async () => {
    const h = current();
    const workerId = await h.worker([], 1_000_000);
    const id = await h.submit(plan(tool('a')), { startAt: h.clock.now + 1000, deadlineAt: h.clock.now + 2000 });
    expect(await h.claim(workerId)).toEqual([]);
    await h.pass(1000);
    const [claimed] = await h.claim(workerId);
    await h.pass(1000);
    expect(await h.goal(id)).toMatchObject({ state: 'failing', failure: { code: 'deadline-exceeded' } });
    await h.finish(claimed!, { outcome: 'cancelled' });
    expect(await h.goal(id)).toMatchObject({ state: 'failed' });
  });

  test('a schedule starts its goals, and one that was late as its policy says', async () => {
    const h = current();
    const schedule = {
      command: 'put-schedule',
      tenantId: tenant,
      name: 'often',
      cron: '*/10 * * * *',
      timeZone: 'UTC',
      paused: false,
      definition: plan(),
      planHash: 'often',
      inputs: {},
      priority: 2,
      createdBy: 'ann',
    } as const;
    await h.store.execute({ ...schedule, scheduleId: 'all' as never, catchUp: 'all' });
    await h.store.execute({ ...schedule, scheduleId: 'last' as never, catchUp: 'last' });
    await h.pass(30 * 60_000);
    const { items } = await h.store.listGoals(tenant, { limit: 50 });
    expect(items.length).toBe(3 + 1);
    await h.pass(0);
    expect((await h.store.listGoals(tenant, { limit: 50 })).items.length).toBe(4);
    await h.store.execute({ command: 'drop-schedule', tenantId: tenant, scheduleId: 'all' as never });
    expect((await h.store.listSchedules(tenant)).map(({ scheduleId }) => scheduleId)).toEqual(['last']);
  });
}

function workflowTask(key: string, workflow: string): TaskDefinition {
  return { key, kind: 'workflow', workflow, needs: [] };
}

function describeSteering(current: () => Harness): void {
  test('[G7] a paused goal starts nothing and resumes where it was', async () => {
    const h = current();
    const workerId = await h.worker();
    const id = await h.submit(plan(tool('a'), tool('b'), tool('c', ['a'])));
    const [a] = await h.claim(workerId, 1);
    await h.change('pause-goal', id);
    await h.succeed(a!);
    expect(await h.claim(workerId)).toEqual([]);
    expect(await h.states(id)).toEqual({ a: 'succeeded', b: 'held', c: 'held' });
    await h.change('resume-goal', id);
    expect((await h.drain(workerId)).toSorted()).toEqual(['b', 'c']);
    expect(await h.goal(id)).toMatchObject({ state: 'succeeded' });
  });

  test('[G7] a pause reaches the sub-goals below, which go on only with the goal above', async () => {
    const h = current();
    const workerId = await h.worker();
    const leaf = { ...plan(tool('inner')), workflow: 'leaf' };
    const middle = { ...plan(workflowTask('down', 'leaf')), workflow: 'middle', children: { leaf } };
    const id = await h.submit({ ...plan(workflowTask('sub', 'middle')), children: { middle } });
    const child = (await h.task(id, 'sub')).waitsFor as GoalId;
    const grandchild = (await h.task(child, 'down')).waitsFor as GoalId;
    await h.change('pause-goal', id);
    expect(await h.goal(grandchild)).toMatchObject({ state: 'paused' });
    expect(await h.claim(workerId)).toEqual([]);
    await expect(h.change('resume-goal', grandchild)).rejects.toMatchObject({ code: 'parent-goal-paused' });
    await h.change('resume-goal', id);
    expect(await h.drain(workerId)).toEqual(['inner']);
    expect(await h.goal(id)).toMatchObject({ state: 'succeeded' });
  });

  test('[G7] a sub-goal that a running attempt opens while its goal is paused begins paused', async () => {
    const h = current();
    const workerId = await h.worker();
    const id = await h.submit(plan(tool('a')));
    const [a] = await h.claim(workerId);
    await h.change('pause-goal', id);
    const definition = plan(tool('b'));
    const on = { for: 'sub-goal', title: 'a part', definition, planHash: 'part', inputs: {} } as const;
    await h.finish(a!, { outcome: 'waiting', on: { ...on, author: 'scout', reason: 'planned' } });
    const child = (await h.task(id, 'a')).waitsFor as GoalId;
    expect(await h.goal(child)).toMatchObject({ state: 'paused' });
    expect(await h.claim(workerId)).toEqual([]);
    await h.change('resume-goal', id);
    expect(await h.claim(workerId)).toMatchObject([{ task: { key: 'b', goalId: child } }]);
  });

  test('a change that expects another version of the goal is refused', async () => {
    const h = current();
    const id = await h.submit(plan(tool('a')));
    const { version } = await h.goal(id);
    const pause = { command: 'pause-goal', tenantId: tenant, goalId: id, by: 'ann', reason: '' } as const;
    await expect(h.store.execute({ ...pause, expectedVersion: version + 1 })).rejects.toMatchObject({
      code: 'version-changed',
    });
    expect(await h.goal(id)).toMatchObject({ state: 'running', version });
    await h.store.execute({ ...pause, expectedVersion: version });
    expect(await h.goal(id)).toMatchObject({ state: 'paused' });
  });

  test('[G6] a cancelled goal starts nothing, and what will not stop is cut off after the grace period', async () => {
    const h = current();
    const workerId = await h.worker([], 1_000_000);
    const id = await h.submit(plan(tool('a'), tool('b', ['a'])));
    const [a] = await h.claim(workerId);
    await h.change('cancel-goal', id);
    expect(await h.goal(id)).toMatchObject({ state: 'cancelling' });
    await h.pass(10_000);
    expect(await h.goal(id)).toMatchObject({ state: 'cancelled', tasksRunning: 0 });
    await expect(h.succeed(a!)).rejects.toMatchObject({ code: 'lease-lost' });
    await expect(h.change('pause-goal', id)).rejects.toMatchObject({ code: 'goal-ended' });
    expect(await h.claim(workerId)).toEqual([]);
  });
}

const gate = plan(
  { key: 'gate', kind: 'approval', question: 'Ship ${{ inputs.what }}?', needs: [], timeoutMs: 60_000 },
  tool('ship', ['gate']),
);

interface Decision {
  readonly decision: 'approve' | 'reject';
  readonly answer?: Json;
}

async function decide(h: Harness, goalId: GoalId, decision: Decision) {
  const approvalId = await h.approval(goalId);
  return h.store.execute({
    command: 'decide-approval',
    tenantId: tenant,
    goalId,
    approvalId,
    decidedBy: 'ann',
    ...decision,
  });
}

function describePeople(current: () => Harness): void {
  test('[A1] an approval blocks its task until somebody decides, and carries the answer on', async () => {
    const h = current();
    const id = await h.submit(gate, { inputs: { what: 'it' } });
    const approvalId = await h.approval(id);
    expect(await h.store.findApproval(tenant, approvalId)).toMatchObject({ question: 'Ship it?', state: 'pending' });
    await decide(h, id, { decision: 'approve', answer: { version: 2 } });
    expect(await h.task(id, 'gate')).toMatchObject({ state: 'succeeded', output: { version: 2 } });
    const again = {
      command: 'decide-approval',
      tenantId: tenant,
      goalId: id,
      approvalId,
      decision: 'reject',
      decidedBy: 'bob',
    } as const;
    await expect(h.store.execute(again)).rejects.toMatchObject({ code: 'approval-decided' });
    expect(await h.drain(await h.worker())).toEqual(['ship']);
  });

  test('[A1] [A2] a rejected, an expired and a withdrawn approval', async () => {
    const h = current();
    const rejected = await h.submit(gate, { inputs: { what: 'it' } });
    await decide(h, rejected, { decision: 'reject' });
    expect(await h.goal(rejected)).toMatchObject({ state: 'failed', failure: { code: 'approval-rejected' } });
    const expired = await h.submit(gate, { inputs: { what: 'it' } });
    const cancelled = await h.submit(gate, { inputs: { what: 'it' } });
    const withdrawn = await h.approval(cancelled);
    await h.change('cancel-goal', cancelled);
    expect(await h.store.findApproval(tenant, withdrawn)).toMatchObject({ state: 'withdrawn' });
    await h.pass(60_000);
    expect(await h.goal(expired)).toMatchObject({ state: 'failed', failure: { code: 'approval-expired' } });
  });
}

function describeAnswers(current: () => Harness): void {
  test('[J2] a step with an unknown end is asked about; allowed again, the task goes on in the same run', async () => {
    const h = current();
    const workerId = await h.worker();
    const id = await h.submit(plan(tool('a')));
    const [claimed] = await h.claim(workerId);
    const { tenantId, goalId, no: taskNo, attempt } = claimed!.task;
    const step = {
      stepNo: 1,
      kind: 'tool-call',
      name: 'charge',
      idempotent: false,
      input: {},
      startedAt: h.clock.now,
    } as const;
    await h.store.execute({ command: 'record-step', tenantId, goalId, taskNo, attempt, step });
    await h.finish(claimed!, { outcome: 'uncertain', question: 'Was it charged?', context: {} });
    expect(await h.task(id, 'a')).toMatchObject({ state: 'blocked', reason: 'uncertain-step' });
    await decide(h, id, { decision: 'approve' });
    expect(await h.store.listSteps(tenant, id, { taskNo: 0 })).toMatchObject([
      { state: 'failed', failure: { code: 'repeat-approved' } },
    ]);
    expect(await h.claim(workerId)).toMatchObject([{ task: { key: 'a', attempt: 2, run: 1 } }]);
  });

  test('[A3] a signal ends its task, also when it comes before the task is reached', async () => {
    const h = current();
    const workerId = await h.worker();
    const definition = plan(tool('a'), { key: 'go', kind: 'signal', needs: ['a'] }, tool('b', ['go']));
    const send = (goalId: GoalId, name = 'go') =>
      h.store.execute({ command: 'send-signal', tenantId: tenant, goalId, name, payload: { by: 'x' } });
    const early = await h.submit(definition);
    await send(early);
    expect(await h.drain(workerId)).toEqual(['a', 'b']);
    const late = await h.submit(definition);
    expect(await h.drain(workerId)).toEqual(['a']);
    await send(late);
    expect(await h.drain(workerId)).toEqual(['b']);
    expect(await h.task(late, 'go')).toMatchObject({ output: { by: 'x' } });
    await expect(send(late)).rejects.toMatchObject({ code: 'signal-received-already' });
    await expect(send(late, 'nope')).rejects.toMatchObject({ code: 'signal-unknown' });
  });
}
