// Vectors of memories: kept as bytes, compared one by one.
import type { MemoryRow, NearPlace, NearWanted, VectorRow } from '@chorale/module-memory';
import type { Statements } from './statements.ts';

/** The newest of a scope that are compared: twenty thousand of 384 numbers take some twenty milliseconds. */
const comparedMax = 20_000;

const put = `INSERT INTO memory_vectors (tenant_id, session, position, model, scope, dimension, vector)
  VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET dimension = excluded.dimension, vector = excluded.vector`;
const drop = 'DELETE FROM memory_vectors WHERE tenant_id = ? AND session = ? AND position = ?';
const newest = `SELECT session, position, vector FROM memory_vectors INDEXED BY memory_vectors_of_scope
  WHERE tenant_id = ? AND scope = ? AND model = ? AND dimension = ? ORDER BY rowid DESC LIMIT ${comparedMax}`;

export function putVectors(statements: Statements, vectors: readonly VectorRow[]): void {
  for (const { tenantId, session, position, model, scope, values } of vectors) {
    const bytes = new Uint8Array(Float32Array.from(values).buffer);
    statements.run(put, tenantId, session, position, model, scope, values.length, bytes);
  }
}

export function dropVectors(statements: Statements, gone: readonly MemoryRow[]): void {
  for (const { tenantId, session, position } of gone) statements.run(drop, tenantId, session, position);
}

export function findNear(statements: Statements, wanted: NearWanted): readonly NearPlace[] {
  const { tenantId, scopes, model, values, limit } = wanted;
  const asked = Float32Array.from(values);
  return scopes
    .flatMap((scope) => statements.values(newest, tenantId, scope, model, asked.length))
    .map(([session, position, vector]) => ({
      session: session as number,
      position: position as number,
      similarity: product(asked, vector as Uint8Array),
    }))
    .toSorted((a, b) => b.similarity - a.similarity)
    .slice(0, limit);
}

function product(asked: Float32Array, bytes: Uint8Array): number {
  // Floats begin at multiples of four; where SQLite's bytes begin is not said.
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes);
  const vector = new Float32Array(aligned.buffer, aligned.byteOffset, asked.length);
  let sum = 0;
  for (let index = 0; index < asked.length; index++) sum += asked[index]! * vector[index]!;
  return sum;
}
