// Identity records on a connection: each command is done whole or not at all, whatever else is in its batch. There is one
// writer, so what a statement looked at still holds when it writes.
import { toErrorRecord, unreachable } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import type { IdentityCommand, IdentityReply, IdentityWrite } from '@chorale/module-access';
import { identityShape } from './access-shapes.ts';
import { SqliteIdentityReads } from './identity-reads.ts';
import { runBatch, type PartBatch } from './run-batch.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

const replace = `UPDATE identity_records SET user_id = ?, name = ?, version = ?, expires_at = ?, body = ?
  WHERE tenant_id = ? AND kind = ? AND id = ? AND version = ?
    AND NOT EXISTS (SELECT 1 FROM identity_records AS o
      WHERE o.tenant_id = ?6 AND o.kind = ?7 AND o.name = ?2 AND o.id <> ?8)`;

export class SqliteIdentityEngine {
  readonly database: SqliteDatabase;
  readonly reads: SqliteIdentityReads;

  constructor(database: SqliteDatabase) {
    this.database = database;
    this.reads = new SqliteIdentityReads(database.statements);
  }

  runBatch(commands: readonly IdentityCommand[]): PartBatch {
    return runBatch(this, commands);
  }

  transact(commands: readonly IdentityCommand[]): PartBatch {
    try {
      return this.database.transact(() => ({ outcomes: commands.map((command) => ({ reply: this.#run(command) })) }));
    } catch (cause) {
      const error = toErrorRecord(cause);
      return { outcomes: commands.map(() => ({ error })) };
    }
  }

  /** What ends sessions and keys goes on while the disk is nearly full, and so does coming in to mend it. */
  isKeeping(): boolean {
    return true;
  }

  #run(command: IdentityCommand): IdentityReply {
    const { statements } = this.database;
    const { tenantId } = command;
    if (command.command === 'sweep-identity') {
      statements.run('DELETE FROM identity_records WHERE tenant_id = ? AND expires_at < ?', tenantId, command.before);
      return { done: true };
    }
    statements.run('SAVEPOINT identity');
    const done = command.writes.every((write) => this.#write(tenantId, write));
    if (!done) statements.run('ROLLBACK TO identity');
    statements.run('RELEASE identity');
    return { done };
  }

  #write(tenantId: TenantId, write: IdentityWrite): boolean {
    const { statements } = this.database;
    switch (write.write) {
      case 'add':
        statements.run(`${identityShape.insert} ON CONFLICT DO NOTHING`, ...identityShape.toValues(write.record));
        break;
      case 'replace': {
        const [, kind, id, ...values] = identityShape.toValues(write.record);
        statements.run(replace, ...values, tenantId, kind!, id!, write.record.version - 1);
        break;
      }
      case 'drop':
        statements.run(identityShape.drop, tenantId, write.kind, write.id);
        break;
      case 'drop-of-user': {
        const where = 'WHERE tenant_id = ? AND user_id = ? AND kind IN (SELECT value FROM json_each(?))';
        statements.run(`DELETE FROM identity_records ${where}`, tenantId, write.userId, JSON.stringify(write.kinds));
        return true;
      }
      default:
        return unreachable(write);
    }
    return statements.value('SELECT changes()') !== 0;
  }
}
