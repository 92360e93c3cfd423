// R9: sessions of agents with faults, bad models, and a kill -9 of the server in the middle of each.

import { playSessions } from '../../../tests/models/session-trial.ts';
import type { BenchGoal } from '../../harness/index.ts';
import type { BenchPart } from '../part.ts';

const size = { batches: 5, sessionsEach: 100 };
const scripted = `models that think: ${size.batches * size.sessionsEach} scripted sessions, ${size.sessionsEach} at a time on one server`;

const goals: readonly BenchGoal[] = [
  {
    id: 'R9',
    title: 'sessions of agents that ended, of those that were killed in the middle',
    unit: '%',
    bar: 100,
    better: 'higher',
    notMeasured: scripted,
  },
  {
    id: 'R9-repeated',
    title: 'model calls and tool calls that were finished and were made again',
    unit: 'calls',
    bar: 0,
    better: 'lower',
    notMeasured:
      'what ended less than half a second before the kill and was on its way to the journal: it may be made once more, and is counted apart',
  },
  {
    id: 'R9-journal',
    title: 'journals with something missing',
    unit: 'journals',
    bar: 0,
    better: 'lower',
    notMeasured:
      'what entries say: each has its end and its number, and a session that succeeded has its notes; of those that failed only the first two',
  },
];

export const sessions: BenchPart = {
  goals,
  async *run(context) {
    if (!context.wants(...goals.map(({ id }) => id))) return;
    const { journalProblems, ...found } = await playSessions(size, (batch) =>
      context.note(`${batch.succeeded} of ${batch.sessions} sessions succeeded`),
    );
    context.note(JSON.stringify(found));
    for (const problem of journalProblems) context.note(`journal: ${problem}`);
    yield { id: 'R9', measured: (100 * (found.sessions - found.neverEnded)) / found.sessions };
    yield { id: 'R9-repeated', measured: found.modelCallsRepeated + found.toolCallsRepeated };
    yield { id: 'R9-journal', measured: journalProblems.length };
  },
};
