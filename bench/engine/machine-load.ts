// What a process holds and what the rest of the machine does meanwhile, from /proc (Linux).

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

const msPerTick = 10;

/** CPU time of the whole machine since it started, without idle time, in milliseconds summed over its cores. */
export async function machineCpuMs(): Promise<number> {
  const line = (await readFile('/proc/stat', 'utf8')).split('\n')[0] ?? '';
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line.split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softirq + steal) * msPerTick;
}

/** The most memory that a process has held at once. */
export async function peakMemoryBytes(processId: number): Promise<number> {
  const status = await readFile(`/proc/${processId}/status`, 'utf8');
  const found = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  if (found === undefined) throw new Error(`/proc/${processId}/status does not say how much memory the process held.`);
  return Number(found) * 1024;
}

/** The length of a folder's files (not what is allocated ahead for them); files that vanish meanwhile count as nothing. */
export async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sizes = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
