// What others ask of the rows of audit logs, outside their transactions.
import type { AuditLogHead, AuditStore, LoggedEntry, LoggedValue, LogRange } from '@chorale/module-access';
import type { TenantId } from '@chorale/lib-ids';
import type { Sql } from 'postgres';
import { auditCheckpointShape } from './access-shapes.ts';
import { Connection } from './connection.ts';

const inRange = 'WHERE tenant_id = $1 AND no >= $2 AND no < $3';

export function makeAuditReads({
  readers,
  scheduler,
}: {
  readonly readers: Sql;
  readonly scheduler: Sql;
}): Omit<AuditStore, 'execute'> {
  const connection = new Connection(readers);
  const ofAll = new Connection(scheduler);
  const heads = async (
    from: Connection,
    rest: string,
    ...values: readonly string[]
  ): Promise<readonly AuditLogHead[]> => {
    // A log whose first batch failed has a row, and nothing in it.
    const rows = await from.values(`SELECT tenant_id, size, root FROM audit_logs WHERE size > 0 ${rest}`, ...values);
    return rows.map(([tenantId, size, root]) => ({ tenantId, size, root }) as AuditLogHead);
  };
  const entries = async (
    rest: string,
    ...values: readonly [TenantId, ...(readonly (string | number)[])]
  ): Promise<readonly LoggedEntry[]> => {
    const rows = await connection.of(values[0]).values(`SELECT no, entry FROM audit_entries ${rest}`, ...values);
    return rows.map(([no, entry]) => ({ no, entry }) as LoggedEntry);
  };
  const listCheckpoints: AuditStore['listCheckpoints'] = (tenantId, { limit }) =>
    connection
      .of(tenantId)
      .all(auditCheckpointShape, 'WHERE tenant_id = $1 ORDER BY size DESC LIMIT $2', tenantId, limit);
  return {
    listLogs: () => heads(ofAll, 'ORDER BY tenant_id'),
    findLog: async (tenantId) => (await heads(connection.of(tenantId), 'AND tenant_id = $1', tenantId))[0],
    readEntries: (tenantId, { from, count }) => entries(`${inRange} ORDER BY no`, tenantId, from, from + count),
    readHashes: (tenantId, level, range) => readHashes(connection.of(tenantId), { tenantId, level, ...range }),
    async readValues(tenantId, { from, count }) {
      const text = `SELECT no, field, subject, salt, value FROM audit_values ${inRange} ORDER BY no, field`;
      const rows = await connection.of(tenantId).values(text, tenantId, from, from + count);
      return rows.map(([no, field, subject, salt, value]) => ({ no, field, subject, salt, value }) as LoggedValue);
    },
    listEntries(tenantId, { before, limit, who, on }) {
      const values: [TenantId, ...(string | number)[]] = [tenantId];
      const place = (value: string | number): string => `$${values.push(value)}`;
      const where = ['tenant_id = $1'];
      if (before !== undefined) where.push(`no < ${place(before)}`);
      if (who !== undefined) where.push(`who = ${place(who)}`);
      if (on !== undefined) where.push(`subject = ${place(on)}`);
      return entries(`WHERE ${where.join(' AND ')} ORDER BY no DESC LIMIT ${place(limit)}`, ...values);
    },
    findEntry: async (tenantId, actId) => (await entries('WHERE tenant_id = $1 AND act_id = $2', tenantId, actId))[0],
    findCheckpoint: async (tenantId) => (await listCheckpoints(tenantId, { limit: 1 }))[0],
    listCheckpoints,
  };
}

interface Hashes extends LogRange {
  readonly tenantId: TenantId;
  readonly level: number;
}

async function readHashes(
  connection: Connection,
  { tenantId, level, from, count }: Hashes,
): Promise<readonly string[]> {
  const range = [tenantId, from, from + count] as const;
  const rows =
    level === 0
      ? await connection.values(`SELECT hash FROM audit_entries ${inRange} ORDER BY no`, ...range)
      : await connection.values(`SELECT hash FROM audit_nodes ${inRange} AND level = $4 ORDER BY no`, ...range, level);
  return rows.map(([hash]) => hash as string);
}
