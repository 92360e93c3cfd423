import { expect, test } from 'vitest';
import type { Memory, MemoryId } from './memory.ts';
import { makeMemory } from './memory.fixture.ts';
import { readOutcome, rememberOutcome, weighOutcomes, type Outcome } from './weigh-outcomes.ts';

const dayMs = 86_400_000;
const now = 1_000 * dayMs;
const plain: Outcome = {
  taskKind: 'review/secrets',
  agent: 'scout',
  succeeded: true,
  strategy: 'alone',
  tools: ['shell'],
  failedTools: [],
  trust: 'people',
  durationMs: 1_000,
  cost: 5,
};

function memoryOf(outcome: Partial<Outcome>, daysAgo: number): Memory {
  const of = { memoryId: 'm' as MemoryId, scope: { kind: 'agent', id: 'scout' } as const, task: 't', provenance: [] };
  const { body, ...rest } = rememberOutcome({ ...plain, ...outcome }, of);
  return { ...makeMemory(body), ...rest, recordedAt: now - daysAgo * dayMs };
}

test('[MP1] an outcome is read back as it was kept', () => {
  const memory = memoryOf({ succeeded: false, failedTools: ['http-fetch'] }, 0);
  expect(readOutcome(memory)).toEqual({ ...plain, succeeded: false, failedTools: ['http-fetch'] });
  expect(memory.body).toBe('scout failed at review/secrets working alone with shell; http-fetch failed (t)');
  expect(readOutcome(makeMemory('something said'))).toBeUndefined();
});

test('[MP2] what is long ago counts less: half after thirty days', () => {
  const memories = [memoryOf({ succeeded: false }, 30), memoryOf({}, 0), memoryOf({ strategy: 'delegated' }, 90)];
  const { strategies } = weighOutcomes(memories, now);
  expect(strategies).toEqual([
    { name: 'delegated', tries: 1, succeeded: 1, share: 1 },
    { name: 'alone', tries: 2, succeeded: 1, share: 1 / 1.5 },
  ]);
});

test('[MP3] a tool has worked where its task succeeded; retracted outcomes and other memories do not count', () => {
  const memories = [
    memoryOf({ tools: ['read-file', 'shell'] }, 0),
    memoryOf({ tools: ['shell'], failedTools: ['http-fetch', 'shell'], succeeded: false }, 0),
    { ...memoryOf({ tools: ['write-file'] }, 0), retractedAt: now },
    makeMemory('something said'),
  ];
  const { tools, agents } = weighOutcomes(memories, now);
  expect(tools.map(({ name, tries, succeeded }) => [name, tries, succeeded])).toEqual([
    ['read-file', 1, 1],
    ['shell', 2, 1],
    ['http-fetch', 1, 0],
  ]);
  expect(agents).toEqual([{ name: 'scout', tries: 2, succeeded: 1, share: 0.5 }]);
});
