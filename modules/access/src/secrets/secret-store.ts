// The port to what keeps sealed secrets and wrapped data keys. It never sees a value or a key.
import type { TenantId } from '@chorale/lib-ids';
import type { SealedSecret, SecretSummary, WrappedDataKey } from './secret.ts';

/** A version that is there already stays, and the answer says so: somebody else was faster. */
export interface AddSecret {
  readonly command: 'add-secret';
  readonly tenantId: TenantId;
  readonly secret: SealedSecret;
}

/** The same value under another data key; only where it is still sealed as it was. */
export interface ResealSecret {
  readonly command: 'reseal-secret';
  readonly tenantId: TenantId;
  readonly secret: SealedSecret;
  /** What it replaces. */
  readonly was: Pick<SealedSecret, 'dataKey' | 'sealed'>;
}

/** All versions. */
export interface DropSecret {
  readonly command: 'drop-secret';
  readonly tenantId: TenantId;
  readonly name: string;
}

export interface AddDataKey {
  readonly command: 'add-data-key';
  readonly tenantId: TenantId;
  readonly key: WrappedDataKey;
}

/** The same data key under another key-encryption key; only where it is still wrapped as it was. */
export interface RewrapDataKey {
  readonly command: 'rewrap-data-key';
  readonly tenantId: TenantId;
  readonly key: WrappedDataKey;
  readonly was: Pick<WrappedDataKey, 'wrappedBy' | 'wrapped'>;
}

/** Only where it is not the newest and nothing is sealed with it. */
export interface DropDataKey {
  readonly command: 'drop-data-key';
  readonly tenantId: TenantId;
  readonly no: number;
}

export type SecretCommand = AddSecret | ResealSecret | DropSecret | AddDataKey | RewrapDataKey | DropDataKey;

/** Whether it was done; false where what it was to be done to is not there, or no longer so. */
export interface SecretReply {
  readonly done: boolean;
}

export interface SecretReplies {
  readonly 'add-secret': SecretReply;
  readonly 'reseal-secret': SecretReply;
  readonly 'drop-secret': SecretReply;
  readonly 'add-data-key': SecretReply;
  readonly 'rewrap-data-key': SecretReply;
  readonly 'drop-data-key': SecretReply;
}

/** Durable: `execute` resolves only when the effect is on disk. A command that is repeated happens once. */
export interface SecretStore {
  execute<C extends SecretCommand>(command: C): Promise<SecretReply>;
  /** The newest version where none is named. */
  findSecret(tenantId: TenantId, name: string, version?: number): Promise<SealedSecret | undefined>;
  /** The newest version of each, by name. */
  listSecrets(tenantId: TenantId): Promise<readonly SecretSummary[]>;
  /** Versions not sealed with that data key, by name and version. */
  listSealedOtherwise(tenantId: TenantId, dataKey: number, limit: number): Promise<readonly SealedSecret[]>;
  /** By number. */
  listDataKeys(tenantId: TenantId): Promise<readonly WrappedDataKey[]>;
  listTenants(): Promise<readonly TenantId[]>;
}
