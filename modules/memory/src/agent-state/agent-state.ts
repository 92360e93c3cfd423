// Reads what the older agent system left in `.agent_state/` and `.agent_knowledge/`: JSON files without a schema, written by
// several versions of it, some cut off in the middle. What can be read becomes memories; what cannot is said, file by file.

import type { MemoryKind } from '../memory.ts';
import { readJsonFile, readJsonLines } from './read-json-file.ts';
import { readChatMemory, readChatSession } from './read-chats.ts';
import {
  readActions,
  readExperience,
  readGoals,
  readObservations,
  readSessions,
  readTodos,
} from './read-experience.ts';
import { readActionSelector, readKnowledge, readLearning } from './read-learning.ts';

/** As it came. */
export interface StateFile {
  /** Below the folder, with `/`. */
  readonly path: string;
  readonly text: string;
  /** What stands in it without a time is from then. */
  readonly modifiedAt: number;
}

/** A memory to be made. The same source gives the same, so that it is made once. */
export interface ReadMemory {
  readonly kind: MemoryKind;
  readonly body: string;
  /** Undefined: when its file was written. */
  readonly at?: number | undefined;
  readonly confidence?: number | undefined;
  readonly importance?: number | undefined;
}

/** A turn of a chat. */
export interface ReadTurn {
  readonly chat: string;
  readonly role: 'person' | 'assistant';
  readonly text: string;
}

/** What one file gave. */
export interface ReadRows {
  readonly memories?: readonly ReadMemory[];
  readonly turns?: readonly ReadTurn[];
  /** Entries that make no sense. */
  readonly skipped?: number;
}

export interface FileReading extends ReadRows {
  readonly path: string;
  /** `left-out`: nothing to remember in it, as in a log. */
  readonly outcome: 'read' | 'left-out' | 'broken';
  readonly reason: string | undefined;
}

const readers: { readonly [name: string]: (value: unknown, path: string) => ReadRows } = {
  'action_selector.json': readActionSelector,
  'learning_system.json': readLearning,
  'episodic_memory.json': readExperience,
  'goals.json': readGoals,
  'goal_manager.json': readGoals,
  'goals_data.json': readGoals,
  'actions.json': readActions,
  'observations.json': readObservations,
  'todos.json': readTodos,
  'knowledge_patterns.json': readKnowledge,
  'session_history.json': readSessions,
};

export function readStateFile({ path, text }: StateFile): FileReading {
  const nothing = (outcome: FileReading['outcome'], reason: string): FileReading => ({ path, outcome, reason });
  const read = (rows: ReadRows): FileReading => ({ path, outcome: 'read', reason: undefined, ...rows });
  const name = plainName(path);
  const reader = /(^|\/)chat_sessions\//.test(path) && name.endsWith('.json') ? readChatSession : readers[name];
  if (name === 'chat_memory.jsonl') return read(readChatMemory(readJsonLines(text)));
  if (reader === undefined) return nothing('left-out', 'no file that memories are read from');
  const parsed = readJsonFile(text);
  if ('problem' in parsed) return nothing('broken', parsed.problem);
  const rows = reader(parsed.value, path);
  const none = (rows.memories ?? []).length + (rows.turns ?? []).length === 0;
  if (none && (rows.skipped ?? 0) > 0) return nothing('broken', 'nothing in it has the shape that it should have');
  return read(rows);
}

/** An import into the database of a later version renamed the files, and undoing that gave some of them an ending twice. */
function plainName(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.replace(/\.backup$/, '').replace(/\.json\.json$/, '.json');
}

/** Of files that are one file by different names, the one that was in use: others are what it was before. */
export function chooseStateFiles<Path extends { readonly path: string }>(files: readonly Path[]): readonly Path[] {
  const chosen = new Map<string, Path>();
  for (const file of files) {
    const folder = file.path.slice(0, file.path.lastIndexOf('/') + 1);
    const key = folder + plainName(file.path);
    const before = chosen.get(key);
    if (before === undefined || file.path === key) chosen.set(key, file);
  }
  return [...chosen.values()];
}
