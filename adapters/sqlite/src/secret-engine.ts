// Secrets on a connection: each command is one statement that does it or finds that it may not. There is one writer, so
// what a statement looked at still holds when it writes.
import { toErrorRecord, unreachable } from '@chorale/lib-errors';
import type { SecretCommand, SecretReply } from '@chorale/module-access';
import { dataKeyShape, secretShape } from './access-shapes.ts';
import { runBatch, type PartBatch } from './run-batch.ts';
import { SqliteSecretReads } from './secret-reads.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

const hasKey = 'SELECT 1 FROM data_keys WHERE tenant_id = ? AND no = ?';
const reseal = `UPDATE secrets SET data_key = ?, sealed = ?
  WHERE tenant_id = ? AND name = ? AND version = ? AND data_key = ? AND sealed = ?`;
const rewrap = `UPDATE data_keys SET wrapped_by = ?, wrapped = ?
  WHERE tenant_id = ? AND no = ? AND wrapped_by = ? AND wrapped = ?`;
const dropKey = `DELETE FROM data_keys WHERE tenant_id = ?1 AND no = ?2
  AND no < (SELECT max(no) FROM data_keys WHERE tenant_id = ?1)
  AND NOT EXISTS (SELECT 1 FROM secrets WHERE tenant_id = ?1 AND data_key = ?2)`;

export class SqliteSecretEngine {
  readonly database: SqliteDatabase;
  readonly reads: SqliteSecretReads;

  constructor(database: SqliteDatabase) {
    this.database = database;
    this.reads = new SqliteSecretReads(database.statements);
  }

  runBatch(commands: readonly SecretCommand[]): PartBatch {
    return runBatch(this, commands);
  }

  transact(commands: readonly SecretCommand[]): PartBatch {
    try {
      return this.database.transact(() => ({ outcomes: commands.map((command) => ({ reply: this.#run(command) })) }));
    } catch (cause) {
      const error = toErrorRecord(cause);
      return { outcomes: commands.map(() => ({ error })) };
    }
  }

  /** What takes secrets and keys away, or changes keys in place, goes on while the disk is nearly full. */
  isKeeping({ command }: SecretCommand): boolean {
    return command !== 'add-secret' && command !== 'add-data-key';
  }

  #run(command: SecretCommand): SecretReply {
    const { statements } = this.database;
    const { tenantId } = command;
    switch (command.command) {
      case 'add-secret': {
        const { secret } = command;
        if (statements.value(hasKey, tenantId, secret.dataKey) === undefined) return { done: false };
        statements.run(`${secretShape.insert} ON CONFLICT DO NOTHING`, ...secretShape.toValues(secret));
        break;
      }
      case 'reseal-secret': {
        const { secret, was } = command;
        if (statements.value(hasKey, tenantId, secret.dataKey) === undefined) return { done: false };
        const place = [tenantId, secret.name, secret.version] as const;
        statements.run(reseal, secret.dataKey, secret.sealed, ...place, was.dataKey, was.sealed);
        break;
      }
      case 'drop-secret':
        statements.run('DELETE FROM secrets WHERE tenant_id = ? AND name = ?', tenantId, command.name);
        break;
      case 'add-data-key':
        statements.run(`${dataKeyShape.insert} ON CONFLICT DO NOTHING`, ...dataKeyShape.toValues(command.key));
        break;
      case 'rewrap-data-key': {
        const { key, was } = command;
        statements.run(rewrap, key.wrappedBy, key.wrapped, tenantId, key.no, was.wrappedBy, was.wrapped);
        break;
      }
      case 'drop-data-key':
        statements.run(dropKey, tenantId, command.no);
        break;
      default:
        return unreachable(command);
    }
    return { done: statements.value('SELECT changes()') !== 0 };
  }
}
