// The host side of the sandbox suite: directories, services and processes for a command to reach in vain.

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SandboxDriver } from '@chorale/module-agents';
import type { HostDirectory, ProbeTargets, SandboxFixture } from '@chorale/module-agents/sandbox-driver-contract';
import { findArchitecture } from './seccomp-policy.ts';
import { findSystemCallNumber, type SystemCall } from './syscall-numbers.ts';

/** In the environment of this process, for a command to find. */
const canary = `canary-${randomUUID()}`;
process.env['CHORALE_TEST_CANARY'] = canary;

const made: string[] = [];

async function makeDirectory(): Promise<HostDirectory> {
  const path = await mkdtemp(join(tmpdir(), 'chorale-suite-'));
  made.push(path);
  return {
    path,
    write: (name, text) => writeFile(join(path, name), text),
    link: (name, target) => symlink(target, join(path, name)),
    read: async (name) => {
      try {
        return await readFile(join(path, name), 'utf8');
      } catch {
        return undefined;
      }
    },
  };
}

export async function removeMadeDirectories(): Promise<void> {
  await Promise.all(made.splice(0).map((path) => rm(path, { recursive: true, force: true })));
}

async function listen(where: number | string): Promise<Server> {
  const server = createServer((socket) => socket.end());
  server.listen(where === 0 ? { port: 0, host: '127.0.0.1' } : { path: where as string });
  await once(server, 'listening');
  return server;
}

function systemCall(name: string): number {
  const architecture = findArchitecture(process.arch);
  const number = architecture === undefined ? undefined : findSystemCallNumber(name as SystemCall, architecture);
  if (number === undefined) throw new Error(`no number is known for the system call ${name} on ${process.arch}`);
  return number;
}

async function openTargets(): Promise<{ targets: ProbeTargets; close: () => Promise<void> }> {
  const directory = await makeDirectory();
  const secret = `secret-${randomUUID()}`;
  await directory.write('secret', secret);
  const abstractName = `chorale-${randomUUID()}`;
  const socketPath = join(directory.path, 'socket');
  const tcp = await listen(0);
  const servers = [tcp, await listen(`\0${abstractName}`), await listen(socketPath)];
  const victimMarker = `victim-${randomUUID()}`;
  const victim = spawn('/usr/bin/perl', ['-e', 'sleep 600', victimMarker], {
    stdio: 'ignore',
    cwd: directory.path,
    // What this process sets for itself shows in no /proc/*/environ; what it starts others with does.
    env: { CHORALE_TEST_CANARY: canary },
  });
  return {
    targets: {
      secretPath: join(directory.path, 'secret'),
      secret,
      canary,
      tcpPort: (tcp.address() as AddressInfo).port,
      abstractName,
      socketPath,
      victimPid: victim.pid as number,
      victimMarker,
      systemCall,
    },
    close: async () => {
      const ended = once(victim, 'exit');
      victim.kill('SIGKILL');
      await ended;
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

async function countProcesses(text: string): Promise<number> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(names.map((name) => readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter((line) => line.includes(text)).length;
}

export function createHostFixture(open: () => Promise<SandboxDriver>): SandboxFixture {
  return {
    open,
    makeDirectory,
    openTargets,
    countProcesses,
    makeAbort: () => {
      const controller = new AbortController();
      return { signal: controller.signal, abort: () => controller.abort() };
    },
    marker: () => `marker-${randomUUID()}`,
  };
}
