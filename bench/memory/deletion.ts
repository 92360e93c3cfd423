// M7: what was deleted is nowhere, nobody reads another tenant's, and an export is the same after an import. On both stores.

import { randomUUID } from 'node:crypto';
import type { TenantId } from '@chorale/lib-ids';
import {
  cursorOf,
  type EpisodeId,
  type ExportedRow,
  type MemoryId,
  type MemoryStore,
  type ReceiptId,
} from '@chorale/module-memory';
import type { BenchContext, Measurement } from '../harness/index.ts';
import type { BenchPart } from './part.ts';
import { seededRandom } from './seeded-random.ts';
import { openStore, recordAll, storeNames, type OpenedStore } from './stores.ts';

const people = 20;
const turnsEach = 40;
const reads = 50_000;
const readsAtOnce = 50;
const rowsAtOnce = 200;
const tenantIds = ['north', 'south', 'east'] as unknown as readonly TenantId[];

export const deletion: BenchPart = {
  goals: storeNames.flatMap((name) => [
    goal(`M7-canary-${name}`, `canaries found anywhere after their person was deleted, on ${name}`, 'hits'),
    goal(`M7-tenants-${name}`, `leaks in ${reads} fuzzed reads across tenants, on ${name}`, 'leaks'),
    goal(`M7-export-${name}`, `bytes that differ between an export and the export of its import, on ${name}`, 'bytes'),
  ]),
  async *run(context) {
    for (const name of storeNames) {
      const ids = ['canary', 'tenants', 'export'].map((part) => `M7-${part}-${name}`);
      if (!context.wants(...ids)) continue;
      const store = await openStore(name, context, 'deletion');
      const [canary, tenants, moved] = await measure(store, context, name);
      await store.close();
      yield { id: ids[0]!, measured: canary } satisfies Measurement;
      yield { id: ids[1]!, measured: tenants };
      yield { id: ids[2]!, measured: moved };
    }
  },
};

function goal(id: string, title: string, unit: string) {
  const notMeasured = 'backups and logs of the database; caches outside the store, of which there are none';
  return { id, title, unit, bar: 0, better: 'lower', notMeasured } as const;
}

const scopeOf = (person: number) => ({ kind: 'user', id: `person-${person}` }) as const;

async function measure(
  store: OpenedStore,
  context: BenchContext,
  name: string,
): Promise<readonly [number, number, number]> {
  const canaries = new Map<string, string>();
  for (const tenantId of tenantIds) await fill(store.memory, tenantId, canaries);
  const planted = countIn(await store.dump(), [...canaries.values()]);
  const tenants = await fuzz(store.memory, canaries);
  const moved = await move(store.memory);
  const gone: string[] = [];
  for (let person = 0; person < people; person += 2) {
    const subject = { scope: scopeOf(person) };
    const receiptId = `receipt_${person}` as ReceiptId;
    for (const tenantId of [tenantIds[0]!, 'imported' as TenantId])
      await store.memory.execute({ command: 'erase', tenantId, receiptId, subject, requestedBy: 'bench' });
    gone.push(canaries.get(`${tenantIds[0]} ${person}`)!);
  }
  const hits = countIn(await store.dump(), gone);
  context.note(
    `${name}: ${planted} mentions of ${canaries.size} canaries before, ${hits} of the ${gone.length} deleted after`,
  );
  return [hits, tenants, moved];
}

function countIn(text: string, words: readonly string[]): number {
  return words.reduce((sum, word) => sum + text.split(word).length - 1, 0);
}

async function fill(memory: MemoryStore, tenantId: TenantId, canaries: Map<string, string>): Promise<void> {
  for (let person = 0; person < people; person++) {
    const canary = `canary${randomUUID().replaceAll('-', '')}`;
    canaries.set(`${tenantId} ${person}`, canary);
    const episodes = Array.from({ length: turnsEach }, (_, turn) => ({
      episodeId: `episode_${person}_${turn}` as EpisodeId,
      scope: scopeOf(person),
      sessionId: `session ${turn % 4}`,
      speaker: turn % 2 === 0 ? canary : 'other',
      role: 'person' as const,
      text: `Turn ${turn}: the parcel ${turn} of ${canary} is at the gate. My favourite parcel is ${canary}.`,
      occurredAt: Date.UTC(2026, 0, 1) + turn,
    }));
    await recordAll(memory, tenantId, episodes);
  }
}

/** Ids, scopes and words of one tenant, asked of another: what comes back must not hold the first one's canaries. */
async function fuzz(memory: MemoryStore, canaries: ReadonlyMap<string, string>): Promise<number> {
  const random = seededRandom(8);
  const pick = (below: number): number => Math.floor(random() * below);
  let leaks = 0;
  for (let done = 0; done < reads; done += readsAtOnce) {
    const answers = await Promise.all(
      Array.from({ length: readsAtOnce }, async () => {
        const tenantId = tenantIds[pick(tenantIds.length)]!;
        const person = pick(people);
        const answer = await readSomething(memory, { tenantId, person, turn: pick(turnsEach), way: pick(5) });
        const allowed = canaries.get(`${tenantId} ${person}`)!;
        const seen = JSON.stringify(answer ?? '').match(/canary[0-9a-f]{32}/g) ?? [];
        return seen.filter((canary) => canary !== allowed).length;
      }),
    );
    leaks += answers.reduce((sum, count) => sum + count, 0);
  }
  return leaks;
}

interface Read {
  readonly tenantId: TenantId;
  readonly person: number;
  readonly turn: number;
  readonly way: number;
}

async function readSomething(memory: MemoryStore, { tenantId, person, turn, way }: Read): Promise<unknown> {
  const scopes = [scopeOf(person)];
  switch (way) {
    case 0:
      return await memory.search({ tenantId, scopes, text: `parcel ${turn} at the gate`, limit: 5 });
    case 1:
      return await memory.findMemory(tenantId, `memory_${person}_${turn}` as MemoryId);
    case 2:
      return await memory.findEpisode(tenantId, `episode_${person}_${turn}` as EpisodeId);
    case 3:
      return await memory.listMemories(tenantId, { scopes, limit: 5 });
    default:
      return await memory.findClaim(tenantId, scopes[0]!, { subject: 'other', attribute: 'favourite parcel' });
  }
}

async function move(memory: MemoryStore): Promise<number> {
  const rows = await exportAll(memory, tenantIds[0]!);
  const into = 'imported' as TenantId;
  for (let at = 0; at < rows.length; at += rowsAtOnce)
    await memory.execute({ command: 'import-rows', tenantId: into, rows: rows.slice(at, at + rowsAtOnce) });
  const [one, other] = [rows, await exportAll(memory, into)].map((lines) =>
    Buffer.from(lines.map((row) => JSON.stringify(row)).join('\n')),
  ) as [Buffer, Buffer];
  return one.filter((byte, index) => byte !== other[index]).length + Math.max(0, other.length - one.length);
}

async function exportAll(memory: MemoryStore, tenantId: TenantId): Promise<readonly ExportedRow[]> {
  const all: ExportedRow[] = [];
  for (;;) {
    const last = all.at(-1);
    const page = { limit: rowsAtOnce, ...(last === undefined ? {} : { after: cursorOf(last) }) };
    const rows = await memory.exportRows(tenantId, page);
    if (rows.length === 0) return all;
    all.push(...rows);
  }
}
