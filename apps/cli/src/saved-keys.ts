// The keys that `chorale login` got, by server: in the folder of the user's settings, for this user alone.
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UsageError } from './usage-error.ts';

export interface SavedKeys {
  find(server: string): Promise<string | undefined>;
  save(server: string, key: string): Promise<void>;
  /** False where there was none. */
  drop(server: string): Promise<boolean>;
}

type Env = { readonly [name: string]: string | undefined };

/** Of a user without a folder. */
const none: SavedKeys = {
  find: async () => undefined,
  drop: async () => false,
  async save() {
    throw new UsageError('there is no folder to keep a key in; set XDG_CONFIG_HOME');
  },
};

export function openSavedKeys(env: Env): SavedKeys {
  const home = env['HOME'] ?? env['USERPROFILE'];
  const folder = env['XDG_CONFIG_HOME'] ?? (home === undefined ? undefined : join(home, '.config'));
  if (folder === undefined) return none;
  const path = join(folder, 'chorale', 'keys.json');
  const read = async (): Promise<Record<string, string>> => {
    const text = await readFile(path, 'utf8').catch(() => '{}');
    const found: unknown = JSON.parse(text);
    return typeof found === 'object' && found !== null ? { ...(found as Record<string, string>) } : {};
  };
  const write = async (keys: Record<string, string>): Promise<void> => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const draft = `${path}.${process.pid}`;
    await writeFile(draft, `${JSON.stringify(keys, undefined, 2)}\n`, { mode: 0o600 });
    await chmod(draft, 0o600);
    await rename(draft, path);
  };
  return {
    find: async (server) => (await read().catch((): Record<string, string> => ({})))[server],
    async save(server, key) {
      await write({ ...(await read()), [server]: key });
    },
    async drop(server) {
      const { [server]: dropped, ...rest } = await read();
      if (dropped !== undefined) await write(rest);
      return dropped !== undefined;
    },
  };
}
