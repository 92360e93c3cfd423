import postgres from 'postgres';

interface Pool {
  query<Row>(text: string, values?: readonly unknown[]): Promise<{ readonly rows: readonly Row[] }>;
  end(): Promise<void>;
}

/** A small pool for the questions that a benchmark asks of its database. */
export function openPool(url: string): Pool {
  const sql = postgres(url, { max: 2, onnotice: () => undefined });
  return {
    async query<Row>(text: string, values: readonly unknown[] = []) {
      return { rows: (await sql.unsafe(text, [...values] as never[])) as unknown as readonly Row[] };
    },
    end: () => sql.end(),
  };
}

export async function serverVersion(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ server_version: string }>('show server_version');
  return rows[0]?.server_version ?? 'unknown';
}

export type { Pool };
