// Which columns the rows of audit logs have in a database: one list for every store.
import { defineTable } from '@chorale/module-goals';
import type { TenantId } from '@chorale/lib-ids';
import type { ActId, RetentionClass } from './audit-entry.ts';
import type { StoredCheckpoint } from './audit-store.ts';

export interface AuditLogRow {
  readonly tenantId: TenantId;
  readonly size: number;
  /** Hashes of the right edge in base 64, one after the other with a space between. */
  readonly edge: string;
  readonly root: string;
}

export interface AuditEntryRow {
  readonly tenantId: TenantId;
  readonly no: number;
  readonly actId: ActId;
  readonly who: string;
  readonly subject: string;
  readonly entry: string;
  /** Base 64. */
  readonly hash: string;
}

/** A hash above the leaves, which have theirs with the entry. */
export interface AuditNodeRow {
  readonly tenantId: TenantId;
  readonly level: number;
  readonly no: number;
  readonly hash: string;
}

export interface AuditValueRow {
  readonly tenantId: TenantId;
  readonly no: number;
  readonly field: string;
  readonly subject: string;
  readonly retention: RetentionClass;
  readonly salt: string;
  readonly value: string;
  readonly at: number;
}

export const auditLogTable = defineTable<AuditLogRow>(
  'audit_logs',
  1,
  { text: 'tenantId' },
  { long: 'size', text: 'edge root' },
);

export const auditEntryTable = defineTable<AuditEntryRow>(
  'audit_entries',
  2,
  { text: 'tenantId', long: 'no' },
  { text: 'actId who subject entry hash' },
);

export const auditNodeTable = defineTable<AuditNodeRow>(
  'audit_nodes',
  3,
  {
    text: 'tenantId',
    int: 'level',
    long: 'no',
  },
  { text: 'hash' },
);

export const auditValueTable = defineTable<AuditValueRow>(
  'audit_values',
  3,
  { text: 'tenantId', long: 'no' },
  { text: 'field subject retention salt value' },
  { long: 'at' },
);

export const auditCheckpointTable = defineTable<StoredCheckpoint>(
  'audit_checkpoints',
  2,
  { text: 'tenantId', long: 'size' },
  { text: 'root note' },
  { long: 'at' },
);
