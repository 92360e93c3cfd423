// Reads and writes single files of a workspace.

import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { refused } from '@chorale/lib-errors';
import { withFile, withParent } from './confined-path.ts';

export interface ReadText {
  readonly text: string;
  readonly sizeBytes: number;
  readonly truncated: boolean;
}

async function readUpTo(file: FileHandle, bytesMax: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytesMax);
  let filled = 0;
  while (filled < bytesMax) {
    const { bytesRead } = await file.read(buffer, filled, bytesMax - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

function decode(path: string, bytes: Buffer, truncated: boolean): string {
  if (bytes.subarray(0, 8000).includes(0)) {
    throw refused('file-not-text', `${JSON.stringify(path)} is not a text file.`, {
      action: 'Use a tool that reads its format.',
    });
  }
  // While it streams, a character cut at the bound is left out instead of replaced.
  return new TextDecoder('utf-8').decode(bytes, { stream: truncated });
}

export function readWorkspaceText(root: string, path: string, bytesMax: number): Promise<ReadText> {
  return withFile(root, path, async (file) => {
    const { size } = await file.stat();
    const bytes = await readUpTo(file, Math.min(size, bytesMax));
    const truncated = size > bytes.length;
    return { text: decode(path, bytes, truncated), sizeBytes: size, truncated };
  });
}

async function modeOf(path: string): Promise<number | undefined> {
  try {
    const stat = await lstat(path);
    if (!stat.isFile())
      throw refused('path-not-a-file', 'The path names something that is no plain file.', {
        action: 'Choose another name.',
      });
    return stat.mode & 0o777;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Puts a new file in the place of the old: readers see one or the other, a hard link elsewhere keeps the old content,
 * and the mode stays.
 */
export function writeWorkspaceText(root: string, path: string, text: string): Promise<{ readonly created: boolean }> {
  return withParent(root, path, async (parent, name) => {
    const mode = await modeOf(`${parent}/${name}`);
    const temporary = `${parent}/.chorale-${randomUUID()}`;
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    const file = await open(temporary, flags, mode ?? 0o644);
    try {
      await file.writeFile(text);
      if (mode !== undefined) await file.chmod(mode);
      await file.close();
      await rename(temporary, `${parent}/${name}`);
    } catch (error) {
      await file.close();
      await rm(temporary, { force: true });
      throw error;
    }
    return { created: mode === undefined };
  });
}
