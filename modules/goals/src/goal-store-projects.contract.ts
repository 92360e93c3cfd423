// Projects: where goals and what is beneath them belong, and what is listed and counted by it.
import { defaultProject, type ProjectId, type ScheduleId, type TenantId } from '@chorale/lib-ids';
import { describe, expect, test } from 'vitest';
import { plan, tenant, tool, type Harness } from './goal-store-harness.contract.ts';
import { defaultLimits } from './goal-store.ts';

const alpha = 'alpha' as ProjectId;
const beta = 'beta' as ProjectId;

export function describeProjects(current: () => Harness): void {
  describe('projects', () => {
    describeBelonging(current);
    describeListing(current);
    describeLimits(current);
  });
}

function describeBelonging(current: () => Harness): void {
  test('[GP1] a goal, its sub-goals and its approvals belong to one project, whatever becomes of them', async () => {
    const h = current();
    const workerId = await h.worker();
    const leaf = { ...plan(tool('ask', [], { kind: 'approval', question: 'Well?' })), workflow: 'leaf' };
    const down = { key: 'down', kind: 'workflow', workflow: 'leaf', needs: [] } as const;
    const goalId = await h.submit(
      { ...plan(tool('first'), { ...down, needs: ['first'] }), children: { leaf } },
      { projectId: alpha },
    );
    const [claimed] = await h.claim(workerId);
    expect(claimed?.goal.projectId).toBe(alpha);
    await h.succeed(claimed!);
    const { items } = await h.store.listGoals(tenant, { limit: 10 });
    expect(items.map(({ projectId, depth }) => [depth, projectId])).toEqual(
      expect.arrayContaining([
        [0, alpha],
        [1, alpha],
      ]),
    );
    const [approval] = await h.store.listApprovals(tenant, { limit: 10 });
    expect(approval).toMatchObject({ projectId: alpha, question: 'Well?' });
    expect(await h.store.findApproval(tenant, approval!.approvalId)).toMatchObject({ projectId: alpha });
    expect((await h.goal(goalId)).projectId).toBe(alpha);
    expect((await h.goal(await h.submit(plan(tool('a'))))).projectId).toBe(defaultProject);
  });

  test('[GP1] what an agent has done by a sub-goal is done in the project of its goal', async () => {
    const h = current();
    const workerId = await h.worker();
    await h.submit(plan(tool('a')), { projectId: alpha });
    const [claimed] = await h.claim(workerId);
    const on = { title: 'more', definition: plan(tool('b')), planHash: 'more', inputs: {}, author: 'x', reason: 'y' };
    await h.finish(claimed!, { outcome: 'waiting', on: { for: 'sub-goal', ...on } });
    const { items } = await h.store.listGoals(tenant, { limit: 10 });
    expect(items.map(({ projectId, title }) => [title, projectId])).toEqual([
      ['more', alpha],
      ['a goal', alpha],
    ]);
  });

  test('[GP1] the goals of a schedule belong to its project', async () => {
    const h = current();
    await h.store.execute({
      command: 'put-schedule',
      tenantId: tenant,
      projectId: beta,
      scheduleId: 'nightly' as ScheduleId,
      name: 'nightly',
      cron: '0 * * * *',
      timeZone: 'UTC',
      catchUp: 'last',
      paused: false,
      definition: plan(),
      planHash: 'nightly',
      inputs: {},
      priority: 2,
      createdBy: 'ann',
    });
    expect(await h.store.listSchedules(tenant)).toMatchObject([{ projectId: beta }]);
    await h.pass(3_600_000);
    expect((await h.store.listGoals(tenant, { limit: 10 })).items).toMatchObject([{ projectId: beta }]);
  });

  test('[GP2] the same idempotency key is another goal in another project', async () => {
    const h = current();
    const again = { idempotencyKey: 'k', requestHash: 'r' };
    const first = await h.submit(plan(tool('a')), { ...again, projectId: alpha });
    expect(await h.submit(plan(tool('a')), { ...again, projectId: alpha })).toBe(first);
    const second = await h.submit(plan(tool('a')), { ...again, projectId: beta, requestHash: 'other' });
    expect(second).not.toBe(first);
    expect(await h.submit(plan(tool('a')), again)).not.toBe(first);
  });
}

function describeListing(current: () => Harness): void {
  test('[GP3] goals and approvals are listed by project, newest and oldest first, page by page', async () => {
    const h = current();
    const ask = plan(tool('ask', [], { kind: 'approval', question: 'Well?' }));
    const submitted: string[] = [];
    for (let index = 0; index < 6; index++) {
      h.clock.now += 1;
      submitted.push(await h.submit(ask, { projectId: index % 2 === 0 ? alpha : beta }));
    }
    await h.submit(ask, { projectId: alpha, tenantId: 'south' as TenantId });
    const mine = submitted.filter((_, index) => index % 2 === 0);
    const first = await h.store.listGoals(tenant, { projectId: alpha, limit: 2 });
    expect(first.items.map(({ goalId }) => goalId)).toEqual([mine[2], mine[1]]);
    const rest = await h.store.listGoals(tenant, { projectId: alpha, limit: 2, after: first.next! });
    expect(rest.items.map(({ goalId }) => goalId)).toEqual([mine[0]]);
    const approvals = await h.store.listApprovals(tenant, { projectId: alpha, limit: 10 });
    expect(approvals.map(({ goalId }) => goalId)).toEqual(mine);
    const after = approvals[0]!.approvalId;
    expect(await h.store.listApprovals(tenant, { projectId: alpha, limit: 10, after })).toHaveLength(2);
  });

  test('[GP3] what a project has is counted', async () => {
    const h = current();
    await h.submit(plan(tool('a'), tool('b')), { projectId: alpha });
    await h.submit(plan(tool('a')), { projectId: beta });
    expect(await h.store.measureUse(tenant, alpha)).toMatchObject({ goals: 1, tasks: 2, artifactBytes: 0 });
    expect(await h.store.measureUse(tenant)).toMatchObject({ goals: 2, tasks: 3 });
    expect(await h.store.measureUse('south' as TenantId, alpha)).toMatchObject({ goals: 0, tasks: 0 });
  });
}

function describeLimits(current: () => Harness): void {
  test('[GP4] no more tasks of a project run at once than it may, and those of others are not held back', async () => {
    const h = current();
    const workerId = await h.worker();
    await h.store.configure({ ...defaultLimits, lanes: [{ scope: `project:${tenant}:alpha`, maxRunning: 2 }] });
    const wide = plan(...Array.from({ length: 5 }, (_, index) => tool(`t${index}`)));
    await h.submit(wide, { projectId: alpha });
    await h.submit(wide, { projectId: beta });
    await h.submit(wide, { projectId: alpha, tenantId: 'south' as TenantId });
    const first = await h.claim(workerId, 20);
    const own = first.filter(({ task, goal }) => task.tenantId === tenant && goal.projectId === alpha);
    expect(own).toHaveLength(2);
    expect(first).toHaveLength(12);
    expect(await h.claim(workerId, 20)).toHaveLength(0);
    await h.succeed(own[0]!);
    expect(await h.claim(workerId, 20)).toHaveLength(1);
  });
}
