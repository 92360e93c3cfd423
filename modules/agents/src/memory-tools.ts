// The tools with which an agent looks into memory and keeps what it wants to know later. Their effects stay in its own scope.

import { refused } from '@chorale/lib-errors';
import type { Json } from '@chorale/module-goals';
import type { AgentSession } from './agent-session.ts';
import { frameData } from './frame-data.ts';
import { notesOwner } from './notes-owner.ts';
import type { KeptNote, NotesOwner, NotesPort, Recall } from './notes-port.ts';
import type { OwnToolCall, OwnToolResult } from './own-tool-call.ts';
import { ownToolNames } from './own-tools.ts';

const searchTokensMax = 1_500;
const shownLengthMax = 12_000;

export function runMemoryTool(session: AgentSession, call: OwnToolCall): Promise<OwnToolResult> {
  const args = call.arguments as { readonly [name: string]: string };
  switch (call.name) {
    case ownToolNames.memorySearch:
      return search(session, args['text'] ?? '');
    case ownToolNames.memoryRemember:
      return remember(session, args['text'] ?? '');
    case ownToolNames.memoryNote:
      return leave(session, args['text'] ?? '');
    default:
      return forget(session, args['memory'] ?? '');
  }
}

async function search(session: AgentSession, text: string): Promise<OwnToolResult> {
  const found = await callMemory(session, { name: ownToolNames.memorySearch, input: { text } }, (notes, owner) =>
    notes.recall(owner, { text, tokensMax: searchTokensMax }),
  );
  const recall = found as unknown as Recall;
  const { text: pack, notes } = recall;
  session.hearNotes(recall);
  if (notes.length === 0) return { text: 'Nothing is remembered that has these words.' };
  const ids = notes.map(({ number, memoryId }) => `[${number}] ${memoryId}`).join('\n');
  return { text: `${frameData(pack, { from: 'memory', lengthMax: shownLengthMax })}\nTheir ids:\n${ids}` };
}

async function remember(session: AgentSession, text: string): Promise<OwnToolResult> {
  const no = session.parts.calls.journal.nextStepNo;
  const recalled = [...session.recalled];
  const kept = await callMemory(session, { name: ownToolNames.memoryRemember, input: { text } }, (notes, owner) =>
    notes.remember(owner, { no, text, recalled }),
  );
  const { outcome, memoryIds, reason } = kept as unknown as KeptNote;
  if (memoryIds.length === 0) return { text: `It was not kept (${outcome}): it ${reason ?? 'says nothing new'}.` };
  return {
    text: `It is kept as ${memoryIds[0]}${outcome === 'quarantined' ? ', once a person has looked at it' : ''}.`,
  };
}

async function leave(session: AgentSession, text: string): Promise<OwnToolResult> {
  const no = session.parts.calls.journal.nextStepNo;
  await callMemory(session, { name: ownToolNames.memoryNote, input: { text } }, async (notes, owner) => {
    await notes.leave(owner, { no, text });
    return null;
  });
  return { text: 'It is left for the others.' };
}

async function forget(session: AgentSession, memory: string): Promise<OwnToolResult> {
  await callMemory(session, { name: ownToolNames.memoryForget, input: { memory } }, async (notes, owner) => {
    await notes.forget(owner, memory);
    return null;
  });
  return { text: `${memory} is no longer held for true.` };
}

function callMemory(
  session: AgentSession,
  entry: { readonly name: string; readonly input: Json },
  perform: (notes: NotesPort, owner: NotesOwner) => Promise<object | null>,
): Promise<Json> {
  const { calls, thinking } = session.parts;
  const owner = notesOwner(session.parts, session.opening.rootGoalId);
  return calls.callOwn({
    kind: 'tool-call',
    ...entry,
    perform: async () => {
      if (thinking.notes === undefined) throw refused('memory-unavailable', 'There is no memory here.');
      return (await perform(thinking.notes, owner)) as Json;
    },
  });
}
