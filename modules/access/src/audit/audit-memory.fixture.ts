// The audit engine over rows in memory: what tests and benchmarks of this module need of a store, and nothing more.
import { toErrorRecord, fromErrorRecord } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import type { ActId } from './audit-entry.ts';
import { AuditSet, isGone, type AuditChanges, type AuditRows, type ValuesGone } from './audit-set.ts';
import type { AuditCommand, AuditReplies, AuditStore, LogRange, StoredCheckpoint } from './audit-store.ts';
import type { AuditEntryRow, AuditLogRow, AuditValueRow } from './audit-tables.ts';
import { executeAudit } from './execute-audit.ts';
import type { Sha256 } from './merkle-tree.ts';

class MemoryRows implements AuditRows {
  readonly logs = new Map<TenantId, AuditLogRow>();
  readonly entries = new Map<TenantId, AuditEntryRow[]>();
  readonly numbers = new Map<string, number>();
  readonly hashes = new Map<string, string>();
  readonly checkpoints = new Map<TenantId, StoredCheckpoint[]>();
  values: AuditValueRow[] = [];

  log(tenantId: TenantId): AuditLogRow | undefined {
    return this.logs.get(tenantId);
  }

  entryNo(tenantId: TenantId, actId: ActId): number | undefined {
    return this.numbers.get(`${tenantId} ${actId}`);
  }

  checkpoint(tenantId: TenantId): StoredCheckpoint | undefined {
    return this.checkpoints.get(tenantId)?.at(-1);
  }

  countValues(gone: ValuesGone): number {
    return this.values.filter((value) => isGone(value, gone)).length;
  }

  write(changes: AuditChanges): void {
    for (const row of changes.logs) this.logs.set(row.tenantId, row);
    for (const row of changes.entries) {
      const entries = this.entries.get(row.tenantId) ?? [];
      this.entries.set(row.tenantId, entries);
      entries.push(row);
      this.numbers.set(`${row.tenantId} ${row.actId}`, row.no);
    }
    for (const { tenantId, level, no, hash } of changes.nodes) this.hashes.set(`${tenantId} ${level} ${no}`, hash);
    this.values.push(...changes.values);
    for (const row of changes.checkpoints)
      this.checkpoints.set(row.tenantId, [...(this.checkpoints.get(row.tenantId) ?? []), row]);
    if (changes.valuesGone.length > 0)
      this.values = this.values.filter((value) => !changes.valuesGone.some((gone) => isGone(value, gone)));
  }
}

export interface MemoryAuditStore extends AuditStore {
  /** A batch at once, as stores run them. */
  runBatch(commands: readonly AuditCommand[]): readonly AuditReplies[AuditCommand['command']][];
}

export function openMemoryAuditStore(sha256: Sha256): MemoryAuditStore {
  const rows = new MemoryRows();
  const runBatch = (commands: readonly AuditCommand[]): readonly AuditReplies[AuditCommand['command']][] => {
    const set = new AuditSet(rows, sha256);
    const replies = commands.map((command) => executeAudit(set, command));
    rows.write(set.changes());
    return replies;
  };
  const slice = ({ from, count }: LogRange) => [from, from + count] as const;
  const entriesOf = (tenantId: TenantId): readonly AuditEntryRow[] => rows.entries.get(tenantId) ?? [];
  return {
    runBatch,
    async execute<C extends AuditCommand>(command: C) {
      try {
        return runBatch([command])[0] as AuditReplies[C['command']];
      } catch (error) {
        throw fromErrorRecord(toErrorRecord(error));
      }
    },
    listLogs: async () => [...rows.logs.values()].map(({ tenantId, size, root }) => ({ tenantId, size, root })),
    async findLog(tenantId) {
      const log = rows.logs.get(tenantId);
      return log === undefined ? undefined : { tenantId, size: log.size, root: log.root };
    },
    readEntries: async (tenantId, range) =>
      entriesOf(tenantId)
        .slice(...slice(range))
        .map(({ no, entry }) => ({ no, entry })),
    async readHashes(tenantId, level, { from, count }) {
      const hashes = Array.from({ length: count }, (_, index) =>
        level === 0 ? entriesOf(tenantId)[from + index]?.hash : rows.hashes.get(`${tenantId} ${level} ${from + index}`),
      );
      return hashes.filter((hash) => hash !== undefined);
    },
    readValues: async (tenantId, { from, count }) =>
      rows.values
        .filter((value) => value.tenantId === tenantId && value.no >= from && value.no < from + count)
        .toSorted((a, b) => a.no - b.no || (a.field < b.field ? -1 : 1))
        .map(({ no, field, subject, salt, value }) => ({ no, field, subject, salt, value })),
    listEntries: async (tenantId, { before, limit, who, on }) =>
      entriesOf(tenantId)
        .filter((row) => before === undefined || row.no < before)
        .filter((row) => (who === undefined || row.who === who) && (on === undefined || row.subject === on))
        .toReversed()
        .slice(0, limit)
        .map(({ no, entry }) => ({ no, entry })),
    async findEntry(tenantId, actId) {
      const no = rows.entryNo(tenantId, actId);
      return no === undefined ? undefined : { no, entry: entriesOf(tenantId)[no]!.entry };
    },
    findCheckpoint: async (tenantId) => rows.checkpoint(tenantId),
    listCheckpoints: async (tenantId, { limit }) => (rows.checkpoints.get(tenantId) ?? []).toReversed().slice(0, limit),
  };
}
