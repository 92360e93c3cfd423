// Keeps what was said: through the gate, as an episode and its memory, with what the words themselves ask for.

import { refused } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import { extractMemories, type Extracted } from './extract-memories.ts';
import { retractMemory } from './erase-memories.ts';
import { judgeEpisode } from './judge-episode.ts';
import { scopeKey, type MemoryId } from './memory.ts';
import type { MemorySet } from './memory-set.ts';
import type { EpisodeOutcome, NewEpisode, RecordEpisodes } from './memory-store.ts';
import { formOf, fromMemoryRow, toEpisodeRow, toMemoryRow, type MemoryRow } from './memory-tables.ts';
import { expiryOf, rememberRow } from './remember-memory.ts';

const episodesMax = 100;
const textMax = 100_000;
const confidenceOfExtracted = 0.9;
const importanceOfExtracted = 0.7;

export function recordEpisodes(set: MemorySet, command: RecordEpisodes): readonly EpisodeOutcome[] {
  checkEpisodes(command.episodes);
  return command.episodes.map((episode) => recordEpisode(set, command, episode));
}

function recordEpisode(set: MemorySet, command: RecordEpisodes, episode: NewEpisode): EpisodeOutcome {
  const { tenantId, wordsOnly = false } = command;
  const { episodeId } = episode;
  const scope = scopeKey(episode.scope);
  if (set.findEpisode(tenantId, episodeId) !== undefined) {
    const known = set.findDerived(tenantId, episodeId).toSorted((a, b) => a.position - b.position);
    const outcome = known[0]?.state === 'quarantined' ? 'quarantined' : 'remembered';
    return { episodeId, outcome, reason: known[0]?.stateReason, memories: known.map(({ memoryId }) => memoryId) };
  }
  const session = set.session(tenantId, scope, episode.sessionId);
  const alike = set.findAlike(tenantId, scope, { body: episode.text, form: formOf(episode.text) });
  const recalled = (episode.recalled ?? []).flatMap((memoryId) => set.findMemory(tenantId, memoryId) ?? []);
  const verdict = judgeEpisode(episode, {
    alike: alike.map(fromMemoryRow),
    recalled: recalled.map(fromMemoryRow),
    kept: session.kept,
  });
  const reason = 'reason' in verdict ? verdict.reason : undefined;
  if (verdict.outcome !== 'remembered' && verdict.outcome !== 'quarantined')
    return { episodeId, outcome: verdict.outcome, reason, memories: [] };
  const {
    recalled: _recalled,
    sensitivity: _sensitivity,
    retention: _retention,
    recordedBy: _recordedBy,
    ...said
  } = episode;
  set.addEpisode(toEpisodeRow({ ...said, tenantId, recordedAt: set.now }));
  const own = addTurn(set, { tenantId, episode, reason });
  const isHeard = verdict.outcome === 'remembered' && !wordsOnly;
  const extracted = isHeard ? addExtracted(set, tenantId, episode) : [];
  return { episodeId, outcome: verdict.outcome, reason, memories: [own, ...extracted] };
}

interface Turn {
  readonly tenantId: TenantId;
  readonly episode: NewEpisode;
  /** Why it goes to quarantine, if it does. */
  readonly reason: string | undefined;
}

function addTurn(set: MemorySet, { tenantId, episode, reason }: Turn): MemoryId {
  const found = set.session(tenantId, scopeKey(episode.scope), episode.sessionId);
  const session = found.session === 0 ? set.takeSessionNumber(tenantId) : found.session;
  const place = { session, position: found.nextPosition };
  set.putSession({ ...found, session, nextPosition: found.nextPosition + 1, kept: found.kept + 1 });
  const row = rowOf({ tenantId, episode, now: set.now }, { kind: 'episodic', body: episode.text, claim: undefined });
  const state = reason === undefined ? 'active' : 'quarantined';
  set.putMemory({ ...row, ...place, memoryId: idOf(episode, 0), state, stateReason: reason });
  return idOf(episode, 0);
}

function addExtracted(set: MemorySet, tenantId: TenantId, episode: NewEpisode): readonly MemoryId[] {
  const { memories, forget } = extractMemories(episode);
  const scope = scopeKey(episode.scope);
  for (const form of forget) {
    const alike = set.findAlike(tenantId, scope, { body: form, form: formOf(form) });
    for (const row of alike.filter(({ form: has }) => has === formOf(form))) retractMemory(set, row);
  }
  return memories.flatMap((extracted, index) => {
    const row = rowOf({ tenantId, episode, now: set.now }, extracted);
    const { known } = rememberRow(set, {
      ...row,
      validFrom: sinceWhen(set, row, extracted.since),
      memoryId: idOf(episode, index + 1),
      confidence: confidenceOfExtracted,
      importance: importanceOfExtracted,
    });
    return known ? [] : [idOf(episode, index + 1)];
  });
}

/** What is said to hold for long holds now: it does not step behind what was claimed in between. */
function sinceWhen(set: MemorySet, row: MemoryRow, since: number | undefined): number {
  if (since === undefined || row.claimKey === undefined) return row.validFrom;
  const line = set.findByClaim(row.tenantId, row.scope, row.claimKey);
  const isLater = line.some(({ validFrom, retractedAt }) => retractedAt === undefined && validFrom > since);
  return isLater ? row.validFrom : since;
}

function rowOf({ tenantId, episode, now }: Origin, { kind, body, claim }: Extracted | Turned): MemoryRow {
  const { scope, sessionId, speaker, role, occurredAt, episodeId } = episode;
  const { sensitivity = 'normal', retention = 'forever' } = episode;
  return toMemoryRow({
    tenantId,
    memoryId: idOf(episode, 0),
    scope,
    kind,
    state: 'active',
    stateReason: undefined,
    body,
    claim,
    sessionId,
    place: { session: 0, position: 0 },
    speaker,
    role,
    validFrom: occurredAt,
    validTo: undefined,
    ends: [],
    recordedAt: now,
    retractedAt: undefined,
    provenance: [episodeId],
    recordedBy: episode.recordedBy ?? 'extraction',
    supersedes: undefined,
    confidence: 1,
    importance: 0.5,
    sensitivity,
    retention,
    expiresAt: expiryOf(retention, now),
    pinned: false,
    legalHold: false,
    lastUsedAt: undefined,
    uses: 0,
  });
}

interface Origin {
  readonly tenantId: TenantId;
  readonly episode: NewEpisode;
  readonly now: number;
}

interface Turned {
  readonly kind: 'episodic';
  readonly body: string;
  readonly claim: undefined;
}

/** Follows from the episode's, so that a repeated command makes the same. */
function idOf({ episodeId }: NewEpisode, index: number): MemoryId {
  const tail = episodeId.replace(/^[a-z]+_/, '');
  return `memory_${tail}${index === 0 ? '' : `-${index}`}` as MemoryId;
}

function checkEpisodes(episodes: readonly NewEpisode[]): void {
  if (episodes.length > episodesMax) {
    throw refused('batch-too-large', `${episodes.length} episodes came at once; ${episodesMax} are taken.`, {
      action: 'Send them in several commands.',
    });
  }
  const long = episodes.find(({ text }) => text.length > textMax);
  if (long !== undefined) {
    throw refused('memory-invalid', `Episode ${long.episodeId} has ${long.text.length} characters.`, {
      action: `Send at most ${textMax} characters in one episode; split longer texts where they have parts.`,
    });
  }
}
