// The files of an audit log as a folder: what other tools serve and read as it is.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { refused } from '@chorale/lib-errors';
import type { LogFiles } from '@chorale/module-access';

/** Where links lead is nobody's log: they are listed as files that are not known, and not followed. */
export function openLogFolder(path: string): LogFiles {
  return {
    async read(file) {
      try {
        return new Uint8Array(await readFile(join(path, ...file.split('/'))));
      } catch (cause) {
        if (isMissing(cause)) return undefined;
        throw refused('log-folder-unreadable', `${join(path, file)} cannot be read: ${String(cause)}`, {
          cause,
          action: 'Let this user read the folder of the log and the files in it.',
        });
      }
    },
    async list() {
      const found = await readdir(path, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
        if (isMissing(cause)) return [];
        throw cause;
      });
      return found
        .filter((entry) => !entry.isDirectory())
        .map((entry) => relative(path, join(entry.parentPath, entry.name)).split(sep).join('/'));
    },
  };
}

/** @throws refused `log-folder-exists`: an export never mixes with what is there. */
export async function writeLogFolder(path: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await mkdir(path, { mode: 0o700 }).catch((cause: unknown) => {
    if ((cause as { readonly code?: string }).code !== 'EEXIST') throw cause;
    throw refused('log-folder-exists', `${path} is there already.`, {
      cause,
      action: 'Name a folder that is not there.',
    });
  });
  for (const [file, bytes] of files) {
    const target = join(path, ...file.split('/'));
    await mkdir(dirname(target), { recursive: true });
    // Values of people may be among them.
    await writeFile(target, bytes, { flag: 'wx', mode: 0o600 });
  }
}

function isMissing(cause: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes((cause as { readonly code?: string }).code ?? '');
}
