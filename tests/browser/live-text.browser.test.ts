// What a model says at a task, on the page while it says it. A stand-in speaks slowly.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startVendor, type Vendor } from '../stand-ins/index.ts';
import { browserTestMs, TestSite, until } from './test-site.ts';

vi.setConfig({ testTimeout: browserTestMs });

let vendor: Vendor;
let site: TestSite;

const talker = `---
name: talker
description: Talks.
role: Talker
model: {}
---
Say what you have to say.
`;
const workflow = `name: talks
tasks:
  go: { signal: true }
  work: { agent: talker, title: The talk, needs: [go] }
outputs: { said: '\${{ tasks.work.output }}' }
`;
const said = Array.from({ length: 40 }, (_, no) => `word${no}`).join(' ');

beforeAll(async () => {
  vendor = await startVendor({ kind: 'openai-compatible', keys: [], brain: async () => ({ text: said }) });
  vendor.setFaults([{ kind: 'slow-drip', delayMs: 150 }]);
  const model = { name: 'llama-3.3-70b', contextTokens: 60_000, capabilities: ['tools', 'streaming'] };
  const office = { name: 'office', kind: 'openai-compatible', baseUrl: vendor.baseUrl, models: [model] };
  site = await TestSite.open(JSON.stringify({ models: { discover: false, providers: [office] } }), { talker });
});
afterAll(async () => {
  await site?.close();
  await vendor?.close();
});

test('[W24] what a model says is shown while it says it, and goes when the journal has the whole', async () => {
  const { goalId } = await site.start(workflow, { title: 'Talks' });
  const at = await site.openPage(`/goals/${goalId}?task=1`, { height: 1000 });
  const { page } = at;
  await page.getByText('The talk').first().waitFor();
  // Until the worker has heard that somebody listens.
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  await site.client.sendSignal(goalId, 'go', {});
  const speech = page.locator('section', { hasText: 'talker is saying' });
  await speech.getByText('word2').waitFor();
  expect((await site.client.getGoal(goalId)).state).toBe('running');
  await until('the goal has ended', async () => (await site.client.getGoal(goalId)).state === 'succeeded');
  expect((await site.client.getGoal(goalId)).outputs).toEqual({ said });
  await page.locator('section', { hasText: 'Journal of run 1' }).waitFor();
  await speech.waitFor({ state: 'detached' });
  expect(await at.close()).toEqual([]);
});
