// What every SecretStore must do, whatever keeps its rows, and what the vault does on it. Call it with a way to open an
// empty store, and with the ciphers of the platform.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TenantId } from '@chorale/lib-ids';
import type { KeyEncryptionKeys, SecretCipher } from './secrets/key-encryption.ts';
import type { SealedSecret, WrappedDataKey } from './secrets/secret.ts';
import type { SecretStore } from './secrets/secret-store.ts';
import { openSecretVault, type SecretVault } from './secrets/secret-vault.ts';

export interface OpenedSecrets {
  /** One or several on the same rows: what concurrent processes would have. */
  readonly stores: readonly SecretStore[];
  readonly cipher: SecretCipher;
  readonly randomBytes: (count: number) => Uint8Array;
  close(): Promise<void>;
}

const north = 'north' as TenantId;
const south = 'south' as TenantId;
const token = { tenantId: north, name: 'TOKEN', createdBy: 'ann' };

/** Named keys of the test; the first wraps. */
function keysOf({ cipher }: OpenedSecrets, ...names: readonly string[]): KeyEncryptionKeys {
  const keyOf = (name: string): Uint8Array => new Uint8Array(32).fill(name.charCodeAt(0));
  return {
    current: async () => names[0]!,
    wrap: async (key, bound) => ({ wrappedBy: names[0]!, wrapped: cipher.seal(keyOf(names[0]!), key, bound) }),
    unwrap: async ({ wrappedBy, wrapped }, bound) =>
      names.includes(wrappedBy) ? cipher.open(keyOf(wrappedBy), wrapped, bound) : undefined,
  };
}

function vaultsOf(opened: OpenedSecrets, ...names: readonly string[]): readonly SecretVault[] {
  const { cipher, randomBytes } = opened;
  const keys = keysOf(opened, ...names);
  return opened.stores.map((store) => openSecretVault({ store, cipher, keys, randomBytes, now: () => 1_000 }));
}

export function describeSecretStore(name: string, open: () => Promise<OpenedSecrets>): void {
  describe(`secret store on ${name}`, () => {
    let opened: OpenedSecrets;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());
    describeUse(() => opened);
    describeKeys(() => opened);
    describeRows(() => opened);
  });
}

