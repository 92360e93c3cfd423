// The folders of an older agent system on this machine: found, copied beside themselves, and read. They are never changed.
import { createHash } from 'node:crypto';
import { cp, lstat, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import type { StateFile } from '@chorale/lib-client';
import { UsageError } from './usage-error.ts';

const stateFolders = ['.agent_state', '.agent_knowledge'];
/** Files of it that have something to remember; whatever else is there stays there. */
const wanted = /\.(json|jsonl)(\.backup)?$/;
/** Copies of files that were edited: other people's code, and much of it. */
const leftOut = new Set(['backups']);
const depthMax = 4;
const bytesMax = 24 * 1024 * 1024;

/** The folder itself, or those below it. */
export async function findStateFolders(path: string): Promise<readonly string[]> {
  const folder = resolve(path);
  const below = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new UsageError(`${path} is no folder that can be read`, { cause });
  });
  const found = below.filter((entry) => entry.isDirectory() && stateFolders.includes(entry.name));
  if (found.length > 0) return found.map(({ name }) => join(folder, name));
  if (stateFolders.includes(basename(folder)) || below.some(({ name }) => wanted.test(name))) return [folder];
  throw new UsageError(`${path} has neither .agent_state nor .agent_knowledge in it, nor files of theirs`);
}

export async function readStateFolder(folder: string): Promise<readonly StateFile[]> {
  const files: StateFile[] = [];
  let bytes = 0;
  for (const path of await listFiles(folder, 0)) {
    const { size, mtimeMs } = await stat(path);
    bytes += size;
    if (bytes > bytesMax)
      throw new UsageError(`${folder} has more than ${bytesMax / 1_048_576} MiB; move some files out and import twice`);
    files.push({ path: nameOf(folder, path), text: await readFile(path, 'utf8'), modifiedAt: Math.round(mtimeMs) });
  }
  return files;
}

/** Symbolic links are not followed: they lead out of the folder. */
async function listFiles(folder: string, depth: number): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isFile() && wanted.test(entry.name)) found.push(path);
    else if (entry.isDirectory() && depth < depthMax && !leftOut.has(entry.name))
      found.push(...(await listFiles(path, depth + 1)));
  }
  return found;
}

function nameOf(folder: string, path: string): string {
  return [basename(folder), ...relative(folder, path).split(sep)].join('/');
}

/** A copy of the folder beside it; every file that is imported was compared with its copy. Answers where it is. */
export async function backUpFolder(folder: string, stamp: string): Promise<string> {
  const copy = `${folder}.backup-${stamp}`;
  const there = await lstat(copy).catch(() => undefined);
  if (there !== undefined) throw new UsageError(`${copy} is there already; wait a second and try again`);
  await cp(folder, copy, { recursive: true, errorOnExist: true, force: false, verbatimSymlinks: true });
  for (const path of await listFiles(folder, 0)) {
    const other = join(copy, relative(folder, path));
    if ((await hashOf(path)) !== (await hashOf(other)))
      throw new UsageError(`${path} changed while it was copied; stop what writes to it and try again`);
  }
  return copy;
}

async function hashOf(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}
