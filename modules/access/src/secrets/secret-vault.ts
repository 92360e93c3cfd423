// Puts secrets away, takes them out for one use, and changes keys while both goes on.
//
// Owns:       data keys in the clear, in memory, for as long as the process runs: unwrapping may be a call to a service.
// Invariants: SV1 no value leaves but as the answer of `reveal`, and none is kept.
//             SV2 what is sealed is bound to tenant, name and version: a row that was moved or renamed does not open.
//             SV3 keys change one row at a time, each only where it is still as it was read: whatever runs beside it, or
//                 breaks off in between, every secret can be opened at every moment.
import { broken, refused, temporary } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import { fromBase64, toBase64, utf8Bytes, utf8Text } from '../bytes.ts';
import type { KeyEncryptionKeys, SecretCipher } from './key-encryption.ts';
import { checkSecretName, checkSecretValue, secretNotFound } from './secret.ts';
import type { SealedSecret, SecretSummary, WrappedDataKey } from './secret.ts';
import type { SecretStore } from './secret-store.ts';

export interface SecretVaultOptions {
  readonly store: SecretStore;
  readonly cipher: SecretCipher;
  readonly keys: KeyEncryptionKeys;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly now: () => number;
}

export interface NewSecret {
  readonly tenantId: TenantId;
  readonly name: string;
  readonly value: string;
  readonly createdBy: string;
}

/** What a round of changing keys did. `more`: there was more than one round does. */
export interface RekeyReport {
  readonly rewrapped: number;
  readonly resealed: number;
  readonly dropped: number;
  readonly more: boolean;
}

export interface SecretVault {
  /** A new version, which is in use from now on. Older ones stay until the secret is dropped. */
  put(secret: NewSecret): Promise<SecretSummary>;
  /** The value, for one use. @throws refused `secret-not-found`, broken `secret-not-openable`. */
  reveal(tenantId: TenantId, name: string, version?: number): Promise<string>;
  list(tenantId: TenantId): Promise<readonly SecretSummary[]>;
  /** Whether there was one. */
  drop(tenantId: TenantId, name: string): Promise<boolean>;
  /** A new data key, with which everything of the tenant is sealed anew by `rekey`. */
  rotateDataKey(tenantId: TenantId): Promise<number>;
  /** In the background: brings rows to the current keys, as many as one round takes. Run again, it finds nothing to do. */
  rekey(tenantId: TenantId): Promise<RekeyReport>;
}

const dataKeyBytes = 32;
const roundMax = 200;
const triesMax = 16;
/** Data keys held in the clear; one more, and all are unwrapped anew when they are used. */
const openKeysMax = 10_000;

export function openSecretVault(options: SecretVaultOptions): SecretVault {
  const { store } = options;
  const dataKeys = new DataKeys(options);
  return {
    put: (secret) => putSecret(options, dataKeys, secret),
    async reveal(tenantId, name, version) {
      const secret = await store.findSecret(tenantId, name, version);
      if (secret === undefined) throw secretNotFound(name);
      return openSecret(options, secret, await dataKeys.get(tenantId, secret.dataKey));
    },
    list: (tenantId) => store.listSecrets(tenantId),
    drop: async (tenantId, name) => (await store.execute({ command: 'drop-secret', tenantId, name })).done,
    rotateDataKey: (tenantId) => dataKeys.add(tenantId),
    rekey: (tenantId) => rekey(options, dataKeys, tenantId),
  };
}

async function putSecret(options: SecretVaultOptions, dataKeys: DataKeys, secret: NewSecret): Promise<SecretSummary> {
  const { tenantId, name, value, createdBy } = secret;
  checkSecretName(name);
  checkSecretValue(value);
  for (let tries = 0; tries < triesMax; tries++) {
    const dataKey = (await options.store.listDataKeys(tenantId)).at(-1)?.no ?? (await dataKeys.add(tenantId));
    const version = ((await options.store.findSecret(tenantId, name))?.version ?? 0) + 1;
    const summary = { tenantId, name, version, dataKey, createdAt: options.now(), createdBy };
    const key = await dataKeys.get(tenantId, dataKey);
    const sealed = toBase64(options.cipher.seal(key, utf8Bytes(value), boundTo(summary)));
    const added = { command: 'add-secret', tenantId, secret: { ...summary, sealed } } as const;
    if ((await options.store.execute(added)).done) return summary;
  }
  throw temporary('secret-contended', `Others put secret ${name} at the same time.`, { retryAfterMs: 100 });
}

function boundTo({ tenantId, name, version }: Pick<SecretSummary, 'tenantId' | 'name' | 'version'>): Uint8Array {
  return utf8Bytes(JSON.stringify(['chorale secret', 1, tenantId, name, version]));
}

