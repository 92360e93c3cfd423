// The files a sandboxed command left in a directory, without believing anything about them: links, pipes and sockets
// are left out, and counts and sizes are bounded.

import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { refused } from '@chorale/lib-errors';

export interface OutputFile {
  /** Below the directory, `/` between segments. */
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
}

export interface OutputFiles {
  /** Sorted by name. */
  readonly files: readonly OutputFile[];
  /** Names of entries that are no plain files. */
  readonly leftOut: readonly string[];
}

const filesMax = 1_000;
const depthMax = 16;
const fileBytesMax = 512 * 1024 * 1024;

const byName = (left: { name: string }, right: { name: string }): number =>
  left.name < right.name ? -1 : left.name > right.name ? 1 : 0;

/** Only called when every process that could change the directory has ended. */
export async function listOutputFiles(directory: string): Promise<OutputFiles> {
  const files: OutputFile[] = [];
  const leftOut: string[] = [];
  const take = async (entry: Dirent, name: string): Promise<void> => {
    const path = join(directory, name);
    if (!entry.isFile()) {
      leftOut.push(name);
      return;
    }
    const { size } = await lstat(path);
    if (size > fileBytesMax) throw tooMuch(`the file ${name} of ${size} bytes`);
    files.push({ name, path, sizeBytes: size });
    if (files.length > filesMax) throw tooMuch(`more than ${filesMax} files`);
  };
  const visit = async (below: string, depth: number): Promise<void> => {
    for (const entry of await readdir(join(directory, below), { withFileTypes: true })) {
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      if (!entry.isDirectory()) await take(entry, name);
      else if (depth >= depthMax) throw tooMuch(`directories deeper than ${depthMax}`);
      else await visit(name, depth + 1);
    }
  };
  await visit('', 0);
  return { files: files.sort(byName), leftOut: leftOut.sort() };
}

function tooMuch(what: string): Error {
  return refused('tool-output-too-large', `The output directory holds ${what}.`, {
    action: 'Write fewer or smaller files, or pack them into one.',
  });
}
