// The definition of a plan: what a workflow file compiles to, what a planner or a person edits, what a goal runs.
//
// Owns:       tasks, what they need, and every rule about one task that does not change while it runs.
// Invariants: P1 a definition is immutable and known by the hash of its canonical JSON; a change makes a new one.
//             P2 a task's place in `tasks` is its number for the goal's whole life: tasks are appended, never
//                reordered, and a removed one stays as `removed`.
//             P3 edges live here, as `needs`, and not in rows of their own: every version of a plan keeps its own.
import type { Json } from './json.ts';

/** An expression in CEL, evaluated over `inputs`, `tasks`, `item`, `goal`. */
export type Expression = string;

/** JSON in which a string may hold `${{ expression }}`; resolved when the task starts. */
export type Template = Json;

export type TaskKind = 'agent' | 'tool' | 'approval' | 'timer' | 'workflow' | 'signal';

export interface RetryPolicy {
  /** Attempts after the first; 0 means never. */
  readonly limit: number;
  readonly delayMs: number;
  readonly factor: number;
  readonly delayMsMax: number;
  /** Share of the delay that is random, 0 to 1. */
  readonly jitter: number;
}

export type OnFailure = 'fail' | 'continue' | { readonly compensate: string };

export interface ForEach {
  /** Must give a list. */
  readonly items: Expression;
  /** How many items are worked on at once. */
  readonly concurrency: number;
}

export interface TaskDefinition {
  readonly key: string;
  readonly kind: TaskKind;
  readonly title?: string;
  readonly needs: readonly string[];
  /** `first`: starts when the first of `needs` succeeded, and the others are cancelled. Default `all`. */
  readonly join?: 'all' | 'first';
  readonly when?: Expression;
  readonly forEach?: ForEach;
  /** kind agent: the agent's name, and the skill it works through when one is named. */
  readonly agent?: string;
  readonly skill?: string;
  /** kind tool: the tool's name. */
  readonly tool?: string;
  /** kind workflow: the sub-plan, already compiled (its hash, see `PlanDefinition.children`). */
  readonly workflow?: string;
  /** kind timer: a duration in milliseconds, or an instant (RFC 3339), after resolution. */
  readonly wait?: Template;
  /** kind approval: what the person is asked. Kind signal: the signal's name is the task's key. */
  readonly question?: Template;
  /** kind approval: for somebody else than who asked for the goal. */
  readonly fourEyes?: boolean;
  readonly with?: Template;
  /** kind agent: JSON Schema (2020-12) of what the agent must give; without one it may give anything. */
  readonly output?: { readonly [keyword: string]: Json };
  readonly retry?: RetryPolicy;
  readonly timeoutMs?: number;
  readonly onFailure?: OnFailure;
  readonly queue?: string;
  /** Labels a worker must have, sorted. */
  readonly requires?: readonly string[];
  readonly priority?: PriorityClass;
  /** True for a task that only runs to compensate another. */
  readonly compensates?: boolean;
  readonly removed?: boolean;
  /** Where an agent wrote the task: what others had written that it had read. */
  readonly untrusted?: readonly string[];
}

/** 0 urgent, 1 high, 2 normal, 3 low. */
export type PriorityClass = 0 | 1 | 2 | 3;

export interface InputDefinition {
  readonly type: 'string' | 'number' | 'boolean' | 'list' | 'object';
  readonly description?: string;
  readonly required?: boolean;
  readonly default?: Json;
}

export interface PlanDefinition {
  readonly workflow: string;
  readonly description?: string;
  readonly inputs: { readonly [name: string]: InputDefinition };
  readonly tasks: readonly TaskDefinition[];
  readonly outputs?: { readonly [name: string]: Template };
  /** How calls of its agents choose a model, where the agent's file does not say. What it starts inherits it. */
  readonly strategy?: string;
  /** Sub-workflows by name, compiled with their parent so that a goal never depends on files that change. */
  readonly children?: { readonly [name: string]: PlanDefinition };
}
