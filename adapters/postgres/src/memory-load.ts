// Reads the rows that memory commands need. The rows of the tenants are locked first, in one order: whoever writes to a tenant
// waits there, and reads what the one before it wrote.
import {
  memoriesAtOnce,
  sweepAtOnce,
  memoryNeeds,
  scopeKey,
  type EpisodeRow,
  type EraseSubject,
  type InScope,
  type LoadedMemoryRows,
  type MemoryCommand,
  type MemoryNeeds,
  type MemoryRow,
  type OfTenant,
} from '@chorale/module-memory';
import { together, type Connection } from './connection.ts';
import {
  episodeShape,
  holdShape,
  importShape,
  memoryScopeShape,
  memorySessionShape,
  memoryShape,
  memoryTenantShape,
  receiptShape,
} from './memory-shapes.ts';

const begin = `INSERT INTO memory_tenants (tenant_id, next_session)
  SELECT t, 1 FROM json_array_elements_text($1::text::json) AS k(t) ORDER BY t COLLATE "C" ON CONFLICT DO NOTHING`;
const lock = `WHERE tenant_id IN (SELECT json_array_elements_text($1::text::json) COLLATE "C")
  ORDER BY tenant_id FOR UPDATE`;

/** By the sweeper. */
export const deletable = `NOT pinned AND NOT legal_hold AND NOT EXISTS
  (SELECT 1 FROM memory_holds h WHERE h.tenant_id = memories.tenant_id AND h.scope = memories.scope)`;

const keys = (columns: string): string => `json_to_recordset($1::text::json) AS k(${columns})`;
const text = (names: string): string =>
  names
    .split(' ')
    .map((name) => `${name} text COLLATE "C"`)
    .join(', ');
const pair = keys(text('t v'));
const triple = keys(text('t s v'));
const numbered = keys(`${text('t s')}, v bigint`);
/** A text that many have said is compared with the newest of them. */
const alikeMax = 20;
const newest = `ORDER BY m.session + 0 DESC, m.position + 0 DESC LIMIT ${alikeMax}`;

// Each key looks for itself (LATERAL, fenced by its LIMIT or OFFSET): joined, and before the tables have statistics, the
// planner reads all of a tenant for every batch.
const each = (table: string, of: string, where: string): string =>
  `${of} CROSS JOIN LATERAL (SELECT * FROM ${table} m WHERE m.tenant_id = k.t AND ${where}) AS ${table}`;

const memoriesById = each('memories', pair, 'm.memory_id = k.v LIMIT 1');
const memoriesByClaim = each('memories', triple, 'm.scope = k.s AND m.claim_key = k.v OFFSET 0');
const memoriesByForm = each('memories', numbered, `m.scope = k.s AND m.form = k.v ${newest}`);
const memoryOf = (source: string, where: string): string => `(SELECT m.* FROM ${source} s
  CROSS JOIN LATERAL (SELECT * FROM memories m WHERE m.tenant_id = s.tenant_id AND ${where} LIMIT 1) AS m`;
const memoriesBySketch = `${numbered} CROSS JOIN LATERAL ${memoryOf('memory_sketches', 'm.session = s.session AND m.position = s.position')}
  WHERE s.tenant_id = k.t AND s.scope = k.s AND s.sketch = k.v ${newest}) AS memories`;
const memoriesBySource = `${pair} CROSS JOIN LATERAL ${memoryOf('memory_sources', 'm.memory_id = s.memory_id')}
  WHERE s.tenant_id = k.t AND s.episode_id = k.v OFFSET 0) AS memories`;
const memoriesExpired = `memories WHERE tenant_id = $1 AND expires_at <= $2 AND ${deletable} LIMIT ${sweepAtOnce}`;
const episodesById = each('episodes', pair, 'm.episode_id = k.v LIMIT 1');
/** An episode of which a memory is held stays. */
const unheld = `NOT EXISTS (SELECT 1 FROM memory_sources s
  JOIN memories m ON m.tenant_id = s.tenant_id AND m.memory_id = s.memory_id
  WHERE s.tenant_id = episodes.tenant_id AND s.episode_id = episodes.episode_id AND m.legal_hold)`;

export async function loadMemory(
  connection: Connection,
  commands: readonly MemoryCommand[],
  time: Promise<number>,
): Promise<LoadedMemoryRows> {
  const needs = memoryNeeds(commands);
  const tenants = JSON.stringify(needs.tenants);
  const begun = connection.values(begin, tenants);
  const locked = connection.all(memoryTenantShape, lock, tenants);
  const [, tenantRows, found, episodes, erased, receipts, imports] = await together([
    begun,
    locked,
    loadMemories(connection, needs, time),
    loadEpisodes(connection, needs.episodes),
    Promise.all(needs.erasures.map((erasure) => loadErasure(connection, erasure))),
    connection.allFrom(receiptShape, each('erase_receipts', pair, 'm.receipt_id = k.v LIMIT 1'), [
      pairs(needs.receipts),
    ]),
    connection.allFrom(importShape, each('memory_imports', pair, 'm.import_id = k.v LIMIT 1'), [pairs(needs.imports)]),
  ]);
  const rows = {
    memories: [...found, ...erased.flatMap(({ memories }) => memories)],
    episodes: [...episodes, ...erased.flatMap(({ episodes }) => episodes)],
  };
  const withSources = needs.withSources ? await addSources(connection, rows) : rows;
  const [scopes, holds, sessions] = await loadPlaces(connection, needs, withSources.memories);
  return { tenants: tenantRows, scopes, holds, sessions, receipts, imports, ...withSources };
}

