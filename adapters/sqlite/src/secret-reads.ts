// What others ask of the rows of secrets, outside their transactions.
import type { TenantId } from '@chorale/lib-ids';
import type { SealedSecret, SecretStore, SecretSummary, WrappedDataKey } from '@chorale/module-access';
import { dataKeyShape, secretShape } from './access-shapes.ts';
import type { PartRead } from './parts.ts';
import type { Statements } from './statements.ts';

type SecretReadMethod = Exclude<keyof SecretStore, 'execute'>;

const newest =
  'version = (SELECT max(version) FROM secrets AS s WHERE s.tenant_id = secrets.tenant_id AND s.name = secrets.name)';

export class SqliteSecretReads {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  findSecret(tenantId: TenantId, name: string, version?: number): SealedSecret | undefined {
    const where = 'WHERE tenant_id = ? AND name = ?';
    return version === undefined
      ? this.#statements.get(secretShape, `${where} ORDER BY version DESC`, tenantId, name)
      : this.#statements.get(secretShape, `${where} AND version = ?`, tenantId, name, version);
  }

  listSecrets(tenantId: TenantId): readonly SecretSummary[] {
    const rows = this.#statements.all(secretShape, `WHERE tenant_id = ? AND ${newest} ORDER BY name`, tenantId);
    return rows.map(({ sealed: _sealed, ...summary }) => summary);
  }

  listSealedOtherwise(tenantId: TenantId, dataKey: number, limit: number): readonly SealedSecret[] {
    const rest = 'WHERE tenant_id = ? AND data_key <> ? ORDER BY name, version LIMIT ?';
    return this.#statements.all(secretShape, rest, tenantId, dataKey, limit);
  }

  listDataKeys(tenantId: TenantId): readonly WrappedDataKey[] {
    return this.#statements.all(dataKeyShape, 'WHERE tenant_id = ? ORDER BY no', tenantId);
  }

  listTenants(): readonly TenantId[] {
    const rows = this.#statements.values('SELECT DISTINCT tenant_id FROM data_keys ORDER BY tenant_id');
    return rows.map(([tenantId]) => tenantId as TenantId);
  }
}

export function runSecretRead(reads: SqliteSecretReads, { method, given }: PartRead): unknown {
  return (reads[method as SecretReadMethod] as (...args: unknown[]) => unknown).apply(reads, [...given]);
}

export function makeSecretReads(ask: (request: PartRead) => Promise<unknown>): Omit<SecretStore, 'execute'> {
  const read =
    (method: SecretReadMethod) =>
    (...given: readonly unknown[]) =>
      ask({ method, given }) as Promise<never>;
  return {
    findSecret: read('findSecret'),
    listSecrets: read('listSecrets'),
    listSealedOtherwise: read('listSealedOtherwise'),
    listDataKeys: read('listDataKeys'),
    listTenants: read('listTenants'),
  };
}
