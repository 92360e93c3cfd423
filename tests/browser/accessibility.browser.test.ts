import axe from 'axe-core';
import type { Goal } from '@chorale/lib-client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { browserTestMs, type TestPage, TestSite, until } from './test-site.ts';
import { asksOnce, layeredPlan, manyItems, waitsForever } from './workflows.ts';

vi.setConfig({ testTimeout: browserTestMs });

let site: TestSite;
let asking: Goal;
let failed: Goal;
let items: Goal;
let large: Goal;

beforeAll(async () => {
  site = await TestSite.open();
  asking = await site.start(asksOnce, { title: 'Asks a person' });
  failed = await site.start(asksOnce, { title: 'Was rejected' });
  items = await site.start(manyItems, { title: 'Has items' });
  large = await site.start(layeredPlan(4, 12), { title: 'Has many tasks' });
  await site.start(waitsForever, { title: 'Waits for a signal' });
  await until('both ask', async () => (await site.client.listApprovals({ state: 'pending' })).length === 2);
  const [approval] = await site.client.listApprovals({ goalId: failed.goalId, state: 'pending' });
  await site.client.decideApproval(approval?.approvalId ?? '', { decision: 'reject', comment: 'no' });
  await until('it has failed', async () => (await site.client.getGoal(failed.goalId)).state === 'failed');
});
afterAll(() => site.close());

interface View {
  readonly title: string;
  readonly path: () => string;
  /** Something of the view that is there when it is whole. */
  readonly shows: string;
  readonly open?: (at: TestPage) => Promise<void>;
  readonly width?: number;
}

const views: readonly View[] = [
  { title: 'goals', path: () => '/goals', shows: 'Was rejected' },
  { title: 'goals on a narrow screen', path: () => '/goals', shows: 'Was rejected', width: 390 },
  { title: 'goals without any', path: () => '/goals?state=cancelled', shows: 'No goal fits this filter' },
  { title: 'a plan', path: () => `/goals/${asking.goalId}`, shows: 'Sign off' },
  { title: 'a plan on a narrow screen', path: () => `/goals/${asking.goalId}?task=1`, shows: 'Done by', width: 390 },
  { title: 'a plan with a map', path: () => `/goals/${large.goalId}`, shows: 'Step 1.' },
  { title: 'a plan as a list', path: () => `/goals/${items.goalId}?as=list&task=0`, shows: 'List of items' },
  { title: 'a task that asks', path: () => `/goals/${asking.goalId}?task=1`, shows: 'Needed by' },
  { title: 'a task that failed', path: () => `/goals/${failed.goalId}?task=1`, shows: 'Retry with edited input…' },
  { title: 'a timeline', path: () => `/goals/${failed.goalId}?tab=timeline`, shows: 'The goal failed' },
  { title: 'files without any', path: () => `/goals/${failed.goalId}?tab=files`, shows: 'No files yet' },
  { title: 'details', path: () => `/goals/${failed.goalId}?tab=details`, shows: 'Versions of the plan' },
  { title: 'approvals', path: () => '/approvals', shows: 'Asks a person' },
  { title: 'all approvals', path: () => '/approvals?show=all', shows: 'Rejected' },
  { title: 'workflows', path: () => '/workflows', shows: 'review-repository' },
  { title: 'a workflow', path: () => '/workflows/review-repository', shows: 'Inputs' },
  { title: 'the system', path: () => '/system', shows: 'Oldest ready task' },
  { title: 'no such page', path: () => '/nowhere', shows: 'There is no page at this address' },
  { title: 'a new goal', path: () => '/goals?new=review-repository', shows: 'Start goal' },
  {
    title: 'the palette',
    path: () => '/goals',
    shows: 'Was rejected',
    open: async ({ page }) => {
      await page.keyboard.press('Control+k');
      await page.getByRole('option').first().waitFor();
    },
  },
  {
    title: 'the shortcuts',
    path: () => '/goals',
    shows: 'Was rejected',
    open: async ({ page }) => {
      await page.keyboard.press('?');
      await page.getByText('Shortcuts of a single key').waitFor();
    },
  },
  {
    title: 'the choice of theme',
    path: () => '/goals',
    shows: 'Was rejected',
    open: async ({ page }) => {
      await page.getByRole('button', { name: 'Theme' }).click();
      await page.getByRole('radio').first().waitFor();
    },
  },
  {
    title: 'a question before cancelling',
    path: () => `/goals/${asking.goalId}`,
    shows: 'Sign off',
    open: async ({ page }) => {
      await page.getByRole('button', { name: 'Cancel…' }).click();
      await page.getByRole('button', { name: 'Keep it' }).waitFor();
    },
  },
];

test.each(views)('[W6] axe finds nothing in either theme: $title', async ({ path, shows, open, width }) => {
  const at = await site.openPage(path(), width === undefined ? {} : { width });
  await at.page.getByText(shows).or(at.page.getByLabel(shows)).first().waitFor();
  await open?.(at);
  expect(await violationsOf(at)).toEqual([]);
  await at.page.emulateMedia({ colorScheme: 'dark' });
  expect(await at.page.evaluate('matchMedia("(prefers-color-scheme: dark)").matches')).toBe(true);
  expect(await violationsOf(at)).toEqual([]);
  expect(await at.close()).toEqual([]);
});

async function violationsOf({ page }: TestPage): Promise<readonly string[]> {
  // What fades is measured as it stays.
  await until('what fades has faded', () =>
    page.evaluate('document.getAnimations().every((one) => one.effect.getTiming().iterations === Infinity)'),
  );
  await page.evaluate(axe.source);
  const found: axe.AxeResults = await page.evaluate('axe.run(document, { resultTypes: ["violations"] })');
  return found.violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 200)} ${node.failureSummary ?? ''}`),
  );
}

test('[W6] nothing moves for those who asked for less motion', async () => {
  const at = await site.openPage(`/goals/${items.goalId}`);
  await at.page.emulateMedia({ reducedMotion: 'reduce' });
  await at.page.getByText('Hold here').first().waitFor();
  await until('nothing moves', () => at.page.evaluate('document.getAnimations().length === 0'));
  expect(await at.close()).toEqual([]);
});

test('[W6] the chosen theme holds over the system’s, from the first paint and after a reload', async () => {
  const at = await site.openPage('/goals', { theme: 'light' });
  await at.page.getByRole('button', { name: 'Theme' }).click();
  await at.page.getByText('Dark', { exact: true }).click();
  const scheme = (): Promise<string> => at.page.evaluate('getComputedStyle(document.documentElement).colorScheme');
  await until('the page is dark', async () => (await scheme()) === 'dark');
  await at.page.reload({ waitUntil: 'commit' });
  await until('there is something to paint', () => at.page.evaluate('document.body !== null'));
  expect(await scheme()).toBe('dark');
  expect(await at.close()).toEqual([]);
});
