// Agents that think, on the page: what they propose, what they did, and a word to them. A stand-in answers for models.
import axe from 'axe-core';
import type { Approval, Goal } from '@chorale/lib-client';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startVendor, type Brain, type BrainReply, type Vendor } from '../stand-ins/index.ts';
import { browserTestMs, TestSite, until } from './test-site.ts';

vi.setConfig({ testTimeout: browserTestMs });

let vendor: Vendor;
let site: TestSite;

const call = (name: string, args: object): BrainReply => ({ toolCalls: [{ name, arguments: args as never }] });

const plan = call('run-plan', {
  reason: 'Two steps are enough.',
  tasks: [
    { key: 'note', title: 'The note', agent: 'generalist', task: 'Write the note on birds.' },
    {
      key: 'count',
      agent: 'generalist',
      task: 'Count its words.',
      needs: ['note'],
      input: { note: '${{ tasks.note.output }}' },
    },
  ],
  outputs: { words: '${{ tasks.count.output }}' },
});

const brain: Brain = ({ system, messages }) => {
  if (system.startsWith('You decide whether'))
    return { text: '{"verdict":"allow","category":"none","reason":"harmless"}' };
  const answers = messages.filter(({ role }) => role === 'assistant');
  const said = JSON.stringify(messages);
  if (system.startsWith('You are planner')) {
    if (answers.length === 0) return plan;
    return call('finish', { result: { $output: answers.at(-1)?.toolCalls[0]?.id ?? '' } });
  }
  if (system.startsWith('You are careful') && answers.length === 0)
    return call('write-file', { path: 'note.txt', content: 'a long note on birds' });
  if (said.includes('Count its letters')) return call('finish', { result: 'letters' });
  return call('finish', { result: said.includes('Keep it short') ? 'kept short' : 'done' });
};

const careful = `---
name: careful
description: Writes, and asks before.
role: Careful writer
tools:
  - write-file: { ask: true }
model: {}
---
Write.
`;

const writes =
  "name: writes\ntasks:\n  write: { agent: careful, title: Write it }\noutputs: { said: '${{ tasks.write.output }}' }\n";

beforeAll(async () => {
  vendor = await startVendor({ kind: 'openai-compatible', keys: [], brain });
  const model = {
    name: 'llama-3.3-70b',
    contextTokens: 60_000,
    capabilities: ['tools', 'streaming'],
    prices: { input: 1, output: 2 },
  };
  const office = { name: 'office', kind: 'openai-compatible', baseUrl: vendor.baseUrl, models: [model] };
  site = await TestSite.open(JSON.stringify({ models: { discover: false, providers: [office] } }), { careful });
});
afterAll(async () => {
  await site?.close();
  await vendor?.close();
});

async function planned(): Promise<Goal> {
  const inputs = { goal: 'Write a note on birds', approve_plan: true };
  return (await site.client.submitGoal({ workflow: 'plan-and-do', title: 'A note on birds', inputs })).goal;
}

async function asked({ goalId }: Goal): Promise<Approval> {
  let found: Approval | undefined;
  await until('somebody is asked', async () => {
    [found] = await site.client.listApprovals({ goalId, state: 'pending' });
    return found !== undefined;
  });
  return found as Approval;
}

async function ended({ goalId }: Goal): Promise<Goal> {
  await until('the goal has ended', async () =>
    ['succeeded', 'failed'].includes((await site.client.getGoal(goalId)).state),
  );
  return site.client.getGoal(goalId);
}

/** In both themes; with a folder named, a picture of each. */
async function examine(page: Page, title: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await until('what fades has faded', () =>
      page.evaluate('document.getAnimations().every((one) => one.effect.getTiming().iterations === Infinity)'),
    );
    const pictures = process.env['CHORALE_TEST_SCREENSHOTS'];
    if (pictures !== undefined) await page.screenshot({ path: `${pictures}/${title}-${colorScheme}.png` });
    await page.evaluate(axe.source);
    const found: axe.AxeResults = await page.evaluate('axe.run(document, { resultTypes: ["violations"] })');
    expect(found.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  }
}

