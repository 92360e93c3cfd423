// Under which key the command asks: the one that is named, else that of a server of this machine.
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Surroundings } from './session.ts';

export interface KeyPlace extends Pick<Surroundings, 'env' | 'readText'> {
  readonly server: string;
  readonly keyFile?: string | undefined;
  readonly cwd?: string;
  /** Of a login at that server. */
  readonly savedKey?: (server: string) => Promise<string | undefined>;
}

/** `npm start` keeps its data in the folder of the checkout. */
const installation = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** Undefined where none is found: the server says what to do. */
export async function findKey({
  env,
  readText,
  server,
  keyFile,
  cwd = '.',
  savedKey,
}: KeyPlace): Promise<string | undefined> {
  if (keyFile !== undefined) return (await readText(keyFile)).trim();
  const named = env['CHORALE_KEY'];
  if (named !== undefined && named !== '') return named;
  const saved = await savedKey?.(server);
  if (saved !== undefined) return saved;
  // What lies in a data directory of this machine is for no other.
  if (!isLoopback(server)) return undefined;
  for (const folder of dataFolders(env['CHORALE_DATA_DIR'], cwd)) {
    const key = await readText(join(folder, 'access', 'local-key')).catch(() => '');
    if (key !== '') return key.trim();
  }
  return undefined;
}

/** The folder a server would take that is started here, then those of the folders above, as git looks for its own. */
function dataFolders(named: string | undefined, cwd: string): readonly string[] {
  if (named !== undefined && named !== '') return [resolve(cwd, named)];
  const folders: string[] = [];
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    folders.push(join(folder, '.chorale'));
    if (dirname(folder) === folder) break;
  }
  return [...folders, join(installation, '.chorale')];
}

function isLoopback(server: string): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(server).hostname);
}
