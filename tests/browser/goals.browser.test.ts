import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { browserTestMs, TestSite, until } from './test-site.ts';
import { asksOnce, waitsForever } from './workflows.ts';

vi.setConfig({ testTimeout: browserTestMs });

let site: TestSite;
beforeAll(async () => {
  site = await TestSite.open();
});
afterAll(() => site.close());

test('an empty installation teaches what a goal is and the command that starts one', async () => {
  const at = await site.openPage('/');
  await at.page.getByText('No goals yet').waitFor();
  await at.page.getByText('chorale run review-repository --follow').waitFor();
  expect(new URL(at.page.url()).pathname).toBe('/goals');
  expect(await at.close()).toEqual([]);
});

test('[LU1] a goal that is started elsewhere appears by itself, and so does what becomes of it', async () => {
  const at = await site.openPage('/goals');
  await at.page.getByText('Live', { exact: true }).waitFor();
  const goal = await site.start(asksOnce, { title: 'Publish the weekly' });
  const row = at.page.getByRole('link', { name: /Publish the weekly/ });
  await row.getByText('Needs you').waitFor();
  await at.page.getByText('1 approval waits for you').waitFor({ state: 'attached' });
  const [approval] = await site.client.listApprovals({ goalId: goal.goalId, state: 'pending' });
  await site.client.decideApproval(approval?.approvalId ?? '', { decision: 'approve' });
  await row.getByRole('img', { name: 'Succeeded' }).waitFor();
  await row.getByText('3/3').waitFor();
  await row.getByText('Needs you').waitFor({ state: 'detached' });
  expect(await at.close()).toEqual([]);
});

test('[W1] filters are in the address, survive a reload, and a goal that no longer fits leaves the list', async () => {
  const goal = await site.start(waitsForever, { title: 'Waits for the gate' });
  const at = await site.openPage('/goals?workflow=wait-forever');
  await at.page.getByRole('link', { name: 'Active' }).click();
  const address = new URL(at.page.url());
  expect(Object.fromEntries(address.searchParams)).toEqual({
    state: 'scheduled,running,paused,failing,cancelling',
    workflow: 'wait-forever',
  });
  await at.page.reload();
  const row = at.page.getByRole('link', { name: /Waits for the gate/ });
  await row.waitFor();
  expect(await at.page.getByLabel('Filter by workflow').inputValue()).toBe('wait-forever');
  expect(await at.page.getByRole('link', { name: /Publish the weekly/ }).count()).toBe(0);
  await site.client.cancelGoal(goal.goalId);
  await row.waitFor({ state: 'detached' });
  await at.page.getByText('No goal fits this filter').waitFor();
  expect(await at.close()).toEqual([]);
});

test('a long list is read page by page as one goes down, and only what is in view exists', async () => {
  const startAt = Date.now() + 3_600_000;
  for (let no = 0; no < 130; no++) {
    await site.client.submitGoal({ definition: waitsForever, title: `Later ${no}`, startAt });
  }
  const at = await site.openPage('/goals?state=scheduled');
  const rows = at.page.getByRole('list', { name: 'Goals' }).getByRole('listitem');
  await at.page.getByRole('link', { name: /Later 129/ }).waitFor();
  expect(await rows.count()).toBeLessThan(60);
  await at.page.keyboard.press('j');
  await at.page.keyboard.press('End');
  await until('the oldest goal is shown', async () => {
    await at.page.keyboard.press('End');
    return (await at.page.getByRole('link', { name: /^Scheduled Later 0 / }).count()) === 1;
  });
  expect(await rows.count()).toBeLessThan(60);
  await at.page.getByRole('link', { name: 'Succeeded' }).click();
  await at.page.getByRole('link', { name: /Publish the weekly/ }).waitFor();
  expect(await at.close()).toEqual([]);
});

test('[W7] an address of a goal that is not there says what happened and what to do', async () => {
  const at = await site.openPage('/goals/goal_00000000000000000000000000', { allowed: /404/ });
  const alert = at.page.getByRole('alert');
  await alert.getByText('could not be read').waitFor();
  await alert.getByText(/request req_/).waitFor();
  expect(await at.close()).toEqual([]);
});

test('[W7] an address that leads nowhere says so and offers a way on', async () => {
  const at = await site.openPage('/nowhere');
  await at.page.getByText('There is no page at this address').waitFor();
  await at.page.getByRole('link', { name: 'Go to the goals' }).click();
  await at.page.getByRole('heading', { name: 'Goals' }).waitFor();
  expect(await at.close()).toEqual([]);
});
