import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteGoalStore } from '@chorale/adapter-sqlite';
import { defaultProject, defaultTenant, makeId, type GoalId, type WorkerId } from '@chorale/lib-ids';
import { mergeCatalog } from '@chorale/module-catalog';
import { canonicalJson, type GoalEvent, type GoalStore } from '@chorale/module-goals';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ApiServices } from '../api/index.ts';
import { ManualClock, settled } from '../process/manual-clock.ts';
import { followGoal } from './follow-goal.ts';
import { ProgressView } from './progress-view.ts';
import { readReviewFlags } from './review-flags.ts';
import { markSeen, submitReview, type ReviewRequest } from './submit-review.ts';

const workflow = `
name: review-repository
inputs:
  repository: { type: string, required: true }
  ref: { type: string, default: '' }
tasks:
  scan: { tool: scan, with: { repository: '\${{ inputs.repository }}' } }
`;

let clock: ManualClock;
let store: GoalStore;
let services: ApiServices;

beforeEach(async () => {
  clock = new ManualClock();
  reports = await mkdtemp(join(tmpdir(), 'chorale-reports-'));
  request = { repository: 'https://example.org/a.git', ref: '', cwd: '/', reports };
  store = await openSqliteGoalStore({ path: ':memory:', now: clock.now });
  const workflows = [{ name: 'review-repository', path: 'review-repository.yaml', text: workflow }];
  const catalog = mergeCatalog([
    { origin: 'shipped', trust: 'trusted', agents: [], skills: [], workflows, problems: [] },
  ]);
  services = {
    store,
    // Not one model: a review must begin without.
    models: { fleet: () => ({ deployments: [], aliases: {} }) },
    catalog: () => catalog,
    access: {
      permissions: { namesProjects: false, decide: () => ({ allowed: true }), require: () => undefined },
      projects: { find: async () => ({ projectId: defaultProject, state: 'active' }) },
    },
    tenants: { withRoom: (_tenant: unknown, _more: unknown, run: () => Promise<unknown>) => run() },
    hashDefinition: canonicalJson,
    now: clock.now,
    random: Math.random,
  } as unknown as ApiServices;
});
afterEach(async () => {
  await store.close();
  await rm(reports, { recursive: true, force: true });
});

let reports: string;
let request: ReviewRequest;

describe('which goal a start works on', () => {
  test('[RV1] is the one that an earlier start began and did not end', async () => {
    const first = await submitReview(services, request);
    const second = await submitReview(services, request);
    expect(first.existing).toBe(false);
    expect(second).toMatchObject({ existing: true, goal: { goalId: first.goal.goalId } });
  });

  test('[RV1] is one that ended, as long as nobody has seen its report', async () => {
    const { goal } = await submitReview(services, request);
    await finish(goal.goalId);
    expect(await submitReview(services, request)).toMatchObject({
      existing: true,
      goal: { goalId: goal.goalId, state: 'succeeded' },
    });
    await markSeen(reports, goal.goalId);
    expect(await submitReview(services, request)).toMatchObject({ existing: false });
  });

  test('[RV1] is a new one for another repository, another ref, or when the earlier has ended and was shown', async () => {
    const first = await submitReview(services, request);
    await markSeen(reports, first.goal.goalId);
    await store.execute({
      command: 'cancel-goal',
      tenantId: defaultTenant,
      goalId: first.goal.goalId,
      by: 'me',
      reason: 'enough',
    });
    for (const other of [request, { ...request, ref: 'v1' }, { ...request, repository: 'https://example.org/b.git' }]) {
      expect(await submitReview(services, other)).toMatchObject({ existing: false });
    }
  });

  test('names a folder by where it really is', async () => {
    const { goal } = await submitReview(services, { ...request, repository: 'tmp/../tmp' });
    expect(goal.inputs['repository']).toBe('/tmp');
    expect(goal.title).toBe('Review of tmp');
  });
});

