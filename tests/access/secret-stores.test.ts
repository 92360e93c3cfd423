// The vault on the embedded store, with the real cipher; and what is left on the disk.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeKeyText, openKeyFile, randomBytes, readKeyText, secretCipher } from '@chorale/adapter-crypto';
import { openSqliteStores } from '@chorale/adapter-sqlite';
import type { TenantId } from '@chorale/lib-ids';
import { openSecretVault, secretPatterns } from '@chorale/module-access';
import { describeSecretStore, type OpenedSecrets } from '@chorale/module-access/secret-store-contract';
import { expect, test } from 'vitest';

const tenantId = 'north' as TenantId;

async function open(path: string): Promise<OpenedSecrets> {
  const { secrets, close } = await openSqliteStores({ path, thread: false });
  return { stores: [secrets], cipher: secretCipher, randomBytes, close };
}

describeSecretStore('SQLite in memory', () => open(':memory:'));

describeSecretStore('a SQLite file', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'chorale-secrets-'));
  const opened = await open(join(directory, 'chorale.db'));
  return {
    ...opened,
    close: async () => {
      await opened.close();
      rmSync(directory, { recursive: true });
    },
  };
});

test('[SK11] no file of the data directory has a secret or a data key in it, in whatever form, at any time', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'chorale-secrets-'));
  const stores = await openSqliteStores({ path: join(directory, 'chorale.db') });
  const made: Uint8Array[] = [];
  const watched = (count: number): Uint8Array => {
    const bytes = randomBytes(count);
    made.push(bytes);
    return bytes;
  };
  const keyFile = join(directory, 'secrets.key');
  const parts = { store: stores.secrets, cipher: secretCipher, randomBytes: watched, now: Date.now };
  const vault = openSecretVault({ ...parts, keys: openKeyFile(keyFile) });
  const values = Array.from({ length: 40 }, (_, no) => `canary-${no}-${makeKeyText()}`);
  for (const [no, value] of values.entries()) await vault.put({ tenantId, name: `S${no}`, value, createdBy: 'ann' });
  await vault.rotateDataKey(tenantId);
  await vault.rekey(tenantId);
  const needles = values.flatMap((value) => secretPatterns(value));
  for (const key of made) {
    const bytes = Buffer.from(key);
    needles.push(bytes.toString('latin1'), bytes.toString('base64').slice(0, 40), bytes.toString('hex'));
  }
  const look = (): readonly string[] =>
    readdirSync(directory)
      .filter((name) => name !== 'secrets.key')
      .filter((name) => {
        const text = readFileSync(join(directory, name)).toString('latin1');
        return needles.some((needle) => text.includes(needle));
      });
  expect(readdirSync(directory)).toEqual(expect.arrayContaining(['chorale.db', 'chorale.db-wal', 'secrets.key']));
  expect(look()).toEqual([]);
  expect(await vault.reveal(tenantId, 'S7')).toBe(values[7]);
  await stores.close();
  expect(look()).toEqual([]);
  // The names are there: what was looked through is what was written.
  expect(readFileSync(join(directory, 'chorale.db')).toString('latin1')).toContain('S39');
  // Nor does the database open anything without the key.
  const again = await openSqliteStores({ path: join(directory, 'chorale.db'), thread: false });
  const keys = readKeyText(makeKeyText(), 'KEY');
  const stranger = openSecretVault({ ...parts, store: again.secrets, keys });
  await expect(stranger.reveal(tenantId, 'S7')).rejects.toMatchObject({ code: 'key-encryption-key-missing' });
  await again.close();
  rmSync(directory, { recursive: true });
});
