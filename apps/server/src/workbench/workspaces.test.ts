import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { defaultTenant, type GoalId } from '@chorale/lib-ids';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Workspaces } from './workspaces.ts';

const goalId = 'goal_1' as GoalId;
const keepMs = 60_000;
let directory: string;
let ended: Set<GoalId>;
let now: number;
let workspaces: Workspaces;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chorale-workspaces-'));
  ended = new Set();
  now = Date.now();
  workspaces = new Workspaces({ directory, keepMs, now: () => now, hasEnded: async (_tenant, id) => ended.has(id) });
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test('[WS1] an attempt gets an empty folder of its own, which is gone when it has ended', async () => {
  const first = await open(1);
  await writeFile(join(first, 'left'), '');
  const again = await open(1);
  expect(again).toBe(first);
  expect(await readdir(again)).toEqual([]);
  expect(await open(2)).not.toBe(first);
  await workspaces.closeAttempt(first);
  expect(existsSync(first)).toBe(false);
});

test('[WS1] what a killed process left goes, what a running one uses stays', async () => {
  const child = spawn('true');
  await once(child, 'exit');
  const mine = await open(1);
  const left = join(dirname(mine), `2-1-${child.pid}`);
  await mkdir(left);
  expect(await workspaces.sweep()).toBe(1);
  expect(existsSync(left)).toBe(false);
  expect(existsSync(mine)).toBe(true);
});

test('[WS2] what the tasks of a goal share stays until the goal has been ended for a while', async () => {
  const workspace = await open(1);
  const shared = join(Workspaces.goalDirectory(workspace), 'repository');
  await mkdir(shared);
  await workspaces.closeAttempt(workspace);
  now += keepMs;
  await workspaces.sweep();
  expect(existsSync(shared)).toBe(true);
  ended.add(goalId);
  now -= keepMs / 2;
  await workspaces.sweep();
  expect(existsSync(shared)).toBe(true);
  now += keepMs;
  expect(await workspaces.sweep()).toBe(1);
  expect(existsSync(shared)).toBe(false);
});

test('a directory that is not there has nothing to sweep', async () => {
  await rm(directory, { recursive: true });
  expect(await workspaces.sweep()).toBe(0);
});

function open(attempt: number): Promise<string> {
  return workspaces.openAttempt({ tenantId: defaultTenant, goalId, no: 1, attempt });
}

test('[WS3] the attempts of a run find what those before them wrote, and another run does not', async () => {
  const task = { tenantId: defaultTenant, goalId, no: 1 };
  const first = await workspaces.openRun({ ...task, run: 1 });
  await writeFile(join(first, 'notes'), '');
  await workspaces.sweep();
  expect(await readdir(await workspaces.openRun({ ...task, run: 1 }))).toEqual(['notes']);
  expect(await readdir(await workspaces.openRun({ ...task, run: 2 }))).toEqual([]);
  await workspaces.closeAttempt(first);
  expect(existsSync(first)).toBe(false);
});
