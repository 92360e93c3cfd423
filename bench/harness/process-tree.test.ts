import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { cpuMsDuring, findListener, parseStat, processTreeCpuMs } from './process-tree.ts';

/** Burns this much CPU time in a child of a child, then says so. */
const burnMs = 300;
const burn = `
  const end = process.cpuUsage().user + ${burnMs * 1000};
  while (process.cpuUsage().user < end);
`;

test('the CPU time of a grandchild counts for the process on top', async () => {
  const cpuMs = await cpuMsDuring(process.pid, async () => {
    const script = `require('child_process').execFileSync(process.execPath, ['-e', ${JSON.stringify(burn)}])`;
    await once(spawn(process.execPath, ['-e', script]), 'exit');
  });
  expect(cpuMs).toBeGreaterThanOrEqual(burnMs);
});

test('asking for a process that is not there is an error', async () => {
  await expect(processTreeCpuMs(2 ** 22 + 1)).rejects.toThrow('there is no process');
});

test('the name of a process may hold spaces and parentheses', () => {
  const text = '7 (a) b (c) S 3 1 1 0 -1 0 0 0 0 0 10 20 30 40 20 0 1 0';
  expect(parseStat(7, text)).toEqual({ id: 7, parent: 3, cpuMs: 1000 });
});

test('the process that listens on a port is found', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  expect(await findListener(port)).toBe(process.pid);
  server.close();
  await once(server, 'close');
  expect(await findListener(port)).toBeUndefined();
});
