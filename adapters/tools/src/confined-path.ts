// Opens files below a directory whose content nobody trusts, and never anything else.
//
// A path is walked one name at a time through open directories (/proc/self/fd/N/name is openat(2) for Node), each
// opened without following links; a link is read and its target walked in the same way, from the same root. So neither
// a link nor a process that swaps a directory for a link while we look leads outside. Linux only, as the sandbox is.
//
// Invariants: CP1 every file opened lies below the root, by the walk and not by comparing names.
//             CP2 only plain files and directories are opened: no device, no pipe that would block, no socket.

import { constants } from 'node:fs';
import { mkdir, open, readlink, type FileHandle } from 'node:fs/promises';
import { refused } from '@chorale/lib-errors';
import { workspaceInsidePath } from '@chorale/module-agents';

/** As the kernel's own limit (path_resolution(7)). */
const linksMax = 40;
const namesMax = 256;
const nameBytesMax = 255;

const openDirectory = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

export type WorkspacePathErrorCode =
  | 'path-outside-workspace'
  | 'path-not-found'
  | 'path-not-a-file'
  | 'path-not-a-directory'
  | 'path-invalid';

const refusal = (code: WorkspacePathErrorCode, message: string, action: string): Error =>
  refused(code, message, { action });

const outside = (path: string): Error =>
  refusal(
    'path-outside-workspace',
    `${JSON.stringify(path)} leads out of the workspace.`,
    'Use a path inside the workspace.',
  );
const notFound = (path: string): Error =>
  refusal(
    'path-not-found',
    `There is no ${JSON.stringify(path)} in the workspace.`,
    'List the files to see what there is.',
  );

const entryOf = (directory: FileHandle, name: string): string => `/proc/self/fd/${directory.fd}/${name}`;

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** The names a path consists of; `..` stays, as it must be walked. An absolute path counts from the root when it begins with the inside path. */
function namesOf(path: string): readonly string[] {
  if (path.includes('\0')) throw refusal('path-invalid', 'The path holds a NUL character.', 'Use a plain path.');
  let rest = path;
  if (path.startsWith('/')) {
    if (path !== workspaceInsidePath && !path.startsWith(`${workspaceInsidePath}/`)) throw outside(path);
    rest = path.slice(workspaceInsidePath.length);
  }
  const names = rest.split('/').filter((name) => name !== '' && name !== '.');
  if (names.length > namesMax || names.some((name) => Buffer.byteLength(name) > nameBytesMax)) {
    throw refusal('path-invalid', `The path ${JSON.stringify(path.slice(0, 80))} is too long.`, 'Use a shorter path.');
  }
  return names;
}

interface Walk {
  /** Open directories from the root to where the walk stands. */
  readonly trail: FileHandle[];
  /** Names still to walk, next first. */
  readonly left: string[];
  readonly path: string;
  readonly createDirectories: boolean;
  linksFollowed: number;
}

async function enterLink(walk: Walk, name: string): Promise<void> {
  const here = walk.trail.at(-1) as FileHandle;
  walk.linksFollowed += 1;
  if (walk.linksFollowed > linksMax)
    throw refusal('path-invalid', `${JSON.stringify(walk.path)} is a loop of links.`, 'Use another path.');
  const target = await readlink(entryOf(here, name));
  if (target.startsWith('/')) await leaveTo(walk, 1);
  walk.left.unshift(...namesOf(target));
}

async function leaveTo(walk: Walk, depth: number): Promise<void> {
  while (walk.trail.length > depth) await walk.trail.pop()?.close();
}

async function enterDirectory(walk: Walk, name: string): Promise<void> {
  const here = walk.trail.at(-1) as FileHandle;
  try {
    walk.trail.push(await open(entryOf(here, name), openDirectory));
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' && walk.createDirectories) {
      await mkdir(entryOf(here, name));
      walk.trail.push(await open(entryOf(here, name), openDirectory));
      return;
    }
    if (code === 'ENOENT') throw notFound(walk.path);
    // O_NOFOLLOW with O_DIRECTORY says ENOTDIR for a link.
    if (code !== 'ENOTDIR' && code !== 'ELOOP') throw error;
    try {
      await enterLink(walk, name);
    } catch (failure) {
      if (codeOf(failure) !== 'EINVAL') throw failure;
      throw refusal(
        'path-not-a-directory',
        `${JSON.stringify(name)} in ${JSON.stringify(walk.path)} is no directory.`,
        'Check the path.',
      );
    }
  }
}

