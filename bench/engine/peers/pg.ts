import { loadPeer } from './peer-package.ts';

interface Pool {
  query<Row>(text: string, values?: readonly unknown[]): Promise<{ readonly rows: readonly Row[] }>;
  end(): Promise<void>;
}

/** A small pool for the questions that a peer's program asks of its database beside the peer. */
export function openPool(connectionString: string): Pool {
  const pg = loadPeer<{ Pool: new (options: { connectionString: string; max: number }) => Pool }>('pg');
  return new pg.Pool({ connectionString, max: 2 });
}

export async function serverVersion(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ server_version: string }>('show server_version');
  return rows[0]?.server_version ?? 'unknown';
}

export type { Pool };
