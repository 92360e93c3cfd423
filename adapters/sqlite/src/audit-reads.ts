// What others ask of the rows of audit logs, outside their transactions.
import type { SQLInputValue } from 'node:sqlite';
import type { TenantId } from '@chorale/lib-ids';
import type {
  ActId,
  AuditLogHead,
  AuditStore,
  EntryPage,
  LoggedEntry,
  LoggedValue,
  LogRange,
  StoredCheckpoint,
} from '@chorale/module-access';
import { auditCheckpointShape } from './access-shapes.ts';
import type { PartRead } from './parts.ts';
import type { Statements } from './statements.ts';

type AuditReadMethod = Exclude<keyof AuditStore, 'execute'>;

const inRange = 'WHERE tenant_id = ? AND no >= ? AND no < ?';

export class SqliteAuditReads {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  listLogs(): readonly AuditLogHead[] {
    return this.#heads('ORDER BY tenant_id');
  }

  findLog(tenantId: TenantId): AuditLogHead | undefined {
    return this.#heads('WHERE tenant_id = ?', tenantId)[0];
  }

  readEntries(tenantId: TenantId, { from, count }: LogRange): readonly LoggedEntry[] {
    return this.#entries(`${inRange} ORDER BY no`, tenantId, from, from + count);
  }

  readHashes(tenantId: TenantId, level: number, { from, count }: LogRange): readonly string[] {
    const range = [tenantId, from, from + count] as const;
    const rows =
      level === 0
        ? this.#statements.values(`SELECT hash FROM audit_entries ${inRange} ORDER BY no`, ...range)
        : this.#statements.values(`SELECT hash FROM audit_nodes ${inRange} AND level = ? ORDER BY no`, ...range, level);
    return rows.map(([hash]) => hash as string);
  }

  readValues(tenantId: TenantId, { from, count }: LogRange): readonly LoggedValue[] {
    const sql = `SELECT no, field, subject, salt, value FROM audit_values ${inRange} ORDER BY no, field`;
    return this.#statements
      .values(sql, tenantId, from, from + count)
      .map(([no, field, subject, salt, value]) => ({ no, field, subject, salt, value }) as LoggedValue);
  }

  listEntries(tenantId: TenantId, { before, limit, who, on }: EntryPage): readonly LoggedEntry[] {
    const where = ['tenant_id = ?'];
    const values: SQLInputValue[] = [tenantId];
    const add = (condition: string, value: SQLInputValue): void => {
      where.push(condition);
      values.push(value);
    };
    if (before !== undefined) add('no < ?', before);
    if (who !== undefined) add('who = ?', who);
    if (on !== undefined) add('subject = ?', on);
    return this.#entries(`WHERE ${where.join(' AND ')} ORDER BY no DESC LIMIT ?`, ...values, limit);
  }

  findEntry(tenantId: TenantId, actId: ActId): LoggedEntry | undefined {
    return this.#entries('WHERE tenant_id = ? AND act_id = ?', tenantId, actId)[0];
  }

  findCheckpoint(tenantId: TenantId): StoredCheckpoint | undefined {
    return this.listCheckpoints(tenantId, { limit: 1 })[0];
  }

  listCheckpoints(tenantId: TenantId, { limit }: { readonly limit: number }): readonly StoredCheckpoint[] {
    const rest = 'WHERE tenant_id = ? ORDER BY size DESC LIMIT ?';
    return this.#statements.all(auditCheckpointShape, rest, tenantId, limit);
  }

  #heads(rest: string, ...values: SQLInputValue[]): readonly AuditLogHead[] {
    return this.#statements
      .values(`SELECT tenant_id, size, root FROM audit_logs ${rest}`, ...values)
      .map(([tenantId, size, root]) => ({ tenantId, size, root }) as AuditLogHead);
  }

  #entries(rest: string, ...values: SQLInputValue[]): readonly LoggedEntry[] {
    return this.#statements
      .values(`SELECT no, entry FROM audit_entries ${rest}`, ...values)
      .map(([no, entry]) => ({ no, entry }) as LoggedEntry);
  }
}

export function runAuditRead(reads: SqliteAuditReads, { method, given }: PartRead): unknown {
  return (reads[method as AuditReadMethod] as (...args: unknown[]) => unknown).apply(reads, [...given]);
}

export function makeAuditReads(ask: (request: PartRead) => Promise<unknown>): Omit<AuditStore, 'execute'> {
  const read =
    (method: AuditReadMethod) =>
    (...given: readonly unknown[]) =>
      ask({ method, given }) as Promise<never>;
  return {
    listLogs: read('listLogs'),
    findLog: read('findLog'),
    readEntries: read('readEntries'),
    readHashes: read('readHashes'),
    readValues: read('readValues'),
    listEntries: read('listEntries'),
    findEntry: read('findEntry'),
    findCheckpoint: read('findCheckpoint'),
    listCheckpoints: read('listCheckpoints'),
  };
}
