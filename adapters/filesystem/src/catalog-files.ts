// Reads catalogue files from disk that nobody may have looked at before: no symbolic link is followed, every count and size
// is bounded, and what is refused is reported instead of failing the whole discovery.

import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CatalogProblemCode, Problem } from '@chorale/module-catalog';

const definitionBytesMax = 256 * 1024;
const entriesMax = 1_000;
const skillFilesMax = 500;
const depthMax = 6;

export interface FoundFile {
  readonly path: string;
  readonly text: string;
}

/** Collects what was refused while one layer is read. */
export class LayerReader {
  readonly problems: Problem[] = [];

  report(code: CatalogProblemCode, message: string, path: string): void {
    this.problems.push({ severity: 'error', code, message, path, line: 1, column: 1 });
  }

  /** Plain files directly in a folder whose name ends with one of `endings`, sorted by name; none when the folder is absent. */
  async filesIn(folder: string, endings: readonly string[]): Promise<FoundFile[]> {
    const found: FoundFile[] = [];
    for (const entry of await this.#entries(folder)) {
      if (!endings.some((ending) => entry.name.endsWith(ending))) continue;
      const path = join(folder, entry.name);
      if (entry.isSymbolicLink()) {
        this.report('file-outside', 'symbolic links are not followed in a catalogue; put the file itself here', path);
      } else if (entry.isFile()) {
        const text = await this.readText(path);
        if (text !== undefined) found.push({ path, text });
      }
    }
    return found;
  }

  /** Names of plain folders directly in a folder, sorted. */
  async foldersIn(folder: string): Promise<string[]> {
    const names: string[] = [];
    for (const entry of await this.#entries(folder)) {
      if (entry.isDirectory()) names.push(entry.name);
      else if (entry.isSymbolicLink()) {
        const path = join(folder, entry.name);
        this.report('file-outside', 'symbolic links are not followed in a catalogue; put the folder itself here', path);
      }
    }
    return names;
  }

  /** Every plain file under a folder, relative to it and sorted; undefined when it holds too much, which is reported. */
  async allFiles(folder: string): Promise<string[] | undefined> {
    const files: string[] = [];
    const pending = [{ relative: '', depth: 0 }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      for (const entry of await this.#entries(join(folder, next.relative))) {
        const relative = next.relative === '' ? entry.name : `${next.relative}/${entry.name}`;
        if (entry.isFile()) files.push(relative);
        else if (entry.isDirectory()) pending.push({ relative, depth: next.depth + 1 });
        else this.report('file-outside', 'only plain files and folders belong in a catalogue', join(folder, relative));
      }
      if (files.length > skillFilesMax || pending.some((item) => item.depth > depthMax)) {
        const limits = `more than ${skillFilesMax} files or ${depthMax} levels`;
        this.report('folder-too-large', `the folder holds ${limits} and was not read`, folder);
        return undefined;
      }
    }
    return files.toSorted();
  }

  async readText(path: string): Promise<string | undefined> {
    const bytes = await this.readBytes(path, definitionBytesMax);
    return bytes?.toString('utf8');
  }

  /** The file's bytes; undefined, and reported, when it is missing, not a plain file, a link, or larger than `sizeBytesMax`. */
  async readBytes(path: string, sizeBytesMax: number): Promise<Buffer | undefined> {
    try {
      // Not blocking: a named pipe put in the file's place must not hold the process.
      const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      try {
        const stat = await handle.stat();
        if (!stat.isFile()) {
          this.report('file-unreadable', 'this is not a plain file', path);
          return undefined;
        }
        if (stat.size > sizeBytesMax) {
          this.report('file-too-large', `the file has ${stat.size} bytes; at most ${sizeBytesMax} are read`, path);
          return undefined;
        }
        return await handle.readFile();
      } finally {
        await handle.close();
      }
    } catch (error) {
      this.report('file-unreadable', `the file cannot be read: ${(error as Error).message}`, path);
      return undefined;
    }
  }

  async #entries(folder: string) {
    try {
      const entries = await readdir(folder, { withFileTypes: true });
      if (entries.length > entriesMax) {
        this.report(
          'folder-too-large',
          `the folder has ${entries.length} entries; the first ${entriesMax} were read`,
          folder,
        );
      }
      return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1)).slice(0, entriesMax);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== 'ENOENT' && code !== 'ENOTDIR') {
        this.report('file-unreadable', `the folder cannot be read: ${(error as Error).message}`, folder);
      }
      return [];
    }
  }
}
