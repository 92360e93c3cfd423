import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openSqliteGoalStore } from './open-sqlite-stores.ts';

vi.setConfig({ testTimeout: 120_000 });

const opener = new URL('./open-sqlite-stores.ts', import.meta.url).href;
const children: ChildProcess[] = [];
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chorale-lock-'));
  path = join(folder, 'chorale.db');
});

afterEach(async () => {
  await Promise.all(children.splice(0).map(kill));
  rmSync(folder, { recursive: true });
});

interface Other {
  readonly child: ChildProcess;
  /** `open`, or the code and the message of the refusal. */
  readonly said: string;
}

/** Another process that opens the database and holds it until it is killed. */
function openElsewhere(): Promise<Other> {
  const script = `
    import { openSqliteGoalStore } from ${JSON.stringify(opener)};
    try {
      await openSqliteGoalStore({ path: ${JSON.stringify(path)}, thread: false });
      console.log('open');
      setInterval(() => {}, 1_000);
    } catch (error) {
      console.log(error.code + ': ' + error.message);
    }`;
  const child = spawn(process.execPath, ['--conditions=chorale-source', '--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error('the other process ended and said nothing')));
    child.stdout?.once('data', (chunk: Buffer) => resolve({ child, said: chunk.toString().trim() }));
  });
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

test('[SE3] a database that another process has is refused, with the name of that process', async () => {
  const { child, said } = await openElsewhere();
  expect(said).toBe('open');
  await expect(openSqliteGoalStore({ path, thread: false })).rejects.toMatchObject({
    family: 'refused',
    code: 'store-in-use',
    message: expect.stringContaining(`process ${child.pid} on ${hostname()}, since 20`),
  });
});

test('[SE3] the lock of a process that was killed is free', async () => {
  const { child } = await openElsewhere();
  await kill(child);
  const store = await openSqliteGoalStore({ path, thread: false });
  expect(await store.listWorkers()).toEqual([]);
  await store.close();
});

test('[SE3] of processes that open at once, one has the store and the others are refused', async () => {
  const all = await Promise.all(Array.from({ length: 4 }, openElsewhere));
  const said = all.map((one) => one.said.replace(/:.*/, ''));
  expect(said.toSorted()).toEqual(['open', 'store-in-use', 'store-in-use', 'store-in-use']);
});

test.each([true, false])('[SE3] a second opener in the same process is refused (in threads: %s)', async (thread) => {
  const store = await openSqliteGoalStore({ path });
  try {
    await expect(openSqliteGoalStore({ path, thread })).rejects.toMatchObject({
      code: 'store-in-use',
      message: expect.stringContaining(`process ${process.pid}`),
    });
  } finally {
    await store.close();
  }
  await (await openSqliteGoalStore({ path, thread })).close();
});

test('[SE3] a link to the database leads to the same lock', async () => {
  const store = await openSqliteGoalStore({ path, thread: false });
  const link = join(folder, 'link.db');
  symlinkSync(path, link);
  await expect(openSqliteGoalStore({ path: link, thread: false })).rejects.toMatchObject({ code: 'store-in-use' });
  await store.close();
});

test('a holder that is gone is not named: whoever has the lock has not written its name yet', async () => {
  const { child } = await openElsewhere();
  const holder = { pid: 2 ** 22 + 1, host: hostname(), since: '2020-01-01T00:00:00.000Z' };
  writeFileSync(`${path}.holder`, JSON.stringify(holder));
  await expect(openSqliteGoalStore({ path, thread: false })).rejects.toMatchObject({
    message: `The database ${path} is in use by another process.`,
  });
  await kill(child);
});