function openSecret({ cipher }: SecretVaultOptions, secret: SealedSecret, key: Uint8Array): string {
  const sealed = fromBase64(secret.sealed);
  const plain = sealed === undefined ? undefined : cipher.open(key, sealed, boundTo(secret));
  const value = plain === undefined ? undefined : utf8Text(plain);
  if (value !== undefined) return value;
  throw broken('secret-not-openable', `Secret ${secret.name}, version ${secret.version}, is not as it was sealed.`, {
    action: 'Its row was changed: put the secret again, and see the audit log for who could.',
  });
}

async function rekey(options: SecretVaultOptions, dataKeys: DataKeys, tenantId: TenantId): Promise<RekeyReport> {
  const { store } = options;
  let rewrapped = 0;
  for (const key of await store.listDataKeys(tenantId)) if (await dataKeys.rewrap(key)) rewrapped += 1;
  const newest = (await store.listDataKeys(tenantId)).at(-1)?.no;
  if (newest === undefined) return { rewrapped, resealed: 0, dropped: 0, more: false };
  const old = await store.listSealedOtherwise(tenantId, newest, roundMax);
  let resealed = 0;
  for (const was of old) {
    const value = openSecret(options, was, await dataKeys.get(tenantId, was.dataKey));
    const key = await dataKeys.get(tenantId, newest);
    const sealed = toBase64(options.cipher.seal(key, utf8Bytes(value), boundTo(was)));
    const secret = { ...was, dataKey: newest, sealed };
    if ((await store.execute({ command: 'reseal-secret', tenantId, secret, was })).done) resealed += 1;
  }
  const more = old.length === roundMax;
  return { rewrapped, resealed, dropped: more ? 0 : await dropUnused(options, tenantId, newest), more };
}

/** The store refuses for keys that something is still sealed with. */
async function dropUnused({ store }: SecretVaultOptions, tenantId: TenantId, newest: number): Promise<number> {
  let dropped = 0;
  for (const { no } of await store.listDataKeys(tenantId))
    if (no < newest && (await store.execute({ command: 'drop-data-key', tenantId, no })).done) dropped += 1;
  return dropped;
}

class DataKeys {
  readonly #options: SecretVaultOptions;
  readonly #open = new Map<string, Uint8Array>();

  constructor(options: SecretVaultOptions) {
    this.#options = options;
  }

  async get(tenantId: TenantId, no: number): Promise<Uint8Array> {
    const known = this.#open.get(`${tenantId} ${no}`);
    if (known !== undefined) return known;
    const key = (await this.#options.store.listDataKeys(tenantId)).find((one) => one.no === no);
    if (key === undefined)
      throw broken('data-key-missing', `Data key ${no} of tenant ${tenantId} is not there.`, {
        action: 'Restore the database from a backup: what was sealed with it cannot be opened.',
      });
    return this.#unwrap(key);
  }

  /** Adds the next data key; where another process was faster, that one is as good. */
  async add(tenantId: TenantId): Promise<number> {
    const { store, keys, randomBytes, now } = this.#options;
    const no = ((await store.listDataKeys(tenantId)).at(-1)?.no ?? 0) + 1;
    const { wrappedBy, wrapped } = await keys.wrap(randomBytes(dataKeyBytes), boundKey(tenantId, no));
    const key = { tenantId, no, wrappedBy, wrapped: toBase64(wrapped), createdAt: now() };
    await store.execute({ command: 'add-data-key', tenantId, key });
    return no;
  }

  /** Whether it was wrapped anew; it is not where it is wrapped by the current key. */
  async rewrap(key: WrappedDataKey): Promise<boolean> {
    const { store, keys } = this.#options;
    if (key.wrappedBy === (await keys.current())) return false;
    const { wrappedBy, wrapped } = await keys.wrap(await this.#unwrap(key), boundKey(key.tenantId, key.no));
    const anew = { ...key, wrappedBy, wrapped: toBase64(wrapped) };
    return (await store.execute({ command: 'rewrap-data-key', tenantId: key.tenantId, key: anew, was: key })).done;
  }

  async #unwrap({ tenantId, no, wrappedBy, wrapped }: WrappedDataKey): Promise<Uint8Array> {
    const bytes = fromBase64(wrapped) ?? new Uint8Array();
    const key = await this.#options.keys.unwrap({ wrappedBy, wrapped: bytes }, boundKey(tenantId, no));
    if (key === undefined)
      throw refused(
        'key-encryption-key-missing',
        `The key ${wrappedBy}, which wrapped data key ${no}, is not at hand.`,
        {
          action: 'Give that key beside the current one, and rekey before taking it away.',
        },
      );
    if (this.#open.size >= openKeysMax) this.#open.clear();
    this.#open.set(`${tenantId} ${no}`, key);
    return key;
  }
}

function boundKey(tenantId: TenantId, no: number): Uint8Array {
  return utf8Bytes(JSON.stringify(['chorale data key', 1, tenantId, no]));
}
