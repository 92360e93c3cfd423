import { expect, test } from 'vitest';
import { playSessions } from './session-trial.ts';

test('[TL16] sessions of agents end, and nothing that was done is done again, though the server is killed in each', async () => {
  const found = await playSessions({ batches: 1, sessionsEach: 12 });
  expect(found).toMatchObject({
    sessions: 12,
    neverEnded: 0,
    modelCallsRepeated: 0,
    toolCallsRepeated: 0,
    journalProblems: [],
  });
  expect(found.succeeded, JSON.stringify(found.endedWith)).toBe(12);
}, 120_000);
