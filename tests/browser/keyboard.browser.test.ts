import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { browserTestMs, readFocus, TestSite, until } from './test-site.ts';
import { asksOnce, waitsForever } from './workflows.ts';

vi.setConfig({ testTimeout: browserTestMs });

let site: TestSite;
beforeAll(async () => {
  site = await TestSite.open();
});
afterAll(() => site.close());

/** Presses Tab until the control has the focus; fails when it never does. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab');
    if (name.test(await readFocus(page))) return;
  }
  throw new Error(`Tab never came to ${name}`);
}

test('[W5] a goal is found, its question read and answered, without a pointer', async () => {
  const goal = await site.start(asksOnce, { title: 'By keys alone' });
  const at = await site.openPage('/system');
  await at.page.getByRole('heading', { name: 'System' }).waitFor();
  await at.page.keyboard.press('g');
  await at.page.keyboard.press('g');
  await at.page.getByRole('link', { name: /By keys alone/ }).waitFor();
  await at.page.keyboard.press('j');
  await at.page.keyboard.press('Enter');
  await at.page.getByRole('button', { name: /^Needs you Sign off/ }).waitFor();
  expect(await at.page.locator(':focus').getAttribute('id')).toBe('page-title');
  await tabTo(at.page, /^Prepare/);
  await at.page.keyboard.press('ArrowRight');
  await until('the focus is on the question', async () => (await readFocus(at.page)).startsWith('Sign off'));
  await at.page.keyboard.press('Enter');
  await tabTo(at.page, /^Approve$/);
  await at.page.keyboard.press('Enter');
  await until('the goal has succeeded', async () => (await site.client.getGoal(goal.goalId)).state === 'succeeded');
  expect(await at.close()).toEqual([]);
});

test('[W4] the palette holds every action that the page shows, and runs the marked one', async () => {
  const goal = await site.start(waitsForever, { title: 'Gate' });
  const at = await site.openPage(`/goals/${goal.goalId}?task=0`);
  await at.page.getByRole('button', { name: 'Send the signal…' }).waitFor();
  const buttons = at.page.locator('header, fieldset').getByRole('button');
  const shown = (await buttons.allInnerTexts()).map((text) => text.trim()).filter((text) => text !== '');
  await at.page.keyboard.press('Control+k');
  const options = at.page.getByRole('option');
  await options.first().waitFor();
  const offered = (await options.allInnerTexts()).map((text) => text.split('\n')[0]?.trim());
  expect(offered).toEqual(expect.arrayContaining(shown));
  await at.page.keyboard.type('pause');
  await at.page.keyboard.press('Enter');
  await until('the goal is paused', async () => (await site.client.getGoal(goal.goalId)).state === 'paused');
  expect(await at.close()).toEqual([]);
});

test('[W4] the palette opens a goal by its title', async () => {
  const goal = await site.start(waitsForever, { title: 'Migrate the archive' });
  const at = await site.openPage('/goals');
  await at.page.getByRole('link', { name: /Migrate the archive/ }).waitFor();
  await at.page.keyboard.press('Control+k');
  await at.page.getByRole('option').first().waitFor();
  await at.page.keyboard.type('archive');
  await at.page.getByRole('option', { name: 'Migrate the archive' }).waitFor();
  await at.page.keyboard.press('Enter');
  await at.page.getByRole('heading', { name: 'Migrate the archive' }).waitFor();
  expect(new URL(at.page.url()).pathname).toBe(`/goals/${goal.goalId}`);
  expect(await at.close()).toEqual([]);
});

test('[W5] a dialog keeps the focus, closes with Escape and gives the focus back', async () => {
  const goal = await site.start(waitsForever, { title: 'Gate' });
  const at = await site.openPage(`/goals/${goal.goalId}`);
  const cancel = at.page.getByRole('button', { name: 'Cancel…' });
  await cancel.focus();
  await at.page.keyboard.press('Enter');
  const dialog = at.page.getByRole('dialog');
  await dialog.waitFor();
  for (let presses = 0; presses < 8; presses++) {
    await at.page.keyboard.press('Tab');
    await until('the focus is in the dialog', async () => (await dialog.locator(':focus').count()) === 1);
  }
  await at.page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await until('the focus is back', async () => (await at.page.locator(':focus').innerText()) === 'Cancel…');
  expect(await at.close()).toEqual([]);
});

test('[C1] keys do nothing while text is written, and single ones can be switched off', async () => {
  const at = await site.openPage('/goals?new=');
  await at.page.getByRole('dialog').waitFor();
  await at.page.keyboard.press('Escape');
  await at.page.getByRole('dialog').waitFor({ state: 'detached' });
  await at.page.keyboard.press('?');
  await at.page.getByLabel('Shortcuts of a single key').uncheck();
  await at.page.keyboard.press('Escape');
  await at.page.getByRole('dialog').waitFor({ state: 'detached' });
  await at.page.keyboard.press('c');
  await at.page.keyboard.press('Control+k');
  await at.page.getByRole('dialog', { name: 'Command palette' }).waitFor();
  expect(await at.page.getByRole('dialog').count()).toBe(1);
  await at.page.keyboard.type('cccc');
  await at.page.getByText('No command is called “cccc”.').waitFor();
  expect(await at.close()).toEqual([]);
});

test('[W5] the first Tab offers to skip to the content', async () => {
  const at = await site.openPage('/goals');
  await at.page.getByRole('heading', { name: 'Goals' }).waitFor();
  await at.page.keyboard.press('Tab');
  expect(await at.page.locator(':focus').innerText()).toBe('Skip to content');
  await at.page.keyboard.press('Enter');
  expect(await at.page.locator(':focus').getAttribute('id')).toBe('main');
  expect(await at.close()).toEqual([]);
});
