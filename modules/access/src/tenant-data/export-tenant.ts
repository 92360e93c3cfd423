// All data of a tenant as lines of JSON, one after the other, so that neither side ever holds more than a piece of it.
//
// The last line is the manifest: of each table and of the artifacts how much there is and the SHA-256 of their lines, and the
// SHA-256 of everything before it. Rows are as the store has them; what is sealed stays sealed, and what somebody comes in by stays behind.
import type { TenantId } from '@chorale/lib-ids';
import { toBase64, toHex } from '../bytes.ts';
import { isEntrance } from '../identity/identity-tables.ts';
import type { RowValues, TenantRows, TenantTable } from './tenant-rows.ts';

/** A hash that is fed piece by piece; handed in. */
export interface RunningHash {
  update(text: string): void;
  digest(): Uint8Array;
}

export interface StoredArtifact {
  /** `sha256:` and 64 hex digits. */
  readonly hash: string;
  open(): Promise<AsyncIterable<Uint8Array>>;
}

export interface ExportPorts {
  readonly rows: TenantRows;
  readonly listArtifacts: (tenantId: TenantId) => AsyncIterable<StoredArtifact>;
  readonly newHash: () => RunningHash;
  readonly now: () => number;
  readonly version: string;
}

const rowsAtOnce = 500;
const exportFormat = 1;

interface Part {
  lines: number;
  readonly hash: RunningHash;
}

export async function* exportTenant(ports: ExportPorts, tenantId: TenantId): AsyncGenerator<string> {
  const whole = ports.newHash();
  const parts = new Map<string, Part>();
  const line = (value: object, name?: string): string => {
    const text = `${JSON.stringify(value)}\n`;
    whole.update(text);
    if (name === undefined) return text;
    const part = parts.get(name) ?? { lines: 0, hash: ports.newHash() };
    parts.set(name, part);
    part.lines += 1;
    part.hash.update(text);
    return text;
  };
  yield line({ kind: 'begin', format: exportFormat, tenant: tenantId, at: ports.now(), version: ports.version });
  for (const table of (await ports.rows.listTables()).ofTenants) {
    parts.set(table.name, { lines: 0, hash: ports.newHash() });
    for await (const values of readTable(ports.rows, tenantId, table)) {
      const row = rowOf(table, values);
      if (!isEntrance(table.name, row)) yield line({ kind: 'row', table: table.name, row }, table.name);
    }
  }
  parts.set('artifacts', { lines: 0, hash: ports.newHash() });
  for await (const { hash, open } of ports.listArtifacts(tenantId)) {
    for await (const bytes of await open()) yield line({ kind: 'artifact', hash, bytes: toBase64(bytes) }, 'artifacts');
    yield line({ kind: 'artifact', hash, end: true }, 'artifacts');
  }
  const sums = [...parts].map(([name, { lines, hash }]) => [name, { lines, sha256: toHex(hash.digest()) }]);
  const manifest = { kind: 'manifest', tenant: tenantId, parts: Object.fromEntries(sums) };
  yield `${JSON.stringify({ ...manifest, sha256: toHex(whole.digest()) })}\n`;
}

async function* readTable(rows: TenantRows, tenantId: TenantId, table: TenantTable): AsyncGenerator<RowValues> {
  const places = table.key.map((column) => table.columns.indexOf(column));
  let after: RowValues | undefined;
  for (;;) {
    const page = await rows.readRows(tenantId, table, { limit: rowsAtOnce, ...(after === undefined ? {} : { after }) });
    yield* page;
    const last = page.at(-1);
    // Without a key behind the tenant there is one row.
    if (last === undefined || page.length < rowsAtOnce || places.length === 0) return;
    after = places.map((place) => last[place]);
  }
}

function rowOf({ columns }: TenantTable, row: RowValues): Readonly<Record<string, unknown>> {
  return Object.fromEntries(columns.map((column, at) => [column, plain(row[at])]));
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { $base64: toBase64(value) };
  return typeof value === 'bigint' ? Number(value) : (value ?? null);
}
