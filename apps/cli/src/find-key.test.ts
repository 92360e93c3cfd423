import { expect, test } from 'vitest';
import { findKey } from './find-key.ts';
import { UsageError } from './usage-error.ts';

const local = 'http://127.0.0.1:7717';

function find(place: {
  readonly server?: string;
  readonly env?: Record<string, string>;
  readonly keyFile?: string;
  readonly files?: Record<string, string>;
}) {
  const { server = local, env = {}, keyFile, files = {} } = place;
  const readText = async (path: string): Promise<string> => {
    const text = files[path];
    if (text === undefined) throw new UsageError(`${path} cannot be read`);
    return text;
  };
  return findKey({ server, env, keyFile, readText, cwd: '/srv/work/src' });
}

const nearby = { '/srv/work/.chorale/access/local-key': 'of-work\n' };

test('a key that is named wins, a file over the variable, and a file that is not there is a mistake', async () => {
  const files = { ...nearby, 'my.key': 'of-file\n' };
  expect(await find({ files, keyFile: 'my.key', env: { CHORALE_KEY: 'of-variable' } })).toBe('of-file');
  expect(await find({ files, env: { CHORALE_KEY: 'of-variable' } })).toBe('of-variable');
  await expect(find({ files, keyFile: 'other.key' })).rejects.toThrow(UsageError);
});

test('the key of a server of this machine is found in its data directory, from folders below as well', async () => {
  expect(await find({ files: nearby })).toBe('of-work');
  expect(await find({ files: nearby, server: 'http://localhost:80' })).toBe('of-work');
  expect(await find({ files: nearby, server: 'http://[::1]:80' })).toBe('of-work');
  const named = { '/srv/work/src/data/access/local-key': 'of-data' };
  expect(await find({ files: { ...nearby, ...named }, env: { CHORALE_DATA_DIR: 'data' } })).toBe('of-data');
  expect(await find({ files: nearby, env: { CHORALE_DATA_DIR: '/other' } })).toBeUndefined();
});

test('no other machine is ever sent the key of this one', async () => {
  for (const server of ['http://chorale.lan:7717', 'https://127.0.0.1.evil.example', 'http://10.0.0.1'])
    expect(await find({ files: nearby, server })).toBeUndefined();
});
