// What agents have of memory: what may help is recalled before they begin, and how their tasks ended is kept.

import type { GoalId } from '@chorale/lib-ids';
import type { DataClass } from '@chorale/module-models';
import type { AttemptRequest } from './attempt-ports.ts';

/** Whose memory it is: the agent's own, that of the goal's project and of the person who asked. */
export interface NotesOwner {
  readonly request: AttemptRequest;
  readonly agent: string;
  /** The goal a person asked for. */
  readonly rootGoalId: GoalId;
  /** How sensitive what the agent reads is at least, as its file says. */
  readonly dataClass: DataClass | undefined;
}

export interface RecalledNote {
  /** As it stands in the text: `[3]`. */
  readonly number: number;
  readonly memoryId: string;
  readonly score: number;
  /** Why it was found, in sentences. */
  readonly why: readonly string[];
}

/**
 * Who can have written it: only people of this tenant (or agents that had read nothing of others), anybody on pages that anybody
 * may read, or anybody.
 */
export type NotesTrust = 'people' | 'public' | 'private';

export interface Recall {
  /** The notes, each with its number; empty where nothing was found. */
  readonly text: string;
  readonly notes: readonly RecalledNote[];
  /** The worst of them. */
  readonly trust: NotesTrust;
}

/** What has worked at tasks like this one, as counts that fade. */
export interface Advice {
  readonly lines: readonly string[];
}

export interface TaskOutcome {
  readonly succeeded: boolean;
  /** What was to be done, what came of it: texts, cut to size. */
  readonly asked: string;
  readonly result: string;
  /** `alone`, `delegated` or `planned`. */
  readonly strategy: string;
  readonly tools: readonly ToolUse[];
  readonly model: string | undefined;
  readonly turns: number;
  readonly tokens: number;
  /** Nano-dollars. */
  readonly cost: number;
  readonly durationMs: number;
  /** The worst of what the agent had read. */
  readonly trust: NotesTrust;
  /** What was recalled: what only repeats it is no new evidence. */
  readonly recalled: readonly string[];
}

export interface ToolUse {
  readonly name: string;
  readonly succeeded: number;
  readonly failed: number;
}

/** What became of a text: kept under an id, or not and why. */
export interface KeptNote {
  readonly outcome: string;
  readonly memoryIds: readonly string[];
  readonly reason?: string;
}

export interface NotesPort {
  recall(owner: NotesOwner, about: { readonly text: string; readonly tokensMax: number }): Promise<Recall>;
  /** `team`: those who may be given tasks. */
  advise(owner: NotesOwner, team: readonly string[]): Promise<Advice>;
  /** Told again of the same run of a task, it keeps nothing more. */
  recordOutcome(owner: NotesOwner, outcome: TaskOutcome): Promise<KeptNote>;
  /** Told again under the same number of the same run, it keeps nothing more. */
  remember(
    owner: NotesOwner,
    note: { readonly no: number; readonly text: string; readonly recalled: readonly string[] },
  ): Promise<KeptNote>;
  /** For whoever works at the goal, until it ends. Told again under the same number of the same run, it is there once. */
  leave(owner: NotesOwner, note: { readonly no: number; readonly text: string }): Promise<void>;
  /** What agents left for each other at this goal, in order. */
  readLeft(owner: NotesOwner): Promise<readonly string[]>;
  /** Throws refused `memory-not-found` for what is not the agent's own. */
  forget(owner: NotesOwner, memoryId: string): Promise<void>;
}
