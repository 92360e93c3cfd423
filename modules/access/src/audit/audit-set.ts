// The rows a batch of audit commands works on, held in memory between reading and writing.
//
// Owns:       which logs grew by which leaves, and what goes. Does not own locks and transactions (the store's): a log's
//             row is locked from its reading to the commit, so that a number is given once.
// Invariants: AS1 an operation checks everything before it changes anything, so one that is refused leaves no trace.
import type { TenantId } from '@chorale/lib-ids';
import { fromBase64, toBase64, utf8Bytes } from '../bytes.ts';
import type { ActId, PreparedAct, RetentionClass } from './audit-entry.ts';
import type { StoredCheckpoint } from './audit-store.ts';
import type { AuditEntryRow, AuditLogRow, AuditNodeRow, AuditValueRow } from './audit-tables.ts';
import { appendLeaves, emptyEdge, hashLeaf, rootOf, type MerkleEdge, type Sha256 } from './merkle-tree.ts';

/** Values that go: those of a subject, or of a class before a moment; always only of entries before a number. */
export type ValuesGone = { readonly tenantId: TenantId; readonly beforeNo: number } & (
  | { readonly subject: string }
  | { readonly retention: RetentionClass; readonly before: number }
);

/** Where a set reads rows it has not seen. Answers at once: an asynchronous store hands in what it has loaded. */
export interface AuditRows {
  log(tenantId: TenantId): AuditLogRow | undefined;
  entryNo(tenantId: TenantId, actId: ActId): number | undefined;
  checkpoint(tenantId: TenantId): StoredCheckpoint | undefined;
  countValues(values: ValuesGone): number;
}

export interface AuditChanges {
  readonly logs: readonly AuditLogRow[];
  readonly entries: readonly AuditEntryRow[];
  readonly nodes: readonly AuditNodeRow[];
  readonly values: readonly AuditValueRow[];
  readonly checkpoints: readonly StoredCheckpoint[];
  /** Go after all of the above is written. */
  readonly valuesGone: readonly ValuesGone[];
}

interface GrowingLog {
  readonly edge: MerkleEdge;
  readonly leaves: Uint8Array[];
}

export class AuditSet {
  readonly #rows: AuditRows;
  readonly #sha256: Sha256;
  readonly #logs = new Map<TenantId, GrowingLog>();
  readonly #numbers = new Map<string, number>();
  readonly #entries: AuditEntryRow[] = [];
  readonly #values: AuditValueRow[] = [];
  readonly #checkpoints = new Map<TenantId, StoredCheckpoint>();
  readonly #gone: ValuesGone[] = [];

  constructor(rows: AuditRows, sha256: Sha256) {
    this.#rows = rows;
    this.#sha256 = sha256;
  }

  size(tenantId: TenantId): number {
    const { edge, leaves } = this.#log(tenantId);
    return edge.size + leaves.length;
  }

  findNo(tenantId: TenantId, actId: ActId): number | undefined {
    return this.#numbers.get(`${tenantId} ${actId}`) ?? this.#rows.entryNo(tenantId, actId);
  }

  append(tenantId: TenantId, { actId, entry, facts, values }: PreparedAct & { readonly actId: ActId }): number {
    const no = this.size(tenantId);
    const { who, on, at, retention } = facts;
    const hash = hashLeaf(this.#sha256, entry);
    this.#log(tenantId).leaves.push(hash);
    this.#numbers.set(`${tenantId} ${actId}`, no);
    this.#entries.push({ tenantId, no, actId, who, subject: on, entry, hash: toBase64(hash) });
    for (const value of values) this.#values.push({ ...value, tenantId, no, at, retention });
    return no;
  }

  findCheckpoint(tenantId: TenantId): StoredCheckpoint | undefined {
    return this.#checkpoints.get(tenantId) ?? this.#rows.checkpoint(tenantId);
  }

  putCheckpoint(checkpoint: StoredCheckpoint): void {
    this.#checkpoints.set(checkpoint.tenantId, checkpoint);
  }

  countValues(gone: ValuesGone): number {
    const pending = this.#values.filter(
      (value) => isGone(value, gone) && !this.#gone.some((one) => isGone(value, one)),
    );
    return this.#rows.countValues(gone) + pending.length;
  }

  dropValues(gone: ValuesGone): void {
    this.#gone.push(gone);
  }

  changes(): AuditChanges {
    const logs: AuditLogRow[] = [];
    const nodes: AuditNodeRow[] = [];
    for (const [tenantId, { edge: before, leaves }] of this.#logs) {
      if (leaves.length === 0) continue;
      const { edge, completed } = appendLeaves(this.#sha256, before, leaves);
      for (const { level, index, hash } of completed) {
        // Leaves have theirs with the entry.
        if (level > 0) nodes.push({ tenantId, level, no: index, hash: toBase64(hash) });
      }
      const row = { size: edge.size, edge: edge.hashes.map(toBase64).join(' ') };
      logs.push({ tenantId, ...row, root: toBase64(rootOf(this.#sha256, edge)) });
    }
    const checkpoints = [...this.#checkpoints.values()];
    return { logs, entries: this.#entries, nodes, values: this.#values, checkpoints, valuesGone: this.#gone };
  }

  #log(tenantId: TenantId): GrowingLog {
    let log = this.#logs.get(tenantId);
    if (log === undefined) {
      const row = this.#rows.log(tenantId);
      log = { edge: row === undefined ? emptyEdge : readEdge(row), leaves: [] };
      this.#logs.set(tenantId, log);
    }
    return log;
  }
}

function readEdge({ size, edge }: AuditLogRow): MerkleEdge {
  return { size, hashes: edge === '' ? [] : edge.split(' ').map((hash) => fromBase64(hash) ?? utf8Bytes(hash)) };
}

export function isGone(value: AuditValueRow, gone: ValuesGone): boolean {
  if (value.tenantId !== gone.tenantId || value.no >= gone.beforeNo) return false;
  return 'subject' in gone
    ? value.subject === gone.subject
    : value.retention === gone.retention && value.at < gone.before;
}
