import { mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteGoalStore } from '@chorale/adapter-sqlite';
import { createClient } from '@chorale/lib-client';
import { defaultTenant } from '@chorale/lib-ids';
import type { Attempt, Goal, Task } from '@chorale/module-goals';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { changeRepository, makeSampleRepository } from './sample-repository.ts';
import { findOrphans, findProcessesOf, ServerProcess } from './server-process.ts';

const testMs = 240_000;
let folder: string;
let repository: string;
let dataDir: string;
let servers: ServerProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorale-e2e-'));
  repository = join(folder, 'sample');
  dataDir = join(folder, 'data');
  servers = [];
  await mkdir(join(folder, 'cwd'));
  await makeSampleRepository(repository);
});

afterEach(async () => {
  for (const server of servers) if (server.code === undefined) await server.kill();
  await rm(folder, { recursive: true, force: true });
});

describe('a review', { timeout: testMs }, () => {
  test('leaves a report with findings that name file and line, and no process', async () => {
    const server = start('review', '--repo', repository, '--once');
    expect(await server.waitForEnd(), server.output).toBe(0);
    const [goal] = await readGoals();
    expect(goal).toMatchObject({ state: 'succeeded', workflow: 'review-repository' });
    const reports = join(dataDir, 'reports', goal?.goalId ?? '');
    expect((await readdir(reports)).toSorted()).toEqual(['report.html', 'report.md', 'review.json']);
    const review = JSON.parse(await readFile(join(reports, 'review.json'), 'utf8')) as Review;
    expect(review.missing).toEqual([]);
    expect(review.findings).toContainEqual(
      expect.objectContaining({ skill: 'secrets', file: 'src/settings.js', line: 1 }),
    );
    expect(await readFile(join(reports, 'report.html'), 'utf8')).toContain('<html');
    expect(await findOrphans(folder)).toEqual([]);
  });

  test('run again says what is new, what is fixed and what is still there, as does the timeline of the repository', async () => {
    const first = start('review', '--repo', repository, '--once');
    expect(await first.waitForEnd(), first.output).toBe(0);
    expect(first.output).toContain('the first review that is remembered');
    const key = ['npm_', 'aB7cD8eF9gH0jK1mN2pQ3rS4tU5vW62M5jQM'].join('');
    await changeRepository(repository, {
      'src/settings.js': 'export const settings = {};\n',
      'src/more.js': `export const key = '${key}';\n`,
    });
    const second = start('review', '--repo', repository, '--once');
    expect(await second.waitForEnd(), second.output).toBe(0);
    expect(second.output).toMatch(/Since the review of [\d-]{10}: \d+ new, \d+ fixed, \d+ still there/);
    const goal = (await readGoals()).find(
      ({ outputs }) => (outputs?.['changes'] as { first?: boolean })?.first === false,
    );
    const review = JSON.parse(
      await readFile(join(dataDir, 'reports', goal?.goalId ?? '', 'review.json'), 'utf8'),
    ) as Review & {
      readonly changes: { readonly new: readonly string[]; readonly fixed: readonly { readonly file?: string }[] };
    };
    const added = review.findings.filter(({ id }) => review.changes.new.includes(id));
    expect(added).toContainEqual(expect.objectContaining({ skill: 'secrets', file: 'src/more.js' }));
    expect(review.changes.fixed).toContainEqual(expect.objectContaining({ file: 'src/settings.js' }));
    const server = start('serve');
    const client = createClient({ baseUrl: await addressOf(server), key: server.key });
    const found = await client.searchMemory({ text: 'fixed settings.js', scopes: [`project/${repository}`] });
    expect(found.items[0]?.memory).toMatchObject({ claim: { subject: repository }, role: 'tool' });
  });

  test('goes on after kill -9 at any moment, as the same goal, and repeats nothing that was finished', async () => {
    for (const moment of [/▸ checkout/, /✓ checkout/, /✓ inventory/, /▸ secrets/]) {
      const server = start('review', '--repo', repository, '--once');
      await server.waitFor(moment);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
      await server.kill();
      expect(await findOrphans(folder)).toEqual([]);
      expect((await readGoals()).map((goal) => goal.state)).toEqual(['running']);
    }
    const last = start('review', '--repo', repository, '--once');
    expect(await last.waitForEnd(), last.output).toBe(0);
    const goals = await readGoals();
    expect(goals.map((goal) => goal.state)).toEqual(['succeeded']);
    for (const { task, attempts } of await readAttempts()) {
      const succeeded = attempts.filter((attempt) => attempt.outcome === 'succeeded');
      expect(succeeded, task.key).toHaveLength(1);
      expect(succeeded[0]?.attempt, `${task.key} was tried again after it had succeeded`).toBe(
        attempts.at(-1)?.attempt,
      );
    }
  });

  test('that is cancelled leaves no process, and the server goes on', async () => {
    const server = start('serve');
    const client = createClient({ baseUrl: await addressOf(server), key: server.key });
    const { goal } = await client.submitGoal({ workflow: 'review-repository', inputs: { repository } });
    await until(() => findProcessesOf(folder).length > 1, 'something runs in a sandbox');
    await client.cancelGoal(goal.goalId, { reason: 'enough' });
    await until(async () => (await client.getGoal(goal.goalId)).state === 'cancelled', 'the goal is cancelled');
    await until(() => findProcessesOf(folder).length === 1, 'only the server is left');
    server.signal('SIGTERM');
    expect(await server.waitForEnd()).toBe(0);
    expect(await findOrphans(folder)).toEqual([]);
  });
});