/** Walks to the directory that holds the last name; `..` at the root is refused. The name is undefined when the path is the root itself. */
async function walkToParent(walk: Walk): Promise<string | undefined> {
  for (let name = walk.left.shift(); name !== undefined; name = walk.left.shift()) {
    if (name === '..') {
      if (walk.trail.length === 1) throw outside(walk.path);
      await leaveTo(walk, walk.trail.length - 1);
    } else if (walk.left.length === 0) {
      return name;
    } else {
      await enterDirectory(walk, name);
    }
  }
  return undefined;
}

interface WalkTarget {
  readonly root: string;
  readonly path: string;
  readonly createDirectories: boolean;
}

async function withWalk<T>(target: WalkTarget, use: (walk: Walk) => Promise<T>): Promise<T> {
  const { path, createDirectories } = target;
  const walk: Walk = { trail: [], left: [...namesOf(path)], path, createDirectories, linksFollowed: 0 };
  try {
    walk.trail.push(await open(target.root, constants.O_RDONLY | constants.O_DIRECTORY));
    return await use(walk);
  } finally {
    await leaveTo(walk, 0);
  }
}

async function openLast(walk: Walk, name: string): Promise<FileHandle | undefined> {
  const here = walk.trail.at(-1) as FileHandle;
  try {
    return await open(entryOf(here, name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw notFound(walk.path);
    if (codeOf(error) === 'ENXIO') throw notAFile(walk.path);
    if (codeOf(error) !== 'ELOOP') throw error;
    await enterLink(walk, name);
    return undefined;
  }
}

const notAFile = (path: string): Error =>
  refusal(
    'path-not-a-file',
    `${JSON.stringify(path)} is no plain file.`,
    'Use the path of a file; list-files shows directories.',
  );

/** Opens a plain file for reading and closes it afterwards. */
export function withFile<T>(root: string, path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  return withWalk({ root, path, createDirectories: false }, async (walk) => {
    for (;;) {
      const name = await walkToParent(walk);
      if (name === undefined) throw notAFile(path);
      const file = await openLast(walk, name);
      if (file === undefined) continue;
      try {
        if (!(await file.stat()).isFile()) throw notAFile(path);
        return await use(file);
      } finally {
        await file.close();
      }
    }
  });
}

/** A directory by a path that stays valid while `use` runs, whatever happens to names outside it. */
export function withDirectory<T>(root: string, path: string, use: (heldPath: string) => Promise<T>): Promise<T> {
  return withWalk({ root, path, createDirectories: false }, async (walk) => {
    for (;;) {
      const name = await walkToParent(walk);
      if (name !== undefined) await enterDirectory(walk, name);
      if (walk.left.length === 0) return use(`/proc/self/fd/${(walk.trail.at(-1) as FileHandle).fd}`);
    }
  });
}

/**
 * The directory that holds (or will hold) a file, and the file's name in it; missing directories are made. A link at
 * the end is followed, so that writing through a link within the workspace changes the file it names.
 */
export function withParent<T>(
  root: string,
  path: string,
  use: (heldParent: string, name: string) => Promise<T>,
): Promise<T> {
  const work = async (walk: Walk): Promise<T> => {
    for (;;) {
      const name = await walkToParent(walk);
      if (name === undefined) throw notAFile(path);
      const here = walk.trail.at(-1) as FileHandle;
      try {
        await readlink(entryOf(here, name));
      } catch {
        return use(`/proc/self/fd/${here.fd}`, name);
      }
      await enterLink(walk, name);
    }
  };
  return withWalk({ root, path, createDirectories: true }, work);
}
