// Writes everything a batch of audit commands changed: one statement for each kind of row, sent together.
import type { AuditChanges } from '@chorale/module-access';
import {
  auditCheckpointShape,
  auditEntryShape,
  auditLogShape,
  auditNodeShape,
  auditValueShape,
} from './access-shapes.ts';
import { conditionOf } from './audit-load.ts';
import type { Connection, Rows } from './connection.ts';
import type { RowShape } from './row-shape.ts';

const growth = new Set(['size', 'edge', 'root']);

export function writeAudit(connection: Connection, changes: AuditChanges): readonly Promise<Rows>[] {
  const writes: Promise<Rows>[] = [];
  const insert = <Row extends object>(shape: RowShape<Row>, rows: readonly Row[]): void => {
    if (rows.length > 0) writes.push(connection.values(shape.insert, shape.toParameter(rows)));
  };
  if (changes.logs.length > 0)
    writes.push(connection.values(auditLogShape.update([...growth]), auditLogShape.toParameter(changes.logs, growth)));
  insert(auditEntryShape, changes.entries);
  insert(auditNodeShape, changes.nodes);
  insert(auditValueShape, changes.values);
  insert(auditCheckpointShape, changes.checkpoints);
  for (const gone of changes.valuesGone) {
    const { where, values } = conditionOf(gone);
    // Others of the batch may have been reported after it.
    const sql = `DELETE FROM audit_values ${where} AND no < $${values.length + 1}`;
    writes.push(connection.values(sql, ...values, gone.beforeNo));
  }
  return writes;
}
