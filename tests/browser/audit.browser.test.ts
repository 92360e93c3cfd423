// The page about the audit log, over a server that has done a few things.
import axe from 'axe-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { browserTestMs, TestSite, until } from './test-site.ts';

vi.setConfig({ testTimeout: browserTestMs });

let site: TestSite;

beforeAll(async () => {
  site = await TestSite.open();
  await site.client.putSecret('GITHUB_TOKEN', 'a value nobody sees');
  await site.client.removeSecret('NONE').catch(() => undefined);
});
afterAll(() => site?.close());

test('[W40] the log is listed and filtered, verified by the server, and an entry is proved', async () => {
  const opened = await site.openPage('/audit');
  const { page } = opened;
  await page.getByRole('button', { name: 'secret.manage' }).first().waitFor();
  await page.getByText('secret-not-found').waitFor();
  expect(await page.getByText('a value nobody sees').count()).toBe(0);

  await page.getByLabel('On', { exact: true }).fill('GITHUB_TOKEN');
  await page.getByRole('button', { name: 'Filter' }).click();
  await until('only its entries are left', async () => (await page.locator('tbody tr').count()) === 2);
  expect(page.url()).toContain('on=GITHUB_TOKEN');

  await page.getByRole('button', { name: 'Verify' }).click();
  await page.getByText(/^Verified: \d+ entries/).waitFor();

  await page.getByRole('button', { name: 'secret.manage' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('secret GITHUB_TOKEN').waitFor();
  await dialog.getByRole('button', { name: 'Prove it' }).click();
  await dialog.getByText(/leads by \d+ hashes to a root/).waitFor();
  expect(await opened.close()).toEqual([]);
});

test.each([
  { title: 'wide', width: 1280 },
  { title: 'narrow', width: 390 },
])('[W6] axe finds nothing in either theme: audit, $title', async ({ title, width }) => {
  const opened = await site.openPage('/audit', { width });
  const { page } = opened;
  await page.getByRole('button', { name: 'secret.manage' }).first().waitFor();
  const pictures = process.env['CHORALE_TEST_SCREENSHOTS'];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    if (pictures !== undefined) await page.screenshot({ path: `${pictures}/audit-${title}-${colorScheme}.png` });
    await page.evaluate(axe.source);
    const found: axe.AxeResults = await page.evaluate('axe.run(document, { resultTypes: ["violations"] })');
    expect(found.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  }
  expect(await opened.close()).toEqual([]);
});