describe('following', () => {
  test('sees every event once, in order, with hints or without, and ends with the goal', async () => {
    const { goal } = await submitReview(services, request);
    const seen: GoalEvent[] = [];
    const deaf = { ...store, onCommit: () => () => {} };
    const following = followGoal(goal, {
      store: deaf,
      clock,
      onEvent: (event) => void seen.push(event),
      signal: new AbortController().signal,
    });
    await settled();
    expect(seen.map((event) => event.type)).toEqual(['goal-submitted']);
    await finish(goal.goalId);
    await clock.pass(1_000);
    expect((await following)?.state).toBe('succeeded');
    expect(seen.map((event) => event.seq)).toEqual(seen.map((_, index) => index + 1));
    expect(seen.at(-1)?.type).toBe('goal-finished');
  });

  test('stops when it is told to', async () => {
    const { goal } = await submitReview(services, request);
    const stop = new AbortController();
    const following = followGoal(goal, { store, clock, onEvent: () => {}, signal: stop.signal });
    await settled();
    stop.abort();
    expect(await following).toBeUndefined();
    expect(clock.waiting).toBe(0);
  });
});

describe('what a person sees', () => {
  const event = (type: GoalEvent['type'], data: GoalEvent['data'], at = 0): GoalEvent => ({
    tenantId: defaultTenant,
    goalId: 'g' as GoalId,
    seq: 1,
    type,
    at,
    taskNo: 0,
    data: { key: 'scan', ...data },
  });

  test('is a line when a task begins and one when it ends, where lines cannot be written over', () => {
    const { view, text } = makeView(false);
    view.onEvent(event('task-started', { attempt: 2 }));
    view.onEvent(event('task-finished', { state: 'succeeded' }, 1_500));
    view.onEvent(event('task-finished', { state: 'failed', failure: { message: 'no such file\nmore' } }));
    expect(text()).toBe(
      '  ▸ scan (attempt 2)\n  ✓ scan               1.5 s\n  ✗ scan                      failed  no such file\n',
    );
  });

  test('is on a terminal one line that is written over, no wider than the terminal', () => {
    const { view, text } = makeView(true);
    view.onEvent(event('task-started', { attempt: 1 }));
    view.onProgress({ no: 0 }, 'x'.repeat(200));
    expect(text().split('\r').at(-1)).toBe(`\u001B[2K${`  ⋯ scan 0 s  — ${'x'.repeat(200)}`.slice(0, 39)}`);
    view.end();
    expect(text().endsWith('\r\u001B[2K')).toBe(true);
  });

  test('[RV2] holds nothing that a repository could steer the terminal with', () => {
    const { view, text } = makeView(false);
    view.onEvent(event('task-finished', { state: 'failed', failure: { message: '\u001B]0;owned\u0007\u001B[2J' } }));
    expect(text()).not.toMatch(/(?!\n)\p{Cc}/u);
  });
});

test('the flags of a review are its own, the rest are settings', () => {
  const flags = readReviewFlags(['--repo=../a', '--once', '--listen', '127.0.0.1:1', '--ref', 'v1']);
  expect(flags).toEqual({ repository: '../a', ref: 'v1', once: true, settings: ['--listen', '127.0.0.1:1'] });
  expect(() => readReviewFlags(['--repo'])).toThrow('--repo needs a value');
});

function makeView(isTTY: boolean): { readonly view: ProgressView; readonly text: () => string } {
  let written = '';
  const view = new ProgressView({ isTTY, columns: 40, write: (text) => (written += text) }, () => 0);
  return { view, text: () => written };
}

async function finish(goalId: GoalId): Promise<void> {
  const workerId: WorkerId = makeId('worker', clock.now(), Math.random);
  await store.execute({
    command: 'register-worker',
    worker: { workerId, name: 'w', labels: [], version: '0' },
    leaseMs: 60_000,
  });
  const { tasks } = await store.execute({ command: 'claim-tasks', workerId, slots: 1 });
  const attempt = tasks[0]?.task.attempt ?? 0;
  await store.execute({
    command: 'finish-attempt',
    tenantId: defaultTenant,
    goalId,
    taskNo: 0,
    attempt,
    result: { outcome: 'succeeded', output: null },
  });
}
