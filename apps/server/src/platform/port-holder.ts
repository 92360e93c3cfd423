// Who listens on a port, as far as the system lets us see.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A sentence part such as `process 4711 (node server.js)`. */
export function describePortHolder(port: number): string {
  const inodes = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => listeningInodes(file, port)));
  if (inodes.size === 0) return 'another program';
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (holdsSocket(pid, inodes)) return `process ${pid} (${readCommand(pid)})`;
  }
  return 'a program of another user';
}

function listeningInodes(file: string, port: number): readonly string[] {
  const listening = '0A';
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return readText(file)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(`:${wanted}`) === true && fields[3] === listening)
    .flatMap((fields) => fields[9] ?? []);
}

function holdsSocket(pid: string, inodes: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      const inode = /^socket:\[(\d+)\]$/.exec(readLink(`/proc/${pid}/fd/${fd}`))?.[1];
      return inode !== undefined && inodes.has(inode);
    });
  } catch {
    // Another user's process, or one that has just ended.
    return false;
  }
}

function readCommand(pid: string): string {
  return readText(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim().slice(0, 120) || 'unknown';
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
