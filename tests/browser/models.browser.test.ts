// The pages about models, over a server whose provider is a stand-in.
import axe from 'axe-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startVendor, type Vendor } from '../stand-ins/index.ts';
import { browserTestMs, TestSite, until } from './test-site.ts';

vi.setConfig({ testTimeout: browserTestMs });

let vendor: Vendor;
let site: TestSite;
let failedOver = '';

async function ask(model: string, key?: string): Promise<string> {
  const response = await fetch(`${site.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }], chorale: { strategy: 'failover' } }),
  });
  await response.text();
  return response.headers.get('x-chorale-call-id') ?? '';
}

beforeAll(async () => {
  vendor = await startVendor({ kind: 'openai-compatible', keys: [], brain: () => ({ text: 'Hello.' }) });
  const model = { name: 'llama-3.3-70b', prices: { input: 0.5, output: 1.5 }, contextTokens: 131_072 };
  // One server under two names: two deployments of one model.
  const addresses = { office: vendor.baseUrl, cellar: vendor.baseUrl.replace('127.0.0.1', 'localhost') };
  const providers = Object.entries(addresses).map(([name, baseUrl]) => ({
    name,
    kind: 'openai-compatible',
    baseUrl,
    retention: 'local',
    models: [model],
  }));
  site = await TestSite.open(JSON.stringify({ models: { discover: false, providers } }));
  const { key } = await site.client.createModelKey({
    name: 'nightly',
    budget: { window: 'day', usd: 5, calls: 3 },
  });
  await site.client.putBudget({ scope: 'tenant', window: 'month', limit: { usd: 20, tokens: 1_000_000 } });
  await ask('llama-3.3-70b', key);
  await ask('llama-3.3-70b', key);
  vendor.setFaults([{ kind: 'server-error' }]);
  failedOver = await ask('llama-3.3-70b', key);
  await until('the calls are recorded', async () => (await site.client.listModelCalls()).items.length === 3);
  await site.client.rateModelCall(failedOver, true);
});
afterAll(async () => {
  await site?.close();
  await vendor?.close();
});

const views = [
  { title: 'deployments', path: () => '/models', shows: 'office/llama-3.3-70b' },
  { title: 'keys and budgets', path: () => '/models?tab=spend', shows: '3 of 3' },
  { title: 'calls', path: () => '/models?tab=calls', shows: 'after 2 tries' },
  { title: 'calls that failed', path: () => '/models?tab=calls&result=failed', shows: 'No loaded call fits' },
  { title: 'what was learned', path: () => '/models?tab=learned', shows: 'Nothing is learned yet' },
  { title: 'one call', path: () => `/models/calls/${failedOver}`, shows: 'answered after 1 failed try' },
] as const;

test.each(views)('[W6] axe finds nothing in either theme: $title', async ({ title, path, shows }) => {
  const opened = await site.openPage(path());
  const { page } = opened;
  await page.getByText(shows).first().waitFor();
  const pictures = process.env['CHORALE_TEST_SCREENSHOTS'];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await until('what fades has faded', () =>
      page.evaluate('document.getAnimations().every((one) => one.effect.getTiming().iterations === Infinity)'),
    );
    if (pictures !== undefined)
      await page.screenshot({ path: `${pictures}/${title.replaceAll(' ', '-')}-${colorScheme}.png` });
    await page.evaluate(axe.source);
    const found: axe.AxeResults = await page.evaluate('axe.run(document, { resultTypes: ["violations"] })');
    expect(found.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  }
  expect(await opened.close()).toEqual([]);
});

test('[W20] from a key to its calls to the reasons of one, without a reload', async () => {
  const opened = await site.openPage('/models');
  const { page } = opened;
  await page.getByRole('link', { name: 'Keys and budgets' }).click();
  await page.getByRole('link', { name: 'Calls with nightly' }).click();
  await page.getByText('after 2 tries').waitFor();
  expect(page.url()).toContain('key=key_');
  await page.getByRole('link', { name: new RegExp(`for call ${failedOver}`) }).click();
  await page.getByRole('heading', { name: 'Candidates' }).waitFor();
  await page
    .getByText(/server-error: /)
    .first()
    .waitFor();
  expect(await opened.close()).toEqual([]);
});

test('[W20] a deployment is tested from the page, and says what it cost', async () => {
  const opened = await site.openPage('/models');
  await opened.page.getByRole('button', { name: 'Test office/llama-3.3-70b' }).click();
  await opened.page.getByText(/office\/llama-3\.3-70b answered in .* for \$/).waitFor();
  expect(await opened.close()).toEqual([]);
});
