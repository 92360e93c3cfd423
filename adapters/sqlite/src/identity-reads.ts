// What others ask of identity records, outside their transactions.
import type { TenantId } from '@chorale/lib-ids';
import type { IdentityRecord, IdentityStore, RecordKind, RecordRange } from '@chorale/module-access';
import { identityShape } from './access-shapes.ts';
import type { PartRead } from './parts.ts';
import type { Statements } from './statements.ts';

type IdentityReadMethod = Exclude<keyof IdentityStore, 'execute'>;

export class SqliteIdentityReads {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  findRecord(tenantId: TenantId, kind: RecordKind, id: string): IdentityRecord | undefined {
    return this.#statements.get(identityShape, 'WHERE tenant_id = ? AND kind = ? AND id = ?', tenantId, kind, id);
  }

  findRecordByName(tenantId: TenantId, kind: RecordKind, name: string): IdentityRecord | undefined {
    return this.#statements.get(identityShape, 'WHERE tenant_id = ? AND kind = ? AND name = ?', tenantId, kind, name);
  }

  listRecords(tenantId: TenantId, kind: RecordKind, range: RecordRange): readonly IdentityRecord[] {
    const { userId, idPrefix, after, limit } = range;
    const where = ['tenant_id = ?', 'kind = ?'];
    const values: string[] = [tenantId, kind];
    const add = (condition: string, value: string): void => {
      where.push(condition);
      values.push(value);
    };
    if (userId !== undefined) add('user_id = ?', userId);
    if (after !== undefined) add('id > ?', after);
    if (idPrefix !== undefined) {
      add('id >= ?', idPrefix);
      // Ids are of letters, digits and a few marks: what begins with the prefix is below this.
      add('id < ?', `${idPrefix}\u{10FFFF}`);
    }
    return this.#statements.all(identityShape, `WHERE ${where.join(' AND ')} ORDER BY id LIMIT ?`, ...values, limit);
  }

  listTenants(): readonly TenantId[] {
    const rows = this.#statements.values('SELECT DISTINCT tenant_id FROM identity_records ORDER BY tenant_id');
    return rows.map(([tenantId]) => tenantId as TenantId);
  }
}

export function runIdentityRead(reads: SqliteIdentityReads, { method, given }: PartRead): unknown {
  return (reads[method as IdentityReadMethod] as (...args: unknown[]) => unknown).apply(reads, [...given]);
}

export function makeIdentityReads(ask: (request: PartRead) => Promise<unknown>): Omit<IdentityStore, 'execute'> {
  const read =
    (method: IdentityReadMethod) =>
    (...given: readonly unknown[]) =>
      ask({ method, given }) as Promise<never>;
  return {
    findRecord: read('findRecord'),
    findRecordByName: read('findRecordByName'),
    listRecords: read('listRecords'),
    listTenants: read('listTenants'),
  };
}
