// Projects on the page: unseen by who has one, and one choice for lists and for what is begun where there are several.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findViolations } from './find-violations.ts';
import { browserTestMs, TestSite } from './test-site.ts';

let site: TestSite;
beforeAll(async () => {
  site = await TestSite.open();
}, browserTestMs);
afterAll(() => site.close());

const definition = 'tasks:\n  news: { signal: true }\n';

test(
  '[W70] where there is one project nothing speaks of it; of several one is chosen, for lists and for new goals',
  async () => {
    await site.client.submitGoal({ definition, title: 'in the usual one' });
    const alone = await site.openPage('/goals');
    await alone.page.getByText('in the usual one').waitFor();
    expect(await alone.page.getByLabel('Project', { exact: true }).count()).toBe(0);
    expect(await alone.close()).toEqual([]);

    await site.client.createProject({ projectId: 'payroll', displayName: 'Payroll' });
    await site.client.submitGoal({ definition, title: 'of the payroll', projectId: 'payroll' });
    const opened = await site.openPage('/goals');
    const { page } = opened;
    await page.getByText('of the payroll').waitFor();
    await page.getByText('in the usual one').waitFor();
    await page.getByLabel('Project', { exact: true }).selectOption('Payroll');
    await page.getByText('in the usual one').waitFor({ state: 'detached' });
    await page.getByText('of the payroll').waitFor();
    expect(await findViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'New goal' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Project').waitFor();
    expect(await dialog.getByLabel('Project').inputValue()).toBe('payroll');
    expect(await findViolations(page)).toEqual([]);
    expect(await opened.close()).toEqual([]);

    const members = await site.openPage('/members');
    await members.page.getByRole('heading', { name: 'Projects' }).waitFor();
    await members.page.getByRole('row', { name: /Payroll payroll active/ }).waitFor();
    expect(await members.close()).toEqual([]);
  },
  browserTestMs,
);
