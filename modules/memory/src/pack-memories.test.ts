import { expect, test } from 'vitest';
import type { EpisodeId } from './memory.ts';
import type { FoundMemory } from './memory-store.ts';
import { makeMemory } from './memory.fixture.ts';
import { packMemories } from './pack-memories.ts';

const found = (body: string): FoundMemory => ({
  memory: makeMemory(body, { provenance: [`episode_${body.slice(0, 1)}` as EpisodeId] }),
  score: 1,
  parts: { words: 1, date: 0, speaker: 1, role: 1, telling: 1, decay: 1, importance: 1, meaning: 0 },
  lifted: false,
  matched: [],
});
const estimateTokens = (text: string): number => text.length;

test('[MR12] a pack stays under its budget, leaves out whole what does not fit, and numbers its sources', () => {
  const pack = packMemories([found('a'), found('b'.repeat(60)), found('c\n c')], { tokensMax: 60, estimateTokens });
  expect(pack.text).toBe('[1] 2027-02-28 ann: a\n[2] 2027-02-28 ann: c c');
  expect(pack.citations.map(({ number, provenance }) => [number, provenance[0]])).toEqual([
    [1, 'episode_a'],
    [2, 'episode_c'],
  ]);
  const dated = packMemories([found('we met yesterday')], { tokensMax: 99, estimateTokens });
  expect(dated.text).toBe('[1] 2027-02-28 ann: we met yesterday (yesterday: 2027-02-27)');
  expect(pack.leftOut).toBe(1);
  expect(pack.tokens).toBe(pack.text.length + 1);
});
