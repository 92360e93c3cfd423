// What an agent that thinks with a model needs besides what every attempt has.

import type { GoalId, TenantId } from '@chorale/lib-ids';
import type { AgentDefinition, Skill } from '@chorale/module-catalog';
import type { Goal, InputDefinition, PlanDefinition, Task } from '@chorale/module-goals';
import type { BudgetRoom } from './budget-mistakes.ts';
import type { GoalPolicy } from './goal-policy.ts';
import type { MailPort } from './mail-port.ts';
import type { ModelPort } from './model-port.ts';
import type { NotesPort } from './notes-port.ts';

/** A workflow that a plan may run as one of its tasks. */
export interface WorkflowChoice {
  readonly name: string;
  readonly description: string;
  readonly inputs: { readonly [name: string]: InputDefinition };
  readonly definition: PlanDefinition;
}

/** Who and what there is to plan with; only what may be used. */
export interface Team {
  listAgents(): readonly AgentDefinition[];
  listWorkflows(): readonly WorkflowChoice[];
}

/** Reads the store answers about the goal an attempt belongs to. */
export interface SessionReads {
  findGoal(tenantId: TenantId, goalId: GoalId): Promise<Goal | undefined>;
  findDefinition(tenantId: TenantId, planHash: string): Promise<PlanDefinition | undefined>;
  findTasks(tenantId: TenantId, goalId: GoalId, keys: readonly string[]): Promise<readonly Task[]>;
}

export interface ThinkingPorts {
  readonly model: ModelPort;
  readonly reads: SessionReads;
  readonly notes?: NotesPort;
  readonly mail?: MailPort;
  /** What a plan may still spend of; absent: plans are not held against budgets, only calls are. */
  readonly room?: (tenantId: TenantId) => Promise<BudgetRoom>;
  /** What no goal may ask for. */
  readonly goalPolicy: GoalPolicy;
  /** Of one whole conversation, in tokens, where the agent's file does not say. */
  readonly contextTokens: number;
  /** SHA-256 of the text, hex. */
  digest(text: string): string;
  /** A text that `keepText` kept. */
  readText(tenantId: TenantId, hash: string): Promise<string>;
  /** `path` is one of the skill's files. */
  readSkillFile(skill: Skill, path: string): Promise<string>;
}
