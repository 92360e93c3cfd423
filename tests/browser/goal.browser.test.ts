import type { Approval, Goal } from '@chorale/lib-client';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { browserTestMs, readFocus, TestSite, until } from './test-site.ts';
import { asksOnce, layeredPlan, manyItems, waitsForever } from './workflows.ts';

vi.setConfig({ testTimeout: browserTestMs });

let site: TestSite;
beforeAll(async () => {
  site = await TestSite.open();
});
afterAll(() => site.close());

const goalAddress = (goal: Goal, search = ''): string => `/goals/${goal.goalId}${search}`;
/** A task in the graph, in the state it is given. */
const taskOf = (page: Page, title: string, state = '') =>
  page.locator('[data-task]').and(page.getByRole('button', { name: new RegExp(`^${state}.*${title} `) }));

/** The numbers of the events in the timeline, as they stand; a long silence is a row too, and has none. */
async function seqsShown(page: Page): Promise<readonly number[]> {
  const rows = await page.getByRole('group', { name: 'Events' }).getByRole('listitem').allInnerTexts();
  return rows.filter((text) => !text.endsWith('without events')).map((text) => Number.parseInt(text, 10));
}

async function pendingApproval({ goalId }: Goal): Promise<Approval> {
  let found: Approval | undefined;
  await until('an approval waits', async () => {
    [found] = await site.client.listApprovals({ goalId, state: 'pending' });
    return found !== undefined;
  });
  return found as Approval;
}

async function untilState(goal: Goal, state: Goal['state']): Promise<void> {
  await until(`the goal is ${state}`, async () => (await site.client.getGoal(goal.goalId)).state === state);
}

describe('a decision', () => {
  test('[W2] to approve, with a comment and an edited answer, is in the store, and the plan goes on before one’s eyes', async () => {
    const goal = await site.start(asksOnce, { title: 'Publish' });
    const approval = await pendingApproval(goal);
    const at = await site.openPage(goalAddress(goal));
    await taskOf(at.page, 'Sign off').click();
    const card = at.page.getByRole('article', { name: /Publish the findings/ });
    await card.getByLabel('Comment').fill('with two changes');
    await card.getByRole('button', { name: 'Edit the answer…' }).click();
    await card.getByLabel('Answer').fill('{"pages": 3}');
    await card.getByRole('button', { name: 'Approve' }).click();
    await taskOf(at.page, 'Publish', 'Succeeded').waitFor();
    await at.page.getByText('3 of 3 tasks done').waitFor();
    expect(await site.client.getApproval(approval.approvalId)).toMatchObject({
      state: 'approved',
      comment: 'with two changes',
      answer: { pages: 3 },
    });
    expect((await site.client.getGoal(goal.goalId)).outputs).toEqual({ decision: { pages: 3 } });
    expect(await at.close()).toEqual([]);
  });

  test('[W2] to reject fails the task, says why, and a retry asks again', async () => {
    const goal = await site.start(asksOnce, { title: 'Publish' });
    const approval = await pendingApproval(goal);
    const at = await site.openPage(goalAddress(goal, '?task=1'));
    const panel = at.page.getByRole('complementary', { name: 'Task' });
    await panel.getByLabel('Comment').fill('too early');
    await panel.getByRole('button', { name: 'Reject' }).click();
    await panel.getByText(/rejected task sign-off: too early/).waitFor();
    expect(await site.client.getApproval(approval.approvalId)).toMatchObject({
      state: 'rejected',
      comment: 'too early',
    });
    await untilState(goal, 'failed');
    await panel.getByRole('button', { name: 'Retry', exact: true }).click();
    const again = await pendingApproval(goal);
    expect(again.approvalId).not.toBe(approval.approvalId);
    await panel.getByRole('button', { name: 'Approve' }).click();
    await untilState(goal, 'succeeded');
    expect(await at.close()).toEqual([]);
  });

  test('[W7] that somebody else took first is refused, said, and theirs holds', async () => {
    const goal = await site.start(asksOnce, { title: 'Publish' });
    const approval = await pendingApproval(goal);
    const at = await site.openPage('/approvals', { allowed: /ERR_FAILED|status of 4/ });
    const card = at.page.getByRole('article', { name: /Publish the findings/ });
    await card.waitFor();
    // The page is kept from hearing of it, as a slow network would.
    await at.page.route('**/v1/approvals?**', (route) => route.abort());
    await site.client.decideApproval(approval.approvalId, { decision: 'reject', comment: 'no' });
    await card.getByRole('button', { name: 'Approve' }).click();
    await card.getByRole('alert').getByText('The decision was not taken').waitFor();
    expect(await site.client.getApproval(approval.approvalId)).toMatchObject({ state: 'rejected', comment: 'no' });
    await at.page.unroute('**/v1/approvals?**');
    await site.start(waitsForever);
    await card.waitFor({ state: 'detached' });
    expect(await at.close()).toEqual([]);
  });
});

