import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@chorale/lib-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ServerProcess } from './server-process.ts';

let folder: string;
let server: ServerProcess | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorale-store-failure-'));
  await mkdir(join(folder, 'cwd'));
});
afterEach(async () => {
  await server?.kill();
  await rm(folder, { recursive: true, force: true });
});

// The writer thread ends when it is given a goal to submit.
const failing = `
  import { isMainThread, parentPort, workerData } from 'node:worker_threads';
  if (!isMainThread && workerData?.role === 'writer')
    parentPort.on('message', (request) => {
      if (request.ask === 'batch' && request.commands.some(({ command }) => command === 'submit-goal')) process.exit(7);
    });`;

test('[SV5] a server whose store has failed ends, says why, and a new one goes on', async () => {
  const place = { dataDir: join(folder, 'data'), cwd: join(folder, 'cwd'), args: ['serve', '--drain-seconds', '1'] };
  const hook = join(folder, 'hook.mjs');
  await writeFile(hook, failing);
  server = new ServerProcess({ ...place, env: { NODE_OPTIONS: `--import=${hook}` } });
  const [, baseUrl = ''] = await server.waitFor(/serving on (http:\/\/\S+)/);
  const definition = 'tasks:\n  nap: { wait: 1h }\n';
  await expect(createClient({ baseUrl, key: server.key }).submitGoal({ definition })).rejects.toThrow(
    /the server has met a defect/,
  );
  expect(await server.waitForEnd()).toBe(1);
  expect(server.output).toContain('store failed');
  expect(server.output).toContain('Start the process again');

  server = new ServerProcess(place);
  const [, again = ''] = await server.waitFor(/serving on (http:\/\/\S+)/);
  const { goal } = await createClient({ baseUrl: again, key: server.key }).submitGoal({ definition });
  expect(goal.state).toBe('running');
});
