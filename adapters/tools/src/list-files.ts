// Lists what lies below a directory of the workspace, without following links.

import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { matchesGlob } from 'node:path';
import type { ToolDefinition } from '@chorale/module-agents';
import { withDirectory } from './confined-path.ts';

interface ListFilesArguments {
  readonly path: string;
  readonly pattern?: string;
  readonly depth: number;
  readonly limit: number;
}

type ListedEntry = {
  readonly path: string;
  readonly type: 'file' | 'directory' | 'link' | 'other';
  readonly sizeBytes?: number;
};

/** Directories read in one call, so that a pattern that matches nothing ends too. */
const directoriesMax = 20_000;

export const listFilesTool: ToolDefinition<ListFilesArguments> = {
  name: 'list-files',
  description:
    'Lists files and directories below a directory of the workspace, nearest first. `pattern` is a glob over the path, such as **/*.ts.',
  inputSchema: {
    type: 'object',
    properties: {
      path: { type: 'string', maxLength: 4_096, default: '.' },
      pattern: { type: 'string', minLength: 1, maxLength: 200 },
      depth: { type: 'integer', minimum: 1, maximum: 64, default: 3 },
      limit: { type: 'integer', minimum: 1, maximum: 5_000, default: 500 },
    },
    additionalProperties: false,
  },
  idempotent: true,
  effects: 'reads',
  run: async (args, context) => {
    const { entries, truncated } = await listBelow(context.workspace, args);
    return { output: { entries, truncated } };
  },
};

function typeOf(entry: Dirent): ListedEntry['type'] {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  return entry.isSymbolicLink() ? 'link' : 'other';
}

async function describe(held: string, entry: Dirent, path: string): Promise<ListedEntry> {
  const type = typeOf(entry);
  if (type !== 'file') return { path, type };
  try {
    return { path, type, sizeBytes: (await lstat(`${held}/${entry.name}`)).size };
  } catch {
    return { path, type }; // Removed meanwhile.
  }
}

const byName = (left: Dirent, right: Dirent): number => (left.name < right.name ? -1 : 1);

async function listBelow(
  root: string,
  args: ListFilesArguments,
): Promise<{ readonly entries: ListedEntry[]; readonly truncated: boolean }> {
  const start = args.path.replace(/^(\.\/)+|\/+$/g, '');
  const waiting = [{ path: start === '.' ? '' : start, depth: 1 }];
  const entries: ListedEntry[] = [];
  let directories = 0;
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { path, depth } = next;
    directories += 1;
    if (directories > directoriesMax) return { entries, truncated: true };
    const full = await withDirectory(root, path, async (held) => {
      for (const entry of (await readdir(held, { withFileTypes: true })).sort(byName)) {
        const entryPath = path === '' ? entry.name : `${path}/${entry.name}`;
        if (entry.isDirectory() && depth < args.depth && entry.name !== '.git')
          waiting.push({ path: entryPath, depth: depth + 1 });
        if (args.pattern !== undefined && !matchesGlob(entryPath, args.pattern)) continue;
        if (entries.length >= args.limit) return true;
        entries.push(await describe(held, entry, entryPath));
      }
      return false;
    });
    if (full) return { entries, truncated: true };
  }
  return { entries, truncated: false };
}
