import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkerId } from '@chorale/lib-ids';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describePortHolder } from './port-holder.ts';
import { identifyProcess, isRunning } from './process-identity.ts';
import { WorkerTraces } from './worker-traces.ts';

let child: ChildProcess;
beforeEach(async () => {
  child = spawn('sleep', ['60']);
  await once(child, 'spawn');
});
afterEach(() => void child.kill('SIGKILL'));

async function killChild(): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe('a process', () => {
  test('is known by its number and when it began, and is gone when it was killed', async () => {
    const identity = identifyProcess(child.pid ?? 0);
    expect(identity?.began).toMatch(/^\d+@/);
    if (identity === undefined) throw new Error('no such process');
    expect(isRunning(identity)).toBe(true);
    expect(isRunning({ ...identity, began: '1@another run' })).toBe(false);
    await killChild();
    expect(isRunning(identity)).toBe(false);
  });
});

describe('the traces of workers', () => {
  const mine = 'worker_mine' as WorkerId;
  const other = 'worker_other' as WorkerId;

  test('show whose process is gone, and nobody whose process runs', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'chorale-traces-'));
    try {
      const traces = new WorkerTraces(directory);
      await traces.leave(mine);
      const found = identifyProcess(child.pid ?? 0);
      await writeFile(join(directory, other), JSON.stringify({ ...found, host: (await import('node:os')).hostname() }));
      await writeFile(
        join(directory, 'worker_elsewhere'),
        JSON.stringify({ ...found, began: 'long ago', host: 'another-host' }),
      );
      await writeFile(join(directory, 'worker_torn'), '{"pid":');
      expect(await traces.findGone()).toEqual([]);
      await killChild();
      expect(await traces.findGone()).toEqual([other]);
      await traces.remove(other);
      expect(await traces.findGone()).toEqual([]);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});

test('whoever listens on a port is named', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  try {
    expect(describePortHolder((server.address() as AddressInfo).port)).toContain(`process ${process.pid} (`);
  } finally {
    server.close();
  }
});
