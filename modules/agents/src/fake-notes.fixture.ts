// Notes for the tests of sessions: what is recalled is given beforehand, what is kept is seen.

import type { NotesPort, Recall, TaskOutcome } from './notes-port.ts';

export interface FakeNotesOptions {
  readonly text?: string;
  readonly memoryIds?: readonly string[];
  readonly advice?: readonly string[];
  readonly trust?: Recall['trust'];
  readonly left?: readonly string[];
  readonly fails?: boolean;
}

export function fakeNotes(options: FakeNotesOptions = {}) {
  const { text = '', memoryIds = [], advice = [], fails = false } = options;
  const { trust = text === '' ? 'people' : 'private' } = options;
  /** By the key that makes a repeat the same, as a store would have them. */
  const outcomes = new Map<string, TaskOutcome>();
  const kept = new Map<string, { readonly text: string; readonly recalled: readonly string[] }>();
  const left = new Map<string, string>();
  const asked: string[] = [];
  const forgotten: string[] = [];
  const check = (): void => {
    if (fails) throw new Error('memory is away');
  };
  const port: NotesPort = {
    async recall(_owner, about): Promise<Recall> {
      check();
      asked.push(about.text);
      const notes = memoryIds.map((memoryId, index) => ({ number: index + 1, memoryId, score: 1, why: ['has it'] }));
      return { text, notes, trust };
    },
    advise: async () => ({ lines: advice }),
    async recordOutcome({ request: { claimed } }, outcome) {
      check();
      outcomes.set(`${claimed.task.key} ${claimed.task.run}`, outcome);
      return { outcome: 'remembered', memoryIds: ['memory_outcome'] };
    },
    async remember({ request: { claimed } }, { no, ...note }) {
      check();
      kept.set(`${claimed.task.run} ${no}`, note);
      return { outcome: 'remembered', memoryIds: [`memory_${no}`] };
    },
    async leave({ rootGoalId, request: { claimed } }, { no, text: note }) {
      left.set(`${rootGoalId} ${claimed.task.run} ${no}`, note);
    },
    readLeft: async () => options.left ?? [],
    async forget(_owner, memoryId) {
      forgotten.push(memoryId);
    },
  };
  return { port, outcomes, kept, left, asked, forgotten };
}
