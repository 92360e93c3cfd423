// The identity records of the cluster: each command is a transaction of its own, which is rolled back where one of its
// writes met something else than it names.
import { fromErrorRecord, unreachable } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import type { IdentityCommand, IdentityRecord, IdentityStore, IdentityWrite } from '@chorale/module-access';
import type { Sql } from 'postgres';
import { identityShape } from './access-shapes.ts';
import { connect, connectScheduler, inOrder } from './connect.ts';
import { Connection } from './connection.ts';
import type { PostgresOptions } from './open-postgres-goal-store.ts';
import { isTransient, storeError } from './postgres-errors.ts';
import { reserve, type Reserved } from './reserve.ts';

const readersMax = 2;
const writersMax = 2;
/** How often a command is begun anew because another transaction was in its way. */
const retriesMax = 8;

const replace = `UPDATE identity_records SET user_id = $1, name = $2, version = $3, expires_at = $4, body = $5::text::json
  WHERE tenant_id = $6 AND kind = $7 AND id = $8 AND version = $3 - 1 RETURNING 1`;
const dropOne = 'DELETE FROM identity_records WHERE tenant_id = $1 AND kind = $2 AND id = $3 RETURNING 1';
const dropOfUser = `DELETE FROM identity_records WHERE tenant_id = $1 AND user_id = $2
  AND kind IN (SELECT json_array_elements_text($3::text::json))`;

/** On a database whose schema is the newest. */
export function openPostgresIdentity(options: PostgresOptions): {
  readonly identity: IdentityStore;
  end(): Promise<void>;
} {
  const readers = connect(options, readersMax, inOrder);
  const writers = connect(options, writersMax, {});
  const scheduler = connectScheduler(options, {});
  return {
    identity: {
      execute: async (command) => ({ done: await execute(writers, command) }),
      ...makeReads(new Connection(readers), new Connection(scheduler)),
    },
    async end() {
      await Promise.all([readers, writers, scheduler].map((sql) => sql.end({ timeout: 5 })));
    },
  };
}

async function execute(sql: Sql, command: IdentityCommand): Promise<boolean> {
  for (let tries = 0; ; tries++) {
    const reserved = await take(sql);
    try {
      return await transact(reserved, command);
    } catch (cause) {
      await reserved.unsafe('ROLLBACK').catch(() => undefined);
      // The name is somebody else's.
      if ((cause as { readonly code?: string }).code === '23505') return false;
      if (tries >= retriesMax || !isTransient(cause)) throw fromErrorRecord(storeError(cause));
    } finally {
      reserved.release();
    }
  }
}

async function take(sql: Sql): Promise<Reserved> {
  try {
    return await reserve(sql);
  } catch (cause) {
    throw fromErrorRecord(storeError(cause));
  }
}

async function transact(reserved: Reserved, command: IdentityCommand): Promise<boolean> {
  const connection = new Connection(reserved);
  const { tenantId } = command;
  await connection.begin([tenantId]);
  if (command.command === 'sweep-identity')
    await connection.values(
      'DELETE FROM identity_records WHERE tenant_id = $1 AND expires_at < $2',
      tenantId,
      command.before,
    );
  else
    for (const each of command.writes)
      if (!(await write(connection, tenantId, each))) {
        await connection.values('ROLLBACK');
        return false;
      }
  await connection.values('COMMIT');
  return true;
}

async function write(connection: Connection, tenantId: TenantId, each: IdentityWrite): Promise<boolean> {
  switch (each.write) {
    case 'add': {
      const text = `${identityShape.insert} ON CONFLICT DO NOTHING RETURNING 1`;
      return (await connection.values(text, identityShape.toParameter([each.record]))).length > 0;
    }
    case 'replace': {
      const { kind, id, userId = null, name = null, version, expiresAt = null, body } = each.record;
      const values = [userId, name, version, expiresAt, JSON.stringify(body)];
      return (await connection.values(replace, ...values, tenantId, kind, id)).length > 0;
    }
    case 'drop':
      return (await connection.values(dropOne, tenantId, each.kind, each.id)).length > 0;
    case 'drop-of-user':
      await connection.values(dropOfUser, tenantId, each.userId, JSON.stringify(each.kinds));
      return true;
    default:
      return unreachable(each);
  }
}

function makeReads(connection: Connection, ofAll: Connection): Omit<IdentityStore, 'execute'> {
  const read = async (
    rest: string,
    ...values: readonly [TenantId, ...(readonly (string | number)[])]
  ): Promise<readonly IdentityRecord[]> => {
    try {
      return await connection.of(values[0]).all(identityShape, rest, ...values);
    } catch (cause) {
      throw fromErrorRecord(storeError(cause));
    }
  };
  return {
    async findRecord(tenantId, kind, id) {
      const [found] = await read('WHERE tenant_id = $1 AND kind = $2 AND id = $3', tenantId, kind, id);
      return found as IdentityRecord<typeof kind> | undefined;
    },
    async findRecordByName(tenantId, kind, name) {
      const [found] = await read('WHERE tenant_id = $1 AND kind = $2 AND name = $3', tenantId, kind, name);
      return found as IdentityRecord<typeof kind> | undefined;
    },
    async listRecords(tenantId, kind, { userId, idPrefix, after, limit }) {
      const values: [TenantId, ...(string | number)[]] = [tenantId, kind];
      const place = (value: string | number): string => `$${values.push(value)}`;
      const where = ['tenant_id = $1', 'kind = $2'];
      if (userId !== undefined) where.push(`user_id = ${place(userId)}`);
      if (after !== undefined) where.push(`id > ${place(after)}`);
      if (idPrefix !== undefined) where.push(`id >= ${place(idPrefix)}`, `id < ${place(`${idPrefix}\u{10FFFF}`)}`);
      const rows = await read(`WHERE ${where.join(' AND ')} ORDER BY id LIMIT ${place(limit)}`, ...values);
      return rows as readonly IdentityRecord<typeof kind>[];
    },
    async listTenants() {
      const rows = await ofAll.values('SELECT DISTINCT tenant_id FROM identity_records ORDER BY tenant_id');
      return rows.map(([tenantId]) => tenantId as TenantId);
    },
  };
}
