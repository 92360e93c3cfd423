// The port to all rows of a tenant, whatever part of the store they belong to. Which tables there are is read from the
// schema: a table that is added is exported and erased without anybody thinking of it.
import type { TenantId } from '@chorale/lib-ids';
import type { EndedGoals } from './ended-goals.ts';

export interface TenantTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** The columns of the primary key behind the tenant. */
  readonly key: readonly string[];
}

export interface StoreTables {
  /** In the order in which they were made: what refers to others comes after them. */
  readonly ofTenants: readonly TenantTable[];
  /** Those whose rows belong to no tenant. */
  readonly others: readonly string[];
}

/** Values of the columns, in their order. */
export type RowValues = readonly unknown[];

export interface RowPage {
  /** Values of the key of the row before; undefined: from the first. */
  readonly after?: RowValues;
  readonly limit: number;
}

/** Rows whose time is before. */
export interface OlderThan {
  readonly column: string;
  readonly before: number;
}

export interface TenantRows extends EndedGoals {
  listTables(): Promise<StoreTables>;
  /** In the order of their keys. */
  readRows(tenantId: TenantId, table: TenantTable, page: RowPage): Promise<readonly RowValues[]>;
  countRows(tenantId: TenantId, table: TenantTable, older?: OlderThan): Promise<number>;
  /** Deletes some thousands of rows at most, and says how many: 0 when none is left. Durable when it resolves. */
  eraseRows(tenantId: TenantId, table: TenantTable): Promise<number>;
}
