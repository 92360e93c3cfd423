// Attempts that give their slot back until somebody or something has answered.
import type { GoalId, WorkerId } from '@chorale/lib-ids';
import { describe, expect, test } from 'vitest';
import type { Awaited } from './command.ts';
import { plan, tenant, tool, type Harness } from './goal-store-harness.contract.ts';
import type { PlanDefinition } from './plan.ts';

const waitStep = { stepNo: 1, kind: 'wait', name: 'ask', idempotent: true, input: {}, startedAt: 0 } as const;

export function describeWaitingAttempts(current: () => Harness): void {
  describe('attempts that wait', () => {
    describeAll(current);
  });
}

function describeAll(current: () => Harness): void {
  const ask = { for: 'person', kind: 'tool-call', question: 'May I?', context: { tool: 'x' } } as const;
  async function waiting(h: Harness, on: Awaited): Promise<{ readonly id: GoalId; readonly workerId: WorkerId }> {
    const workerId = await h.worker();
    const id = await h.submit(plan({ key: 'a', kind: 'agent', agent: 'scout', needs: [] }));
    const [claimed] = await h.claim(workerId);
    await h.finish(claimed!, { outcome: 'waiting', on }, { steps: [waitStep] });
    return { id, workerId };
  }
  const stepsOf = (h: Harness, id: GoalId) => h.store.listSteps(tenant, id, { taskNo: 0, run: 1 });

  test('[J3] [A4] an answer, also a rejection, ends the step that waits, and the task goes on in the same run', async () => {
    const h = current();
    for (const decision of ['approve', 'reject'] as const) {
      const { id, workerId } = await waiting(h, ask);
      expect(await h.task(id, 'a')).toMatchObject({ state: 'blocked', reason: 'approval' });
      expect(await h.claim(workerId)).toEqual([]);
      const approvalId = await h.approval(id);
      const decided = { approvalId, decidedBy: 'ann', decision, answer: { size: 2 } } as const;
      await h.store.execute({ command: 'decide-approval', tenantId: tenant, goalId: id, ...decided });
      const told = { decision: `${decision}${decision === 'approve' ? 'd' : 'ed'}`, by: 'ann', answer: { size: 2 } };
      expect(await stepsOf(h, id)).toMatchObject([{ state: 'finished', output: told }]);
      const [again] = await h.claim(workerId);
      expect(again).toMatchObject({ task: { key: 'a', attempt: 2, run: 1, losses: 0 } });
      await h.succeed(again!);
      expect(await h.goal(id)).toMatchObject({ state: 'succeeded' });
    }
  });

  test('[A4] nobody answers in time: the agent is told so', async () => {
    const h = current();
    const { id, workerId } = await waiting(h, { ...ask, expiresAt: h.clock.now + 1000 });
    await h.pass(1000);
    expect(await stepsOf(h, id)).toMatchObject([{ state: 'finished', output: { decision: 'expired' } }]);
    expect(await h.claim(workerId)).toMatchObject([{ task: { key: 'a', run: 1 } }]);
  });

  test('[A2] a goal that is cancelled withdraws the question of a waiting attempt', async () => {
    const h = current();
    const { id } = await waiting(h, ask);
    const approvalId = await h.approval(id);
    await h.change('cancel-goal', id);
    expect(await h.store.findApproval(tenant, approvalId)).toMatchObject({ state: 'withdrawn' });
    expect(await h.goal(id)).toMatchObject({ state: 'cancelled' });
  });

  test('[J3] an attempt that waits for a time is ready again then, in the same run', async () => {
    const h = current();
    const { id, workerId } = await waiting(h, { for: 'time', until: h.clock.now + 5000 });
    expect(await h.task(id, 'a')).toMatchObject({ state: 'sleeping' });
    await h.pass(4000);
    expect(await h.claim(workerId)).toEqual([]);
    await h.pass(1000);
    expect(await h.claim(workerId)).toMatchObject([{ task: { key: 'a', attempt: 2, run: 1 } }]);
  });

  test('[G11] a sub-goal that an attempt opened works under its own plan, and its end goes back to the attempt', async () => {
    const h = current();
    const opened = (definition: PlanDefinition, planHash: string): Awaited => ({
      for: 'sub-goal',
      title: 'a part',
      definition,
      planHash,
      inputs: {},
      author: 'scout',
      reason: 'planned',
    });
    const good = { ...plan(tool('b')), outputs: { made: '${{ tasks.b.output }}' } };
    const { id, workerId } = await waiting(h, opened(good, 'good'));
    const child = (await h.task(id, 'a')).waitsFor as GoalId;
    expect(await h.store.listPlanVersions(tenant, child)).toMatchObject([{ author: 'scout', reason: 'planned' }]);
    const [b] = await h.claim(workerId);
    await h.succeed(b!, 'thing');
    const output = { goal: child, state: 'succeeded', outputs: { made: 'thing' } };
    expect(await stepsOf(h, id)).toMatchObject([{ state: 'finished', output }]);
    const [again] = await h.claim(workerId);
    await h.finish(
      again!,
      { outcome: 'waiting', on: opened(plan(tool('c')), 'bad') },
      { steps: [{ ...waitStep, stepNo: 2 }] },
    );
    const [c] = await h.claim(workerId);
    await h.fail(c!);
    const steps = await stepsOf(h, id);
    expect(steps[1]).toMatchObject({
      state: 'finished',
      output: { state: 'failed', failure: { code: 'test-failure' }, task: 'c' },
    });
    expect(await h.claim(workerId)).toMatchObject([{ task: { key: 'a', run: 1 } }]);
  });

  test('[G11] [G10] a sub-goal that ends at once, and one whose opener is cancelled', async () => {
    const h = current();
    const skips = plan(tool('b', [], { when: 'false' }));
    const { id, workerId } = await waiting(h, {
      for: 'sub-goal',
      title: 'p',
      definition: skips,
      planHash: 'skips',
      inputs: {},
      author: 'scout',
      reason: 'planned',
    });
    expect(await stepsOf(h, id)).toMatchObject([{ state: 'finished', output: { state: 'succeeded' } }]);
    expect(await h.claim(workerId)).toHaveLength(1);
    const open = await waiting(h, {
      for: 'sub-goal',
      title: 'p',
      definition: plan(tool('b')),
      planHash: 'works',
      inputs: {},
      author: 'scout',
      reason: 'planned',
    });
    const child = (await h.task(open.id, 'a')).waitsFor as GoalId;
    await h.change('cancel-goal', open.id);
    expect(await h.goal(child)).toMatchObject({ state: 'cancelled' });
  });

  test('[M1] what is said to an agent is kept in order, once, until its task has ended', async () => {
    const h = current();
    const workerId = await h.worker();
    const id = await h.submit(plan({ key: 'a', kind: 'agent', agent: 'scout', needs: [] }, tool('b')));
    const send = (messageId: string, text: string, taskKey = 'a') =>
      h.store.execute({ command: 'send-message', tenantId: tenant, goalId: id, taskKey, messageId, text, by: 'ann' });
    await send('m1', 'first');
    const claimed = await h.claim(workerId);
    await Promise.all([send('m2', 'second'), send('m1', 'first')]);
    const messages = [
      { messageId: 'm1', text: 'first', by: 'ann', at: h.clock.now },
      { messageId: 'm2', text: 'second', by: 'ann', at: h.clock.now },
    ];
    expect(await h.task(id, 'a')).toMatchObject({ state: 'running', messages });
    await expect(send('m3', 'hm', 'b')).rejects.toMatchObject({ code: 'message-not-possible' });
    await expect(send('m3', ' ')).rejects.toMatchObject({ code: 'message-invalid' });
    await h.succeed(claimed.find(({ task }) => task.key === 'a')!);
    await expect(send('m3', 'too late')).rejects.toMatchObject({ code: 'message-too-late' });
    expect((await h.task(id, 'a')).messages).toEqual(messages);
  });
}