function describeUse(current: () => OpenedSecrets): void {
  test('[SK2] a secret is found by its name, in its tenant alone, the newest version unless one is named', async () => {
    const [vault] = vaultsOf(current(), 'a') as [SecretVault];
    expect(await vault.put({ ...token, value: 'first é' })).toMatchObject({ version: 1, dataKey: 1 });
    expect(await vault.put({ ...token, value: 'second' })).toMatchObject({ version: 2, createdBy: 'ann' });
    await vault.put({ ...token, tenantId: south, value: 'of south' });
    expect(await vault.reveal(north, 'TOKEN')).toBe('second');
    expect(await vault.reveal(north, 'TOKEN', 1)).toBe('first é');
    expect(await vault.reveal(south, 'TOKEN')).toBe('of south');
    const problem = { family: 'refused', code: 'secret-not-found' };
    await expect(vault.reveal(south, 'TOKEN', 2)).rejects.toMatchObject(problem);
    await expect(vault.reveal(north, 'OTHER')).rejects.toMatchObject(problem);
  });

  test('[SK2] secrets are listed without what they are, and dropped in all versions', async () => {
    const [vault] = vaultsOf(current(), 'a') as [SecretVault];
    for (const name of ['B', 'A', 'B']) await vault.put({ ...token, name, value: 'value of it' });
    const row = { tenantId: north, dataKey: 1, createdAt: 1_000, createdBy: 'ann' };
    expect(await vault.list(north)).toEqual([
      { ...row, name: 'A', version: 1 },
      { ...row, name: 'B', version: 2 },
    ]);
    expect(await vault.list(south)).toEqual([]);
    expect([await vault.drop(south, 'B'), await vault.drop(north, 'B'), await vault.drop(north, 'B')]).toEqual([
      false,
      true,
      false,
    ]);
    await expect(vault.reveal(north, 'B', 1)).rejects.toMatchObject({ code: 'secret-not-found' });
    expect(await vault.put({ ...token, name: 'B', value: 'anew' })).toMatchObject({ version: 1 });
  });

  test('[SK2] versions are given once, whoever puts at the same time', async () => {
    const vaults = vaultsOf(current(), 'a');
    const puts = Array.from({ length: 12 }, (_, no) =>
      vaults[no % vaults.length]!.put({ ...token, value: `value ${no}` }),
    );
    const versions = (await Promise.all(puts)).map(({ version }) => version);
    expect(versions.toSorted((a, b) => a - b)).toEqual(versions.map((_, no) => no + 1));
    const values = await Promise.all(versions.map((version) => vaults[0]!.reveal(north, 'TOKEN', version)));
    expect(values).toEqual(versions.map((_, no) => `value ${no}`));
  });

  test('[SK3] names and values that cannot be are refused, and the message has no value', async () => {
    const [vault] = vaultsOf(current(), 'a') as [SecretVault];
    for (const name of ['', '1A', 'A B', 'A'.repeat(129), 'a:b', '__proto__'])
      await expect(vault.put({ ...token, name, value: 'value' })).rejects.toMatchObject({
        code: 'secret-name-invalid',
      });
    const long = 'long value '.repeat(7_000);
    for (const value of ['', long, 'half \ud800'])
      await expect(vault.put({ ...token, value })).rejects.toMatchObject({
        code: 'secret-value-invalid',
        message: expect.not.stringContaining('long value') as string,
      });
  });

  test('[SK4] a row that was moved to another tenant, name or version does not open', async () => {
    const opened = current();
    const [vault] = vaultsOf(opened, 'a') as [SecretVault];
    const store = opened.stores[0]!;
    await vault.put({ ...token, value: 'value of north' });
    await vault.put({ ...token, tenantId: south, value: 'value of south' });
    const row = (await store.findSecret(north, 'TOKEN'))!;
    const moves: readonly SealedSecret[] = [
      { ...row, name: 'OTHER' },
      { ...row, version: 2 },
      { ...row, tenantId: south, name: 'OTHER' },
      { ...row, name: 'CHANGED', sealed: row.sealed.replace(/^./, (was) => (was === 'A' ? 'B' : 'A')) },
    ];
    for (const secret of moves) {
      await store.execute({ command: 'add-secret', tenantId: secret.tenantId, secret });
      const reveal = vault.reveal(secret.tenantId, secret.name, secret.version);
      await expect(reveal).rejects.toMatchObject({ family: 'broken', code: 'secret-not-openable' });
    }
  });
}

