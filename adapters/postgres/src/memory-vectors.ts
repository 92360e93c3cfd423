// Vectors of memories. With pgvector the server compares them fast; without, it multiplies number by number, and fewer of them.
import type { MemoryRow, NearPlace, NearWanted, VectorRow } from '@chorale/module-memory';
import type { Sql } from 'postgres';
import type { Connection, Rows } from './connection.ts';

/** The newest of a scope that are compared: with pgvector, and without. */
const comparedMax = 50_000;
const comparedSlowlyMax = 1_000;

const put = `INSERT INTO memory_vectors (tenant_id, session, position, model, scope, dimension, vector)
  SELECT r.t, r.s, r.p, r.m, r.c, r.d, ARRAY(SELECT json_array_elements_text(r.v)::real)
  FROM json_to_recordset($1::text::json) AS r(t text, s integer, p integer, m text, c text, d integer, v json)
  ON CONFLICT (tenant_id, session, position, model) DO UPDATE SET dimension = excluded.dimension, vector = excluded.vector`;
const drop = `DELETE FROM memory_vectors v USING json_to_recordset($1::text::json) AS k(t text, s integer, p integer)
  WHERE v.tenant_id = k.t COLLATE "C" AND v.session = k.s AND v.position = k.p`;

const nearest = (similarity: string, max: number): string => `SELECT session, position, ${similarity} AS similarity
  FROM json_array_elements_text($2::text::json) AS s(scope) CROSS JOIN LATERAL
    (SELECT session, position, vector FROM memory_vectors v WHERE v.tenant_id = $1 AND v.scope = s.scope COLLATE "C"
      AND v.model = $3 AND v.dimension = $4 ORDER BY session DESC, position DESC LIMIT ${max}) AS v
  ORDER BY 3 DESC LIMIT $6`;
const byExtension = nearest('-(v.vector::vector <#> $5::text::vector)', comparedMax);
const byNumber = nearest(
  '(SELECT sum(u.a * u.b) FROM unnest(v.vector, $5::text::real[]) AS u(a, b))',
  comparedSlowlyMax,
);

export function putVectors(connection: Connection, vectors: readonly VectorRow[]): Promise<Rows> {
  const rows = vectors.map(({ tenantId: t, session: s, position: p, model: m, scope: c, values: v }) => ({
    t,
    s,
    p,
    m,
    c,
    v,
    d: v.length,
  }));
  return connection.values(put, JSON.stringify(rows));
}

export function dropVectors(connection: Connection, gone: readonly MemoryRow[]): Promise<Rows> {
  const keys = gone.map(({ tenantId: t, session: s, position: p }) => ({ t, s, p }));
  return connection.values(drop, JSON.stringify(keys));
}

export async function findNear(
  connection: Connection,
  wanted: NearWanted,
  hasExtension: boolean,
): Promise<readonly NearPlace[]> {
  const { tenantId, scopes, model, values, limit } = wanted;
  const numbers = values.join(',');
  const [sql, vector] = hasExtension ? [byExtension, `[${numbers}]`] : [byNumber, `{${numbers}}`];
  const given = [tenantId, JSON.stringify(scopes), model, values.length, vector, limit] as const;
  const rows = await connection.values(sql, ...given);
  return rows.map(([session, position, similarity]) => ({
    session: session as number,
    position: position as number,
    similarity: Number(similarity),
  }));
}

/** Whether the database has pgvector: an administrator's `CREATE EXTENSION vector` puts it there. */
export async function hasVectorExtension(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ there: boolean }[]>`
    SELECT EXISTS (SELECT 1 FROM pg_type WHERE oid = to_regtype('vector')) AS there`;
  return row?.there === true;
}
