// The port to what keeps audit logs, one for each tenant, and the commands that change them.
import type { TenantId } from '@chorale/lib-ids';
import type { ActId, KeptValue, PreparedAct, RetentionClass } from './audit-entry.ts';

export interface AppendAct extends PreparedAct {
  readonly command: 'append-act';
  readonly tenantId: TenantId;
  readonly actId: ActId;
}

/** Deletes the values of one subject that were kept so far, and logs that it did, in one. */
export interface EraseValues {
  readonly command: 'erase-values';
  readonly tenantId: TenantId;
  readonly subject: string;
  /** The act of erasing: its entry has `values.erase` on `subject` and the subject. */
  readonly act: PreparedAct & { readonly actId: ActId };
}

/** Deletes the values of a class whose entries are older than that, and logs that it did. Nothing expired, nothing logged. */
export interface ExpireValues {
  readonly command: 'expire-values';
  readonly tenantId: TenantId;
  readonly retention: RetentionClass;
  /** Values of acts before this moment go. */
  readonly before: number;
  /** Its entry has `values.expire` on `retention` and the class, and `before` in its detail. */
  readonly act: PreparedAct & { readonly actId: ActId };
}

/** Keeps a signed head. */
export interface PutCheckpoint {
  readonly command: 'put-checkpoint';
  readonly tenantId: TenantId;
  readonly size: number;
  /** Base 64. */
  readonly root: string;
  readonly note: string;
  readonly at: number;
}

export type AuditCommand = AppendAct | EraseValues | ExpireValues | PutCheckpoint;

export interface AuditReplies {
  /** Its place in the log, from 0. */
  readonly 'append-act': { readonly no: number };
  /** `values`: how many went. `no`: the entry that says so; undefined where nothing was to be said. */
  readonly 'erase-values': { readonly no: number | undefined; readonly values: number };
  readonly 'expire-values': { readonly no: number | undefined; readonly values: number };
  readonly 'put-checkpoint': Record<never, never>;
}

export interface AuditLogHead {
  readonly tenantId: TenantId;
  readonly size: number;
  /** Base 64. */
  readonly root: string;
}

/** A row of the log. */
export interface LoggedEntry {
  readonly no: number;
  /** Canonical JSON; its UTF-8 is the leaf. */
  readonly entry: string;
}

export interface LoggedValue extends KeptValue {
  readonly no: number;
}

export interface StoredCheckpoint {
  readonly tenantId: TenantId;
  readonly size: number;
  readonly root: string;
  readonly note: string;
  readonly at: number;
}

/** From a number on, in order. */
export interface LogRange {
  readonly from: number;
  readonly count: number;
}

export interface EntryPage {
  /** Only entries before this number; undefined: from the newest. */
  readonly before?: number;
  readonly limit: number;
  /** Only what this party did. */
  readonly who?: string;
  /** Only what was done to this. */
  readonly on?: string;
}

/**
 * Durable: `execute` resolves only when the effect is on disk. Several processes may append to one log; each sees the
 * others' entries in the same order.
 */
export interface AuditStore {
  /** @throws refused `checkpoint-forked`, `checkpoint-ahead`, `audit-entry-too-long`. */
  execute<C extends AuditCommand>(command: C): Promise<AuditReplies[C['command']]>;
  listLogs(): Promise<readonly AuditLogHead[]>;
  findLog(tenantId: TenantId): Promise<AuditLogHead | undefined>;
  /** In their order. */
  readEntries(tenantId: TenantId, range: LogRange): Promise<readonly LoggedEntry[]>;
  /** Hashes of a level of tiles, in base 64. */
  readHashes(tenantId: TenantId, level: number, range: LogRange): Promise<readonly string[]>;
  /** Of the entries in the range, by number and field. */
  readValues(tenantId: TenantId, range: LogRange): Promise<readonly LoggedValue[]>;
  /** The newest first. */
  listEntries(tenantId: TenantId, page: EntryPage): Promise<readonly LoggedEntry[]>;
  findEntry(tenantId: TenantId, actId: ActId): Promise<LoggedEntry | undefined>;
  /** The largest. */
  findCheckpoint(tenantId: TenantId): Promise<StoredCheckpoint | undefined>;
  /** The largest first. */
  listCheckpoints(tenantId: TenantId, page: { readonly limit: number }): Promise<readonly StoredCheckpoint[]>;
}

/** For who only reads. */
export type AuditReads = Omit<AuditStore, 'execute'>;