async function loadMemories(
  connection: Connection,
  needs: MemoryNeeds,
  time: Promise<number>,
): Promise<readonly MemoryRow[]> {
  const read = (source: string, values: readonly unknown[], parameter: string) =>
    values.length === 0 ? [] : [connection.allFrom(memoryShape, source, [parameter])];
  const reads = [
    ...read(memoriesById, needs.memories, pairs(needs.memories)),
    ...read(memoriesByForm, needs.forms, triples(needs.forms)),
    ...read(memoriesBySketch, needs.sketches, triples(needs.sketches)),
    ...read(memoriesByClaim, needs.claims, triples(needs.claims)),
    ...read(memoriesBySource, needs.derived, pairs(needs.derived)),
  ];
  if (needs.sweeps.length > 0) {
    const now = await time;
    for (const tenantId of needs.sweeps) reads.push(connection.allFrom(memoryShape, memoriesExpired, [tenantId, now]));
  }
  return (await together(reads)).flat();
}

async function loadEpisodes(
  connection: Connection,
  episodes: readonly OfTenant<string>[],
): Promise<readonly EpisodeRow[]> {
  return episodes.length === 0 ? [] : await connection.allFrom(episodeShape, episodesById, [pairs(episodes)]);
}

interface Rows {
  readonly memories: readonly MemoryRow[];
  readonly episodes: readonly EpisodeRow[];
}

async function loadErasure(
  connection: Connection,
  { tenantId, value: subject }: OfTenant<EraseSubject>,
): Promise<Rows> {
  if (subject.memoryIds !== undefined) {
    const ids = subject.memoryIds.map((value) => ({ tenantId, value }));
    return { memories: await connection.allFrom(memoryShape, memoriesById, [pairs(ids)]), episodes: [] };
  }
  const values: string[] = [tenantId, scopeKey(subject.scope)];
  const where = ['tenant_id = $1', 'scope = $2'];
  const add = (column: string, value: string | undefined): void => {
    if (value !== undefined) where.push(`${column} = $${values.push(value)}`);
  };
  add('session_id', subject.sessionId);
  add('speaker', subject.speaker);
  const condition = `WHERE ${where.join(' AND ')}`;
  const [memories, episodes] = await together([
    connection.all(memoryShape, `${condition} ORDER BY legal_hold LIMIT ${memoriesAtOnce}`, ...values),
    connection.all(episodeShape, `${condition} AND ${unheld} LIMIT ${memoriesAtOnce}`, ...values),
  ]);
  return { memories, episodes };
}

async function addSources(connection: Connection, { memories, episodes }: Rows): Promise<Rows> {
  const sources = memories.flatMap(({ tenantId, provenance }) => provenance.map((value) => ({ tenantId, value })));
  const more = await loadEpisodes(connection, sources);
  const all = [...episodes, ...more];
  const ids = all.map(({ tenantId, episodeId }) => ({ tenantId, value: episodeId }));
  const derived = ids.length === 0 ? [] : await connection.allFrom(memoryShape, memoriesBySource, [pairs(ids)]);
  return { memories: [...memories, ...derived], episodes: all };
}

async function loadPlaces(connection: Connection, needs: MemoryNeeds, memories: readonly MemoryRow[]) {
  const sessions = [
    ...needs.sessions,
    ...memories.map(({ tenantId, scope, sessionId }) => ({ tenantId, scope, value: sessionId })),
  ];
  const scopes = [
    ...needs.scopes.map(({ tenantId, scope }) => ({ tenantId, value: scope })),
    ...memories.map(({ tenantId, scope }) => ({ tenantId, value: scope })),
  ];
  return await together([
    connection.allFrom(memoryScopeShape, each('memory_scopes', pair, 'm.scope = k.v LIMIT 1'), [pairs(scopes)]),
    connection.allFrom(holdShape, each('memory_holds', pair, 'm.scope = k.v OFFSET 0'), [pairs(scopes)]),
    connection.allFrom(
      memorySessionShape,
      each('memory_sessions', triple, 'm.scope = k.s AND m.session_id = k.v LIMIT 1'),
      [triples(sessions)],
    ),
  ]);
}

/** Each once. */
function pairs(values: readonly OfTenant<string>[]): string {
  return distinct(values.map(({ tenantId: t, value: v }) => ({ t, v })));
}

function triples(values: readonly InScope<string | number>[]): string {
  return distinct(values.map(({ tenantId: t, scope: s, value: v }) => ({ t, s, v })));
}

function distinct(rows: readonly object[]): string {
  return `[${[...new Set(rows.map((row) => JSON.stringify(row)))].join(',')}]`;
}
