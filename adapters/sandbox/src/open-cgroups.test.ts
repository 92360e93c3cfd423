// Chooses a place and writes limits in a directory that stands in for cgroupfs. The real thing is in the driver suites.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sandboxLimitsDefault } from '@chorale/module-agents';
import type { CgroupLocation } from './cgroup-location.ts';
import { reapCgroups } from './cgroup-reaper.ts';
import { openCgroups } from './open-cgroups.ts';
import { readProcessStat } from './process-tree.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'chorale-cgroups-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const limits = { ...sandboxLimitsDefault, memoryBytes: 64 * 1024 * 1024, cpus: 0.5, pids: 32 };

/** A group of a v2 tree as the kernel would show it. `handsDown` is what groups inside it may use. */
function group(path: string, handsDown: string): string {
  const directory = join(root, path);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'cgroup.procs'), '');
  writeFileSync(join(directory, 'cgroup.subtree_control'), handsDown);
  // Every group but the machine's root has it: this tree is a part of one, as a container sees it.
  writeFileSync(join(directory, 'cgroup.type'), 'domain');
  return directory;
}

const v2 = (directory: string): readonly CgroupLocation[] => [
  { version: 2, controllers: [], mountPoint: root, directory },
];

function settingsOf(directory: string): Readonly<Record<string, string>> {
  const name = readdirSync(directory).find((entry) => entry.startsWith('chorale-')) as string;
  const made = join(directory, name);
  return Object.fromEntries(readdirSync(made).map((file) => [file, readFileSync(join(made, file), 'utf8')]));
}

test('[SB26] on v2 a group is made beside our own, in the nearest ancestor that hands the controllers down', async () => {
  group('', 'memory pids cpu');
  const slice = group('user.slice', 'memory pids cpu');
  const own = group('user.slice/app.scope', '');
  const manager = openCgroups(v2(own));
  expect(manager).toMatchObject({ version: 'v2', warnings: [], bases: [slice] });
  const made = await manager.create(limits);
  await made.add(4711);
  expect(settingsOf(slice)).toEqual({
    'memory.max': String(limits.memoryBytes),
    'memory.swap.max': '0',
    'memory.oom.group': '1',
    'pids.max': '33',
    'cpu.max': '50000 100000',
    'cgroup.procs': '4711',
  });
});

test('[SB26] an ancestor that hands down more is taken over a nearer one', () => {
  const top = group('', 'memory pids cpu');
  group('slice', 'memory');
  expect(openCgroups(v2(group('slice/own', ''))).bases).toEqual([top]);
});

test('[SB26] a group that was handed to us whole gets a group inside for what runs in it', () => {
  const own = group('', '');
  writeFileSync(join(own, 'cgroup.controllers'), 'cpu io memory pids');
  writeFileSync(join(own, 'cgroup.procs'), '4711\n');
  mkdirSync(join(own, 'chorale-main'));
  openCgroups(v2(own));
  expect(readFileSync(join(own, 'chorale-main', 'cgroup.procs'), 'utf8')).toBe('4711');
  // The kernel adds to what is enabled; a plain file holds the last word.
  expect(readFileSync(join(own, 'cgroup.subtree_control'), 'utf8')).toBe('+cpu');
});

test('[SB26] on v1 each limit goes to its own tree', async () => {
  const places = ['memory', 'pids', 'cpu', 'cpuacct'].map((name): CgroupLocation => {
    const directory = join(root, name);
    mkdirSync(directory);
    return { version: 1, controllers: [name], mountPoint: directory, directory };
  });
  const manager = openCgroups(places);
  expect(manager.version).toBe('v1');
  await manager.create(limits);
  expect(settingsOf(join(root, 'memory'))).toEqual({
    'memory.limit_in_bytes': String(limits.memoryBytes),
    'memory.memsw.limit_in_bytes': String(limits.memoryBytes),
  });
  expect(settingsOf(join(root, 'pids'))).toEqual({ 'pids.max': '33' });
  expect(settingsOf(join(root, 'cpu'))).toEqual({ 'cpu.cfs_period_us': '100000', 'cpu.cfs_quota_us': '50000' });
  expect(settingsOf(join(root, 'cpuacct'))).toEqual({});
});

test('[SB26] usage is read where each version keeps it', async () => {
  const parent = group('', 'memory pids cpu');
  const made = await openCgroups(v2(group('own', ''))).create(limits);
  const directory = join(parent, readdirSync(parent).find((entry) => entry.startsWith('chorale-')) as string);
  writeFileSync(join(directory, 'cpu.stat'), 'usage_usec 2500000\nuser_usec 1\n');
  writeFileSync(join(directory, 'memory.peak'), '1048576\n');
  writeFileSync(join(directory, 'memory.events'), 'low 0\noom 2\noom_kill 1\n');
  writeFileSync(join(directory, 'pids.events'), 'max 7\n');
  expect(made.usage()).toEqual({ cpuMs: 2500, memoryBytesMax: 1048576, oomKills: 1, pidsRefused: 7 });
});

test('[SB26] without a place there are no cgroups, and the operator is told how to have them', () => {
  const manager = openCgroups([]);
  expect(manager.version).toBe('none');
  expect(manager.warnings.join()).toMatch(/memory, pids, cpu.*Delegate=yes/);
});

test('[SB27] groups of a process that died are removed, those of a living one stay', () => {
  const startTicks = readProcessStat(process.pid)?.startTicks ?? 0;
  const living = `chorale-${process.pid}-${startTicks}-1`;
  // The same number, but another process had it; and a number no process has.
  const dead = [`chorale-${process.pid}-${startTicks + 1}-1`, 'chorale-4194305-1-2'];
  for (const name of [living, ...dead, 'other']) mkdirSync(join(root, name));
  expect([...reapCgroups([root, join(root, 'missing')])].sort()).toEqual(dead.map((name) => join(root, name)).sort());
  expect(readdirSync(root).sort()).toEqual([living, 'other'].sort());
});