describe('the server', { timeout: testMs }, () => {
  test('refuses a second process on the same data, naming the first', async () => {
    const first = start('serve');
    await addressOf(first);
    const second = start('serve');
    expect(await second.waitForEnd()).toBe(2);
    expect(second.output).toContain(`process ${first.pid}`);
  });

  test('says who has its port and how to choose another', async () => {
    const first = start('serve');
    const port = new URL(await addressOf(first)).port;
    const second = new ServerProcess({
      dataDir: join(folder, 'other'),
      cwd: join(folder, 'cwd'),
      args: ['serve'],
      listen: `127.0.0.1:${port}`,
    });
    servers.push(second);
    expect(await second.waitForEnd()).toBe(2);
    expect(second.output).toContain(`process ${first.pid}`);
    expect(second.output).toContain('--listen');
  });

  test('hands back what runs when it is asked to end, and the next start finishes it', async () => {
    const first = start('review', '--repo', repository);
    await first.waitFor(/▸/);
    first.signal('SIGTERM');
    expect(await first.waitForEnd()).toBe(0);
    expect(await findOrphans(folder)).toEqual([]);
    const second = start('review', '--repo', repository, '--once');
    expect(await second.waitForEnd(), second.output).toBe(0);
    expect(second.output).toContain('Going on with the review');
    const attempts = (await readAttempts()).flatMap((item) => item.attempts);
    expect(attempts.filter((attempt) => attempt.outcome === 'lost')).toEqual([]);
  });

  test('[SV4] ends with the process that started it', async () => {
    const starter = start('serve');
    await addressOf(starter);
    const server = new ServerProcess({
      dataDir: join(folder, 'other'),
      cwd: join(folder, 'cwd'),
      args: ['serve'],
      env: { CHORALE_STARTED_BY: String(starter.pid) },
    });
    servers.push(server);
    await addressOf(server);
    await starter.kill();
    expect(await server.waitForEnd(20_000)).toBe(0);
  });
});

interface Review {
  readonly missing: readonly unknown[];
  readonly findings: readonly {
    readonly id: string;
    readonly skill: string;
    readonly file?: string;
    readonly line?: number;
  }[];
}

function start(...args: readonly string[]): ServerProcess {
  const server = new ServerProcess({ dataDir, cwd: join(folder, 'cwd'), args });
  servers.push(server);
  return server;
}

async function addressOf(server: ServerProcess): Promise<string> {
  return (await server.waitFor(/serving on (http:\/\/\S+)/))[1] ?? '';
}

/** Only when no server has the data. */
async function readGoals(): Promise<readonly Goal[]> {
  const store = await openSqliteGoalStore({ path: join(dataDir, 'chorale.db') });
  try {
    return (await store.listGoals(defaultTenant, { limit: 10 })).items;
  } finally {
    await store.close();
  }
}

async function readAttempts(): Promise<readonly { readonly task: Task; readonly attempts: readonly Attempt[] }[]> {
  const store = await openSqliteGoalStore({ path: join(dataDir, 'chorale.db') });
  try {
    const [goal] = (await store.listGoals(defaultTenant, { limit: 1 })).items;
    if (goal === undefined) return [];
    const all = await store.listAttempts(defaultTenant, goal.goalId);
    const tasks = await store.listTasks(defaultTenant, goal.goalId);
    return tasks.map((task) => ({ task, attempts: all.filter((attempt) => attempt.taskNo === task.no) }));
  } finally {
    await store.close();
  }
}

async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`it did not come to pass that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
