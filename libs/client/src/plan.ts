// What a goal runs: the plan's definition, its versions and the changes that lead from one to the next.
import type { Json } from './json.ts';

export type Priority = 'urgent' | 'high' | 'normal' | 'low';
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

export interface ForEach {
  /** An expression that gives a list. */
  readonly items: string;
  readonly concurrency: number;
}

export interface TaskDefinition {
  readonly key: string;
  readonly kind: TaskKind;
  readonly title?: string;
  readonly needs: readonly string[];
  readonly join?: 'all' | 'first';
  readonly when?: string;
  readonly forEach?: ForEach;
  readonly agent?: string;
  readonly skill?: string;
  readonly tool?: string;
  readonly workflow?: string;
  readonly wait?: Json;
  readonly question?: Json;
  /** Of an approval: for somebody else than who asked for the goal. */
  readonly fourEyes?: boolean;
  readonly with?: Json;
  readonly output?: { readonly [keyword: string]: Json };
  readonly retry?: RetryPolicy;
  readonly timeoutMs?: number;
  readonly onFailure?: 'fail' | 'continue' | { readonly compensate: string };
  readonly queue?: string;
  readonly requires?: readonly string[];
  readonly priority?: Priority;
  /** Only runs to compensate another task. */
  readonly compensates?: boolean;
  readonly removed?: boolean;
  /** Where an agent wrote the task: what others had written that it had read. */
  readonly untrusted?: readonly string[];
}

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
  readonly outputs?: { readonly [name: string]: Json };
  /** How calls of its agents choose a model, where the agent's file does not say. */
  readonly strategy?: string;
  /** Sub-workflows by name. */
  readonly children?: { readonly [name: string]: PlanDefinition };
}

export type PlanChange =
  | { readonly change: 'add'; readonly task: TaskDefinition }
  | { readonly change: 'remove'; readonly key: string }
  | { readonly change: 'skip'; readonly key: string }
  | { readonly change: 'repoint'; readonly key: string; readonly needs: readonly string[] }
  | { readonly change: 'replace'; readonly task: TaskDefinition };

export interface PlanVersion {
  readonly version: number;
  readonly planHash: string;
  readonly author: string;
  readonly reason: string;
  readonly changes: readonly PlanChange[];
  readonly at: number;
}

export interface Plan {
  readonly goalId: string;
  readonly version: number;
  readonly planHash: string;
  readonly definition: PlanDefinition;
  /** Oldest first. */
  readonly versions: readonly PlanVersion[];
}

export interface PlanChangeRequest {
  readonly changes: readonly PlanChange[];
  readonly reason: string;
  /** Refused when the plan has another version by now. */
  readonly expectedPlanVersion?: number;
}
