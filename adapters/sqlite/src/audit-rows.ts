// The rows of audit logs as their engine reads and writes them inside one transaction.
import type { TenantId } from '@chorale/lib-ids';
import type { ActId, AuditChanges, AuditLogRow, AuditRows, StoredCheckpoint, ValuesGone } from '@chorale/module-access';
import type { SQLInputValue } from 'node:sqlite';
import {
  auditCheckpointShape,
  auditEntryShape,
  auditLogShape,
  auditNodeShape,
  auditValueShape,
} from './access-shapes.ts';
import type { RowShape } from './row-shape.ts';
import type { Statements } from './statements.ts';

export class SqliteAuditRows implements AuditRows {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  log(tenantId: TenantId): AuditLogRow | undefined {
    return this.#statements.get(auditLogShape, 'WHERE tenant_id = ?', tenantId);
  }

  entryNo(tenantId: TenantId, actId: ActId): number | undefined {
    const sql = 'SELECT no FROM audit_entries WHERE tenant_id = ? AND act_id = ?';
    return this.#statements.value(sql, tenantId, actId) as number | undefined;
  }

  checkpoint(tenantId: TenantId): StoredCheckpoint | undefined {
    return this.#statements.get(auditCheckpointShape, 'WHERE tenant_id = ? ORDER BY size DESC', tenantId);
  }

  countValues(gone: ValuesGone): number {
    const { where, values } = conditionOf(gone);
    return this.#statements.value(`SELECT count(*) FROM audit_values ${where}`, ...values) as number;
  }

  write(changes: AuditChanges): void {
    for (const row of changes.logs) this.#statements.run(auditLogShape.put, ...auditLogShape.toValues(row));
    this.#insert(auditEntryShape, changes.entries);
    this.#insert(auditNodeShape, changes.nodes);
    this.#insert(auditValueShape, changes.values);
    this.#insert(auditCheckpointShape, changes.checkpoints);
    for (const gone of changes.valuesGone) {
      const { where, values } = conditionOf(gone);
      this.#statements.run(`DELETE FROM audit_values ${where}`, ...values);
    }
  }

  #insert<Row extends object>(shape: RowShape<Row>, rows: readonly Row[]): void {
    for (const row of rows) this.#statements.run(shape.insert, ...shape.toValues(row));
  }
}

function conditionOf(gone: ValuesGone): { readonly where: string; readonly values: readonly SQLInputValue[] } {
  const { tenantId, beforeNo } = gone;
  return 'subject' in gone
    ? { where: 'WHERE tenant_id = ? AND no < ? AND subject = ?', values: [tenantId, beforeNo, gone.subject] }
    : {
        where: 'WHERE tenant_id = ? AND no < ? AND retention = ? AND at < ?',
        values: [tenantId, beforeNo, gone.retention, gone.before],
      };
}
