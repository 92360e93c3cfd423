// CPU time from /proc (Linux). A process's figure includes children it has waited for; those still alive are added, so
// that the sum over a tree never falls while its processes come and go.

import { readdir, readFile, readlink } from 'node:fs/promises';

/** The kernel's unit in /proc; 100 a second on every Linux that Node runs on (USER_HZ). */
const ticksPerSecond = 100;

interface ProcessTimes {
  readonly id: number;
  readonly parent: number;
  readonly cpuMs: number;
}

/** CPU time, user and system, used so far by a process and all its descendants. Throws when there is no such process. */
export async function processTreeCpuMs(id: number): Promise<number> {
  const all = await readProcesses();
  const top = all.find((found) => found.id === id);
  if (top === undefined) throw new Error(`there is no process ${id} to read the CPU time of.`);
  let sum = 0;
  let generation = [top];
  while (generation.length > 0) {
    for (const found of generation) sum += found.cpuMs;
    const parents = new Set(generation.map((found) => found.id));
    generation = all.filter((found) => parents.has(found.parent));
  }
  return sum;
}

/** CPU time that a process tree spends while `work` runs. */
export async function cpuMsDuring(id: number, work: () => Promise<void>): Promise<number> {
  const before = await processTreeCpuMs(id);
  await work();
  return (await processTreeCpuMs(id)) - before;
}

async function readProcesses(): Promise<readonly ProcessTimes[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(names.map((name) => readProcess(Number(name))));
  return found.filter((times) => times !== undefined);
}

async function readProcess(id: number): Promise<ProcessTimes | undefined> {
  // A process may end between the listing and the reading.
  const text = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parseStat(id, text);
}

/** proc(5): the name stands in parentheses and may contain anything, so fields are counted from the last one. */
export function parseStat(id: number, text: string): ProcessTimes {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const number = (index: number): number => Number(fields[index]);
  const ticks = number(11) + number(12) + number(13) + number(14);
  return { id, parent: number(1), cpuMs: (ticks * 1000) / ticksPerSecond };
}

/** The process that listens on a TCP port of this machine: the database or broker whose CPU time is asked for. */
export async function findListener(port: number): Promise<number | undefined> {
  const sockets = await listeningSockets(port);
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const holders: number[] = [];
  for (const name of names) {
    const handles = await readdir(`/proc/${name}/fd`).catch(() => []);
    const targets = await Promise.all(handles.map((fd) => readlink(`/proc/${name}/fd/${fd}`).catch(() => '')));
    if (targets.some((target) => sockets.has(target))) holders.push(Number(name));
  }
  // A server that forks leaves the socket open in its children; the first of the family is the one to watch.
  return holders.length === 0 ? undefined : Math.min(...holders);
}

async function listeningSockets(port: number): Promise<ReadonlySet<string>> {
  const listening = '0A';
  const sockets = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const text = await readFile(table, 'utf8').catch(() => '');
    for (const line of text.split('\n').slice(1)) {
      const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
      const isPort = Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16) === port;
      if (isPort && state === listening) sockets.add(`socket:[${inode}]`);
    }
  }
  return sockets;
}
