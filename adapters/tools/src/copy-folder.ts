// A folder that is no repository, copied: files and links, nothing else, within bounds, and without what tools put there.

import { cp, lstat } from 'node:fs/promises';
import { basename } from 'node:path';
import { refused } from '@chorale/lib-errors';
import type { CancelSignal } from '@chorale/lib-time';

const filesMax = 500_000;

/** Folders that hold what was installed or computed. A repository would ignore them; a bare folder cannot say so. */
export const leftOutNames: readonly string[] = ['.chorale', '.venv', '__pycache__', 'node_modules'];

export interface CopyOptions {
  readonly sizeBytesMax: number;
  readonly signal?: CancelSignal;
}

/** Links stay links: what they lead to is not copied. Throws refused `repository-too-large`. */
export async function copyFolder(from: string, to: string, options: CopyOptions): Promise<void> {
  let files = 0;
  let sizeBytes = 0;
  await cp(from, to, {
    recursive: true,
    verbatimSymlinks: true,
    preserveTimestamps: true,
    filter: async (path) => {
      if (options.signal?.aborted === true) throw refused('checkout-cancelled', `Copying ${from} was cancelled.`);
      const found = await lstat(path);
      if (found.isDirectory() && path !== from && leftOutNames.includes(basename(path))) return false;
      if (!found.isFile()) return found.isDirectory() || found.isSymbolicLink();
      files += 1;
      sizeBytes += found.size;
      if (files <= filesMax && sizeBytes <= options.sizeBytesMax) return true;
      throw refused(
        'repository-too-large',
        `The folder ${from} holds more than ${filesMax} files or ${options.sizeBytesMax} bytes.`,
        {
          action: 'Give a smaller folder, or raise the limit.',
        },
      );
    },
  });
}
