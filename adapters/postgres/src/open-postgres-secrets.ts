// The secrets of the cluster: each command is one statement that does it or finds that it may not.
import { fromErrorRecord, unreachable } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import type { SecretCommand, SecretStore } from '@chorale/module-access';
import { dataKeyShape, secretShape } from './access-shapes.ts';
import { connect, connectScheduler } from './connect.ts';
import { Connection, together } from './connection.ts';
import type { Sql } from 'postgres';
import type { PostgresOptions } from './open-postgres-goal-store.ts';
import { storeError } from './postgres-errors.ts';
import { reserve } from './reserve.ts';

const reseal = `UPDATE secrets SET data_key = $1, sealed = $2
  WHERE tenant_id = $3 AND name = $4 AND version = $5 AND data_key = $6 AND sealed = $7 RETURNING 1`;
const rewrap = `UPDATE data_keys SET wrapped_by = $1, wrapped = $2
  WHERE tenant_id = $3 AND no = $4 AND wrapped_by = $5 AND wrapped = $6 RETURNING 1`;
const dropKey = `DELETE FROM data_keys WHERE tenant_id = $1 AND no = $2
  AND no < (SELECT max(no) FROM data_keys WHERE tenant_id = $1) RETURNING 1`;
const newest = `version = (
    SELECT max(version) FROM secrets AS s WHERE s.tenant_id = secrets.tenant_id AND s.name = secrets.name
  )`;

/** On a database whose schema is the newest. */
export function openPostgresSecrets(options: PostgresOptions): {
  readonly secrets: SecretStore;
  end(): Promise<void>;
} {
  const reader = connect(options, 1, {});
  const writer = connect(options, 1, {});
  const scheduler = connectScheduler(options, {});
  return {
    secrets: {
      execute: (command) => execute(writer, command),
      ...makeReads(new Connection(reader), new Connection(scheduler)),
    },
    async end() {
      await Promise.all([reader, writer, scheduler].map((sql) => sql.end({ timeout: 5 })));
    },
  };
}

async function execute(sql: Sql, command: SecretCommand): Promise<{ readonly done: boolean }> {
  const [text, values] = statementOf(command);
  const reserved = await reserve(sql).catch((cause: unknown) => {
    throw fromErrorRecord(storeError(cause));
  });
  try {
    const connection = new Connection(reserved);
    const begun = connection.begin([command.tenantId]);
    const [, rows] = await together([begun, connection.values(text, ...values), connection.values('COMMIT')]);
    return { done: rows.length > 0 };
  } catch (cause) {
    await reserved.unsafe('ROLLBACK').catch(() => undefined);
    // A secret without its data key, or a data key with a secret: what was asked for may not be done.
    if ((cause as { readonly code?: string }).code === '23503') return { done: false };
    throw fromErrorRecord(storeError(cause));
  } finally {
    reserved.release();
  }
}

type Statement = readonly [text: string, values: readonly (string | number)[]];

function statementOf(command: SecretCommand): Statement {
  const { tenantId } = command;
  switch (command.command) {
    case 'add-secret':
      return [`${secretShape.insert} ON CONFLICT DO NOTHING RETURNING 1`, [secretShape.toParameter([command.secret])]];
    case 'reseal-secret': {
      const { secret, was } = command;
      const place = [tenantId, secret.name, secret.version];
      return [reseal, [secret.dataKey, secret.sealed, ...place, was.dataKey, was.sealed]];
    }
    case 'drop-secret':
      return ['DELETE FROM secrets WHERE tenant_id = $1 AND name = $2 RETURNING 1', [tenantId, command.name]];
    case 'add-data-key':
      return [`${dataKeyShape.insert} ON CONFLICT DO NOTHING RETURNING 1`, [dataKeyShape.toParameter([command.key])]];
    case 'rewrap-data-key': {
      const { key, was } = command;
      return [rewrap, [key.wrappedBy, key.wrapped, tenantId, key.no, was.wrappedBy, was.wrapped]];
    }
    case 'drop-data-key':
      return [dropKey, [tenantId, command.no]];
    default:
      return unreachable(command);
  }
}

function makeReads(connection: Connection, ofAll: Connection): Omit<SecretStore, 'execute'> {
  return {
    async findSecret(tenantId, name, version) {
      const where = 'WHERE tenant_id = $1 AND name = $2';
      const rows =
        version === undefined
          ? await connection.of(tenantId).all(secretShape, `${where} ORDER BY version DESC LIMIT 1`, tenantId, name)
          : await connection.of(tenantId).all(secretShape, `${where} AND version = $3`, tenantId, name, version);
      return rows[0];
    },
    async listSecrets(tenantId) {
      const rows = await connection
        .of(tenantId)
        .all(secretShape, `WHERE tenant_id = $1 AND ${newest} ORDER BY name`, tenantId);
      return rows.map(({ sealed: _sealed, ...summary }) => summary);
    },
    listSealedOtherwise(tenantId, dataKey, limit) {
      const rest = 'WHERE tenant_id = $1 AND data_key <> $2 ORDER BY name, version LIMIT $3';
      return connection.of(tenantId).all(secretShape, rest, tenantId, dataKey, limit);
    },
    listDataKeys: (tenantId) => connection.of(tenantId).all(dataKeyShape, 'WHERE tenant_id = $1 ORDER BY no', tenantId),
    async listTenants() {
      const rows = await ofAll.values('SELECT DISTINCT tenant_id FROM data_keys ORDER BY tenant_id');
      return rows.map(([tenantId]) => tenantId as TenantId);
    },
  };
}