describe('a goal', () => {
  test('[W3] is cancelled only after a second yes, with the reason', async () => {
    const goal = await site.start(waitsForever, { title: 'Gate' });
    const at = await site.openPage(goalAddress(goal));
    const cancel = at.page.getByRole('button', { name: 'Cancel…' });
    await cancel.click();
    await at.page.getByRole('button', { name: 'Keep it' }).click();
    await at.page.getByRole('dialog').waitFor({ state: 'detached' });
    expect((await site.client.getGoal(goal.goalId)).state).toBe('running');
    await cancel.click();
    await at.page.getByLabel('Reason').fill('not needed any more');
    await at.page.getByRole('button', { name: 'Cancel goal' }).click();
    await at.page.getByText('Cancelled', { exact: true }).first().waitFor();
    await untilState(goal, 'cancelled');
    const { items } = await site.client.listEvents(goal.goalId);
    expect(items.find(({ type }) => type === 'goal-cancelling')?.data).toMatchObject({ reason: 'not needed any more' });
    expect(await at.close()).toEqual([]);
  });

  test('[W2] is paused and resumed', async () => {
    const goal = await site.start(waitsForever, { title: 'Gate' });
    const at = await site.openPage(goalAddress(goal));
    await at.page.getByRole('button', { name: 'Pause' }).click();
    await at.page.getByRole('button', { name: 'Resume' }).waitFor();
    expect((await site.client.getGoal(goal.goalId)).state).toBe('paused');
    await at.page.getByRole('button', { name: 'Resume' }).click();
    await at.page.getByRole('button', { name: 'Pause' }).waitFor();
    await untilState(goal, 'running');
    expect(await at.close()).toEqual([]);
  });

  test('goes on when its signal is sent from the page, and a task can be skipped', async () => {
    const goal = await site.start(waitsForever, { title: 'Gate' });
    const at = await site.openPage(goalAddress(goal, '?task=1'));
    await at.page.getByRole('button', { name: 'Skip…' }).click();
    await at.page.getByLabel('Reason').fill('done by hand');
    await at.page.getByRole('button', { name: 'Skip task' }).click();
    await until('the plan has a second version', async () => (await site.client.getPlan(goal.goalId)).version === 2);
    await taskOf(at.page, 'Wait for the gate').click();
    await at.page.getByRole('button', { name: 'Send the signal…' }).click();
    await at.page.getByLabel('Content').fill('{"open": true}');
    await at.page.getByRole('button', { name: 'Send', exact: true }).click();
    await untilState(goal, 'succeeded');
    const tasks = await site.client.listTasks(goal.goalId);
    expect(tasks.map(({ state, reason, output }) => ({ state, reason, output }))).toEqual([
      { state: 'succeeded', reason: undefined, output: { open: true } },
      { state: 'skipped', reason: 'skipped-by-person', output: undefined },
    ]);
    await at.page.getByRole('link', { name: 'Details' }).click();
    await at.page.getByText('done by hand').waitFor();
    expect(await at.close()).toEqual([]);
  });

  test('[W1] keeps tab, task and way of showing in the address', async () => {
    const goal = await site.start(waitsForever, { title: 'Gate' });
    const at = await site.openPage(goalAddress(goal));
    await at.page.getByRole('button', { name: 'List', exact: true }).click();
    await at.page.getByRole('button', { name: /Wait for the gate/ }).click();
    await at.page.getByRole('link', { name: 'Timeline' }).click();
    await at.page.getByText('The goal was submitted with 2 tasks').waitFor();
    const address = at.page.url();
    expect(Object.fromEntries(new URL(address).searchParams)).toEqual({ as: 'list', task: '0', tab: 'timeline' });
    await at.page.reload();
    await at.page.getByText('The goal was submitted with 2 tasks').waitFor();
    await at.page.getByRole('complementary', { name: 'Task' }).getByText('Wait for the gate').first().waitFor();
    expect(at.page.url()).toBe(address);
    expect(await at.close()).toEqual([]);
  });
});

