// The postings as a search reads them: all words of the question in one statement, the postings of a word as one text, which
// costs this process a fraction of what rows do.
import type { TenantId } from '@chorale/lib-ids';
import {
  fromMemoryRow,
  type Memory,
  type MemoryIndex,
  type MemoryPlace,
  type NearPlace,
  type NearWanted,
  type Posting,
  type PostingsWanted,
  type SpanWanted,
  type ScopeMeasure,
  type SpeakerRole,
  type TermPostings,
} from '@chorale/module-memory';
import type { Connection } from './connection.ts';
import { findNear } from './memory-vectors.ts';
import { memoryScopeShape, memoryShape } from './memory-shapes.ts';

const list = (place: string): string => `json_array_elements_text(${place}::text::json)`;
const measured = `WHERE tenant_id = $1 AND scope IN (SELECT ${list('$2')} COLLATE "C")`;

/** Two numbers for each posting, each made of two or three. */
const half = 1_048_576;
const found = (
  ended: string,
): string => `SELECT t.term, count(*), string_agg(p.entry, ',') FROM ${list('$3')} AS t(term)
  CROSS JOIN ${list('$2')} AS s(scope)
  CROSS JOIN LATERAL (
    SELECT (session::bigint * ${half} + position)::text || ' ' || ((count::bigint * ${half} + length) * 4
      + CASE role WHEN 'person' THEN 0 WHEN 'assistant' THEN 1 ELSE 2 END)::text AS entry FROM memory_terms
    WHERE tenant_id = $1 AND memory_terms.scope = s.scope COLLATE "C" AND memory_terms.term = t.term COLLATE "C" ${ended}
    ORDER BY session DESC, position DESC LIMIT $4
  ) AS p GROUP BY t.term`;
const totals = (ended: string): string => `SELECT term, count(*) FROM memory_terms WHERE tenant_id = $1
  AND scope IN (SELECT ${list('$2')} COLLATE "C") AND term IN (SELECT ${list('$3')} COLLATE "C") ${ended} GROUP BY term`;
/** Each place looks for itself: see memory-load.ts. */
const placed = `json_to_recordset($2::text::json) AS k(session integer, position integer) CROSS JOIN LATERAL
  (SELECT * FROM memories m WHERE m.tenant_id = $1 AND m.session = k.session AND m.position = k.position LIMIT 1)
  AS memories`;

const within = `SELECT m.session, m.position FROM ${list('$2')} AS s(scope) CROSS JOIN LATERAL (SELECT session, position
  FROM memories WHERE tenant_id = $1 AND memories.scope = s.scope COLLATE "C" AND valid_from >= $3 AND valid_from < $4
    AND position >= 0
  ORDER BY valid_from DESC LIMIT $5) AS m`;

const roles: readonly SpeakerRole[] = ['person', 'assistant', 'tool'];

export class PostgresMemoryIndex implements MemoryIndex {
  readonly #connection: Connection;
  readonly #hasVectors: () => Promise<boolean>;

  /** `hasVectors`: whether the database compares vectors itself. */
  constructor(connection: Connection, hasVectors: () => Promise<boolean>) {
    this.#connection = connection;
    this.#hasVectors = hasVectors;
  }

  async measure(tenantId: TenantId, scopes: readonly string[]): Promise<ScopeMeasure> {
    const rows = await this.#connection.all(memoryScopeShape, measured, tenantId, JSON.stringify(scopes));
    return {
      memories: rows.reduce((sum, { memories }) => sum + memories, 0),
      length: rows.reduce((sum, { length }) => sum + length, 0),
      speakers: [...new Set(rows.flatMap(({ speakers }) => Object.keys(speakers)))],
    };
  }

  async findPostings({ tenantId, scopes, terms, withEnded, limit }: PostingsWanted): Promise<readonly TermPostings[]> {
    const ended = withEnded ? '' : 'AND NOT ended';
    const of = JSON.stringify(scopes);
    const rows = await this.#connection.values(found(ended), tenantId, of, JSON.stringify(terms), limit);
    const cut = rows.filter(([, count]) => (count as number) >= limit).map(([term]) => term as string);
    const whole =
      cut.length === 0 ? [] : await this.#connection.values(totals(ended), tenantId, of, JSON.stringify(cut));
    const counted = new Map(whole as readonly (readonly [string, number])[]);
    return rows.map(([term, count, entries]) => ({
      term: term as string,
      total: counted.get(term as string) ?? (count as number),
      postings: readEntries(entries as string),
    }));
  }

  async findBetween({ tenantId, scopes, from, to, limit }: SpanWanted): Promise<readonly MemoryPlace[]> {
    const rows = await this.#connection.values(within, tenantId, JSON.stringify(scopes), from, to, limit);
    return rows.map(([session, position]) => ({ session: session as number, position: position as number }));
  }

  async findNear(wanted: NearWanted): Promise<readonly NearPlace[]> {
    return await findNear(this.#connection, wanted, await this.#hasVectors());
  }

  async readPlaces(tenantId: TenantId, places: readonly MemoryPlace[]): Promise<readonly Memory[]> {
    const wanted = JSON.stringify(places.map(({ session, position }) => ({ session, position })));
    return (await this.#connection.allFrom(memoryShape, placed, [tenantId, wanted])).map(fromMemoryRow);
  }
}

function readEntries(entries: string): readonly Posting[] {
  const postings: Posting[] = [];
  let at = 0;
  while (at < entries.length) {
    const space = entries.indexOf(' ', at);
    const comma = entries.indexOf(',', space);
    const end = comma === -1 ? entries.length : comma;
    const place = Number(entries.slice(at, space));
    const content = Number(entries.slice(space + 1, end));
    const counts = Math.floor(content / 4);
    postings.push({
      session: Math.floor(place / half),
      position: place % half,
      count: Math.floor(counts / half),
      length: counts % half,
      role: roles[content % 4]!,
    });
    at = end + 1;
  }
  return postings;
}
