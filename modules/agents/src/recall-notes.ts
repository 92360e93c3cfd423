// What is recalled before an agent begins: once, on record, with the reasons, so that a session that goes on elsewhere knows the
// same and a person can see what it knew.
//
// Invariants: RN1 memory that cannot be asked costs the agent its notes and never its task.
//             RN2 what was recalled is data of others to the model, and no evidence for anything kept later.

import { toErrorRecord } from '@chorale/lib-errors';
import type { Json } from '@chorale/module-goals';
import { findRootGoal } from './find-root-goal.ts';
import type { OpeningParts } from './session-opening.ts';
import { notesOwner } from './notes-owner.ts';
import type { NotesTrust, RecalledNote } from './notes-port.ts';
import { cutText } from './frame-data.ts';
import { ownToolNames } from './own-tools.ts';

export const recallEntry = 'recall';

/** Of a conversation. */
const tokensShareMax = 0.03;
const tokensMax = 1_500;
const questionLengthMax = 2_000;

export interface RecalledNotes {
  readonly text: string;
  readonly notes: readonly RecalledNote[];
  readonly trust: NotesTrust;
  /** What worked at such tasks. */
  readonly advice: readonly string[];
  /** What other agents left at this goal. */
  readonly left: readonly string[];
  /** Why nothing could be recalled. */
  readonly failure?: string;
}

const nothing: RecalledNotes = { text: '', notes: [], trust: 'people', advice: [], left: [] };

export async function recallNotes(parts: OpeningParts, contextTokens: number): Promise<RecalledNotes> {
  const { agent, request, input, calls, thinking } = parts;
  const { next } = calls.journal;
  // A session that began without memory goes on without.
  if (next === undefined ? thinking.notes === undefined : next.name !== recallEntry) return nothing;
  const { goal, task } = request.claimed;
  const question = questionOf([goal.title, request.definition.title ?? task.key, input]);
  const room = Math.min(tokensMax, Math.floor(contextTokens * tokensShareMax));
  const found = await calls.note({ kind: 'decision', name: recallEntry, input: { agent: agent.name } }, async () => {
    try {
      const owner = notesOwner(parts, await findRootGoal(parts));
      const recall = await thinking.notes?.recall(owner, { text: question, tokensMax: room });
      const advice = await thinking.notes?.advise(owner, teamOf(parts));
      const left = await thinking.notes?.readLeft(owner);
      return { ...nothing, ...recall, advice: advice?.lines ?? [], left: left ?? [] } as unknown as Json;
    } catch (error) {
      return { ...nothing, failure: toErrorRecord(error).code } as unknown as Json;
    }
  });
  return found as unknown as RecalledNotes;
}

/** The words of what is to be done; of names of fields and of punctuation none is meant. */
function questionOf(parts: readonly Json[]): string {
  const words = (value: Json): readonly string[] => {
    if (typeof value === 'string') return [value];
    if (value === null || typeof value !== 'object') return [];
    return Object.values(value).flatMap((one) => words(one));
  };
  return cutText([...new Set(parts.flatMap(words))].join('\n'), questionLengthMax);
}

/** For whoever gives tasks to others. */
function teamOf({ agent, team }: OpeningParts): readonly string[] {
  const givesTasks = agent.tools.some(({ tool }) => tool === ownToolNames.runPlan || tool === ownToolNames.delegate);
  if (!givesTasks || team === undefined) return [];
  return team
    .listAgents()
    .map(({ name }) => name)
    .filter((name) => name !== agent.name);
}