describe('the timeline', () => {
  test('[TR1] shows every event once and in order, also those that came while it was open', async () => {
    const goal = await site.start(manyItems, {
      title: 'Items',
      inputs: { items: Array.from({ length: 12 }, (_unused, no) => `item ${no}`) },
    });
    const at = await site.openPage(goalAddress(goal, '?tab=timeline'), { height: 2600 });
    await at.page.getByText('Hold here', { exact: true }).last().waitFor();
    await site.client.sendSignal(goal.goalId, 'gate', {});
    await at.page.getByText('The goal succeeded').waitFor();
    const { items } = await site.client.listEvents(goal.goalId, { limit: 500 });
    expect(await seqsShown(at.page)).toEqual(items.map(({ seq }) => seq));
    expect(await at.close()).toEqual([]);
  });
});

describe('the plan', () => {
  test('[GM1] draws a for_each as one task with the count of its items, each of which can be opened', async () => {
    const goal = await site.start(manyItems, {
      title: 'Items',
      inputs: { items: Array.from({ length: 30 }, (_unused, no) => `file ${no}`) },
    });
    const at = await site.openPage(goalAddress(goal));
    await taskOf(at.page, 'Look at each')
      .and(at.page.getByRole('button', { name: /30 of 30 done/ }))
      .click();
    await at.page.getByRole('button', { name: /3\. file 2/ }).click();
    await at.page.getByRole('heading', { name: '3. file 2' }).waitFor();
    expect(await at.page.locator('[data-task]').count()).toBe(2);
    expect(await at.close()).toEqual([]);
  });

  test('[GL3] of 500 tasks opens readable, can be walked with the arrow keys, and follows what happens', async () => {
    const goal = await site.start(layeredPlan(10, 50), { title: 'Five hundred' });
    const at = await site.openPage(goalAddress(goal));
    const gate = taskOf(at.page, 'Gate');
    await gate.waitFor();
    const height = await gate.boundingBox().then((box) => box?.height ?? 0);
    expect(height).toBeGreaterThan(28);
    await gate.focus();
    await at.page.keyboard.press('ArrowRight');
    await until('the focus is on a step of the first layer', async () =>
      (await readFocus(at.page)).startsWith('Step 1.'),
    );
    expect(await at.page.locator('[data-task]').count()).toBeLessThan(200);
    await site.client.sendSignal(goal.goalId, 'gate', {});
    await untilState(goal, 'succeeded');
    await at.page.getByText('501 of 501 tasks done').waitFor();
    expect(await at.close()).toEqual([]);
  });
});

test('[LU2] after the server was killed and started again the page goes on by itself and misses nothing', async () => {
  const goal = await site.start(waitsForever, { title: 'Outlives a crash' });
  const at = await site.openPage(goalAddress(goal, '?tab=timeline'), { allowed: /ERR_|Failed to load/ });
  await at.page.getByText('Live', { exact: true }).waitFor();
  await site.kill();
  await at.page.getByText('Not connected').waitFor();
  await site.restart();
  await site.client.sendSignal(goal.goalId, 'gate', {});
  await at.page.getByText('Live', { exact: true }).waitFor();
  await at.page.getByText('The goal succeeded').waitFor();
  const { items } = await site.client.listEvents(goal.goalId);
  expect(await seqsShown(at.page)).toEqual(items.map(({ seq }) => seq));
  expect(await at.close()).toEqual([]);
});
