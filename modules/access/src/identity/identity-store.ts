// The port to what keeps identity records: changes that are made whole or not at all, and only to what is still as it was.
import type { TenantId } from '@chorale/lib-ids';
import type { IdentityRecord, RecordKind } from './identity-record.ts';

export type IdentityWrite =
  /** Only where neither the id nor the name is taken. */
  | { readonly write: 'add'; readonly record: IdentityRecord }
  /** Only over the version before. */
  | { readonly write: 'replace'; readonly record: IdentityRecord }
  /** Only where it is there. */
  | { readonly write: 'drop'; readonly kind: RecordKind; readonly id: string }
  /** However many there are. */
  | { readonly write: 'drop-of-user'; readonly userId: string; readonly kinds: readonly RecordKind[] };

/** All writes, or none. */
export interface WriteIdentity {
  readonly command: 'write-identity';
  readonly tenantId: TenantId;
  readonly writes: readonly IdentityWrite[];
}

/** Records that count as gone since before that time. */
export interface SweepIdentity {
  readonly command: 'sweep-identity';
  readonly tenantId: TenantId;
  readonly before: number;
}

export type IdentityCommand = WriteIdentity | SweepIdentity;

/** False where one of the writes met something else than it names. */
export interface IdentityReply {
  readonly done: boolean;
}

export interface IdentityReplies {
  readonly 'write-identity': IdentityReply;
  readonly 'sweep-identity': IdentityReply;
}

export interface RecordRange {
  readonly userId?: string;
  readonly idPrefix?: string;
  /** An id: those behind it. */
  readonly after?: string;
  readonly limit: number;
}

/** Durable: `execute` resolves only when the effect is on disk. */
export interface IdentityStore {
  execute(command: IdentityCommand): Promise<IdentityReply>;
  findRecord<Kind extends RecordKind>(
    tenantId: TenantId,
    kind: Kind,
    id: string,
  ): Promise<IdentityRecord<Kind> | undefined>;
  findRecordByName<Kind extends RecordKind>(
    tenantId: TenantId,
    kind: Kind,
    name: string,
  ): Promise<IdentityRecord<Kind> | undefined>;
  /** By id. */
  listRecords<Kind extends RecordKind>(
    tenantId: TenantId,
    kind: Kind,
    range: RecordRange,
  ): Promise<readonly IdentityRecord<Kind>[]>;
  /** Those that have records. */
  listTenants(): Promise<readonly TenantId[]>;
}