function describeKeys(current: () => OpenedSecrets): void {
  test('[SK5] a data key is changed while secrets are read and put; in the end the old one is gone', async () => {
    const opened = current();
    const vaults = vaultsOf(opened, 'a');
    const [vault] = vaults as [SecretVault];
    const other = vaults.at(-1)!;
    for (let no = 0; no < 8; no++) await vault.put({ ...token, name: `S${no}`, value: `value ${no}` });
    expect(await other.rotateDataKey(north)).toBe(2);
    expect(await vault.reveal(north, 'S3')).toBe('value 3');
    const [first, second] = await Promise.all([
      vault.rekey(north),
      other.rekey(north),
      other.put({ ...token, name: 'S8', value: 'value 8' }),
      vault.put({ ...token, name: 'S3', value: 'newer 3' }),
    ]);
    expect(first.resealed + second.resealed).toBeGreaterThanOrEqual(8);
    await vault.rekey(north);
    expect(await vault.rekey(north)).toEqual({ rewrapped: 0, resealed: 0, dropped: 0, more: false });
    expect((await opened.stores[0]!.listDataKeys(north)).map(({ no }) => no)).toEqual([2]);
    for (const reader of vaultsOf(opened, 'a')) {
      expect(await reader.reveal(north, 'S3', 1)).toBe('value 3');
      expect([await reader.reveal(north, 'S3'), await reader.reveal(north, 'S8')]).toEqual(['newer 3', 'value 8']);
    }
  });

  test('[SK6] the key-encryption key is changed without a moment at which a secret cannot be read', async () => {
    const opened = current();
    const [before] = vaultsOf(opened, 'a') as [SecretVault];
    await before.put({ ...token, value: 'value' });
    await before.put({ ...token, tenantId: south, value: 'value of south' });
    const [young] = vaultsOf(opened, 'b') as [SecretVault];
    await expect(young.reveal(north, 'TOKEN')).rejects.toMatchObject({
      family: 'refused',
      code: 'key-encryption-key-missing',
    });
    const [both] = vaultsOf(opened, 'b', 'a') as [SecretVault];
    expect(await both.reveal(north, 'TOKEN')).toBe('value');
    expect(await both.rekey(north)).toMatchObject({ rewrapped: 1, resealed: 0 });
    expect(await both.rekey(north)).toMatchObject({ rewrapped: 0, resealed: 0 });
    const [after] = vaultsOf(opened, 'b') as [SecretVault];
    expect(await after.reveal(north, 'TOKEN')).toBe('value');
    await expect(after.reveal(south, 'TOKEN')).rejects.toMatchObject({ code: 'key-encryption-key-missing' });
    expect(await opened.stores[0]!.listTenants()).toEqual([north, south]);
  });
}

function describeRows(current: () => OpenedSecrets): void {
  const key: WrappedDataKey = { tenantId: north, no: 1, wrappedBy: 'a', wrapped: 'AAAA', createdAt: 5 };
  const secret: SealedSecret = {
    tenantId: north,
    name: 'A',
    version: 1,
    dataKey: 1,
    sealed: 'BBBB',
    createdAt: 6,
    createdBy: 'ann',
  };

  test('[SK7] each change happens only where the row is still what it was, and once', async () => {
    const store = current().stores[0]!;
    const done = async (command: Parameters<SecretStore['execute']>[0]): Promise<boolean> =>
      (await store.execute(command)).done;
    const tenantId = north;
    expect(await done({ command: 'add-secret', tenantId, secret })).toBe(false);
    expect(await done({ command: 'add-data-key', tenantId, key })).toBe(true);
    expect(await done({ command: 'add-data-key', tenantId, key: { ...key, wrapped: 'CCCC' } })).toBe(false);
    expect(await done({ command: 'add-secret', tenantId, secret })).toBe(true);
    expect(await done({ command: 'add-secret', tenantId, secret: { ...secret, sealed: 'DDDD' } })).toBe(false);
    expect(await done({ command: 'drop-data-key', tenantId, no: 1 })).toBe(false);
    expect(await done({ command: 'add-data-key', tenantId, key: { ...key, no: 2 } })).toBe(true);
    expect(await done({ command: 'drop-data-key', tenantId, no: 1 })).toBe(false);
    const resealed = { ...secret, dataKey: 2, sealed: 'EEEE' };
    const reseal = { command: 'reseal-secret', tenantId, secret: resealed, was: secret } as const;
    expect(await store.listSealedOtherwise(north, 2, 9)).toEqual([secret]);
    expect([await done(reseal), await done(reseal)]).toEqual([true, false]);
    expect(await store.listSealedOtherwise(north, 2, 9)).toEqual([]);
    expect(await store.findSecret(north, 'A')).toEqual(resealed);
    const rewrapped = { ...key, no: 2, wrappedBy: 'b', wrapped: 'FFFF' };
    const rewrap = { command: 'rewrap-data-key', tenantId, key: rewrapped, was: key } as const;
    expect([await done(rewrap), await done(rewrap)]).toEqual([true, false]);
    expect(await done({ command: 'drop-data-key', tenantId, no: 2 })).toBe(false);
    expect(await done({ command: 'drop-data-key', tenantId, no: 1 })).toBe(true);
    expect(await store.listDataKeys(north)).toEqual([rewrapped]);
  });
}