test('[W23, W6] a plan that waits is shown as its tasks, changed by a person, and carried out as changed', async () => {
  const goal = await planned();
  const approval = await asked(goal);
  const at = await site.openPage(`/goals/${goal.goalId}?task=0`, { height: 1000 });
  const shown = at.page.getByRole('region', { name: 'Proposed plan' });
  await shown.getByText('Count its words.').waitFor();
  expect(await shown.getByRole('listitem').allInnerTexts()).toEqual([
    expect.stringMatching(/^The note\s+generalist\s+Write the note on birds\.\s+note, starts at once$/),
    expect.stringMatching(/^count\s+generalist\s+Count its words\.\s+count, after note/),
  ]);
  await examine(at.page, 'plan-approval');
  const card = at.page.getByRole('article', { name: /planner proposes a plan/ });
  await card.getByRole('button', { name: 'Edit the plan…' }).click();
  const editor = card.getByLabel('Plan', { exact: true });
  const text = await editor.inputValue();
  await editor.fill('{"outputs": {}}');
  await card.getByText('A plan has a list of “tasks”.').waitFor();
  await editor.fill(text.replace('Count its words.', 'Count its letters.'));
  await examine(at.page, 'plan-editor');
  await card.getByRole('button', { name: 'Approve' }).click();
  expect(await ended(goal)).toMatchObject({ state: 'succeeded', outputs: { result: { words: 'letters' } } });
  expect(await site.client.getApproval(approval.approvalId)).toMatchObject({
    answer: { tasks: [{ key: 'note' }, { key: 'count', task: 'Count its letters.' }] },
  });
  const journal = at.page.locator('section', { hasText: 'Journal of run 1' });
  await journal
    .getByText(/tokens in, .* out, \$/)
    .first()
    .waitFor();
  await journal.getByText('Approval of the plan').waitFor();
  await examine(at.page, 'planner-journal');
  await journal.getByText('The plan', { exact: true }).click();
  await journal.getByRole('link', { name: 'The goal that carried it out' }).click();
  await at.page.getByText('2 of 2 tasks done').waitFor();
  expect(await at.close()).toEqual([]);
});

test('[W21, W22, W23] an agent that asks for leave is sent a message, and its call is made as a person changed it', async () => {
  const goal = await site.start(writes, { title: 'Writes with care' });
  await asked(goal);
  const at = await site.openPage(`/goals/${goal.goalId}?task=0`, { height: 1000 });
  const { page } = at;
  const card = page.getByRole('article', { name: /careful asks to call write-file/ });
  await card.getByText('a long note on birds').first().waitFor();
  await examine(page, 'tool-call-approval');
  await page.getByRole('button', { name: 'Message the agent…' }).click();
  await page.getByLabel('Message', { exact: true }).fill('Keep it short');
  await examine(page, 'message');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByText('careful hears it in its next turn').waitFor();
  await card.getByRole('button', { name: 'Edit the arguments…' }).click();
  await card.getByLabel('Arguments', { exact: true }).fill('{"path": "note.txt", "content": "birds"}');
  await card.getByRole('button', { name: 'Approve' }).click();
  expect(await ended(goal)).toMatchObject({ state: 'succeeded', outputs: { said: 'kept short' } });
  const journal = page.locator('section', { hasText: 'Journal of run 1' });
  await journal.getByText('{"path":"note.txt","content":"birds"}').waitFor();
  await journal.getByText('Leave for a call').waitFor();
  await journal.getByText('What people said').first().waitFor();
  await journal.getByText('office/llama-3.3-70b').first().click();
  await examine(page, 'journal');
  await journal.getByRole('link', { name: 'Why this model' }).first().click();
  await page.getByRole('heading', { name: 'Candidates' }).waitFor();
  expect(await at.close()).toEqual([]);
});
