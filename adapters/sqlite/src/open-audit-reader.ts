// The audit logs of a database file for whoever only reads: beside a server that has it open, or of a copy.
import { DatabaseSync } from 'node:sqlite';
import type { AuditReads } from '@chorale/module-access';
import { SqliteAuditReads, makeAuditReads, runAuditRead } from './audit-reads.ts';
import { Statements } from './statements.ts';
import { openError } from './store-errors.ts';

export interface AuditReader extends AuditReads {
  close(): void;
}

/** Takes no lock and changes nothing. @throws as opening a store does. */
export function openSqliteAuditReader(path: string): AuditReader {
  let database: DatabaseSync;
  try {
    database = new DatabaseSync(path, { readOnly: true });
  } catch (cause) {
    throw openError(cause, path);
  }
  const reads = new SqliteAuditReads(new Statements(database));
  return { ...makeAuditReads(async (request) => runAuditRead(reads, request)), close: () => database.close() };
}
