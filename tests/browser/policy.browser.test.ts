import { createServer, type Server } from 'node:http';
import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { makeSampleRepository } from '../e2e/sample-repository.ts';
import { browserTestMs, TestSite, until } from './test-site.ts';
import { asksOnce } from './workflows.ts';

vi.setConfig({ testTimeout: browserTestMs });

let site: TestSite;
beforeAll(async () => {
  site = await TestSite.open();
});
afterAll(() => site.close());

/** Stricter than what the server sends: no inline style either, and nothing from elsewhere. */
const strict =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'";

test('[W8] the page works under a policy that allows only its own files', async () => {
  const goal = await site.start(asksOnce, { title: 'Strict' });
  const at = await site.openPage('/goals', { policy: strict });
  await at.page.getByRole('link', { name: /Strict/ }).click();
  await at.page.getByRole('button', { name: /^Needs you Sign off/ }).click();
  await at.page.getByRole('button', { name: 'Theme' }).click();
  await at.page.keyboard.press('Escape');
  await at.page.getByRole('button', { name: 'Pause' }).hover();
  await at.page.keyboard.press('Control+k');
  await at.page.keyboard.type('timeline');
  await at.page.getByRole('option', { name: /timeline/i }).waitFor();
  await at.page.keyboard.press('Enter');
  await at.page.getByText('The goal was submitted').waitFor();
  expect(new URL(at.page.url()).pathname).toBe(`/goals/${goal.goalId}`);
  expect(await at.close()).toEqual([]);
});

test('[W8] the page asks nobody but its own server', async () => {
  const at = await site.openPage('/goals');
  const asked = new Set<string>();
  at.page.on('request', (request) => asked.add(new URL(request.url()).origin));
  for (const path of ['/goals', '/approvals', '/workflows', '/system']) {
    await at.page.goto(`${site.url}${path}`);
    await at.page.getByRole('heading', { level: 1 }).waitFor();
  }
  expect([...asked]).toEqual([site.url]);
  expect(await at.close()).toEqual([]);
});

describe('files that a goal made', { timeout: 180_000 }, () => {
  let elsewhere: Server;
  const asked: string[] = [];
  beforeAll(async () => {
    elsewhere = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end();
    });
    await new Promise<void>((resolve) => void elsewhere.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise<void>((resolve) => void elsewhere.close(() => resolve())));

  test('[W8] the report of a review is shown in a frame that runs no script and reaches nothing', async () => {
    const repository = join(site.folder, 'sample');
    await mkdir(repository);
    await makeSampleRepository(repository);
    const { goal } = await site.client.submitGoal({ workflow: 'review-repository', inputs: { repository } });
    const at = await site.openPage(`/goals/${goal.goalId}?tab=files`, { allowed: /sandboxed/ });
    await at.page.getByRole('link', { name: /^report\.html/ }).waitFor({ timeout: 150_000 });
    const frame = at.page.frameLocator('iframe[title$="report.html"]');
    await frame.locator('h1').first().waitFor();
    expect(await at.page.locator('iframe').getAttribute('sandbox')).toBe('');
    const { port } = elsewhere.address() as AddressInfo;
    const inside = at.page.frames().find((one) => one.url().includes('/v1/artifacts/'));
    if (inside === undefined) throw new Error('the report is in no frame');
    // Put there by the test, since nothing in the frame can: even so it must not be fetched.
    await inside.evaluate(`{
      const image = document.createElement('img');
      image.id = 'stolen';
      image.src = 'http://127.0.0.1:${port}/stolen';
      document.body.append(image);
    }`);
    const image = `document.getElementById('stolen')`;
    await until('the image was refused', () => inside.evaluate(`${image}.complete && ${image}.naturalWidth === 0`));
    expect(asked).toEqual([]);
    await at.page.getByRole('link', { name: /^report\.md/ }).click();
    await at.page.getByRole('group', { name: 'report.md' }).getByText('#').first().waitFor();
    const download = at.page.waitForEvent('download');
    await at.page.getByRole('link', { name: 'Download report.html' }).click();
    expect((await download).suggestedFilename()).toBe('report.html');
    await until('the review has succeeded', async () => (await site.client.getGoal(goal.goalId)).state === 'succeeded');
  });
});
