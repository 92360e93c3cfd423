// The key under which programs of this machine act as the owner: whoever may read the data directory, holds it.
//
// Owns:       the file, made at the first start with mode 0600. Whoever deletes it has a new one at the next start.
// Invariants: LK1 keys are compared by their hashes, in constant time.
import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmod, mkdir, open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { refused } from '@chorale/lib-errors';

const keyPrefix = 'chorale-local-';
const keyBytes = 32;

export interface LocalKey {
  matches(given: string): boolean;
}

/** @throws refused `local-key-unreadable` when others may read it, or it holds something else. */
export async function openLocalKey(dataDir: string): Promise<LocalKey> {
  const folder = join(dataDir, 'access');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const path = join(folder, 'local-key');
  const expected = sha256(await readOrMake(path));
  return { matches: (given) => timingSafeEqual(sha256(given), expected) };
}

async function readOrMake(path: string): Promise<string> {
  try {
    const file = await open(path, 'wx', 0o600);
    const key = `${keyPrefix}${randomBytes(keyBytes).toString('base64url')}`;
    await file.writeFile(`${key}\n`);
    await file.sync();
    await file.close();
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const { mode } = await stat(path);
  const key = (await readFile(path, 'utf8')).trim();
  if ((mode & 0o077) === 0 && key.startsWith(keyPrefix) && key.length > keyPrefix.length + keyBytes) return key;
  const why = (mode & 0o077) === 0 ? 'holds no key' : 'can be read by others';
  throw refused('local-key-unreadable', `${path} ${why}`, {
    action: `Delete it; the next start makes a new one with mode 0600.`,
  });
}

function sha256(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
