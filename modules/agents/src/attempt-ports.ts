// What an attempt needs from whoever runs it.

import type { TenantId } from '@chorale/lib-ids';
import type { AgentDefinition, Skill } from '@chorale/module-catalog';
import type { ClaimedTask, FinishAttempt, GoalStore, Json, StoredBytes, TaskDefinition } from '@chorale/module-goals';
import type { CancelSignal, Clock } from '@chorale/lib-time';
import type { Team, ThinkingPorts } from './thinking-ports.ts';
import type { GrantedCall, ToolDescription, ToolResult } from './tool.ts';
import type { CallEffects } from './tool-effects.ts';

export interface AttemptRequest {
  readonly claimed: ClaimedTask;
  /** The task's entry in the goal's plan. */
  readonly definition: TaskDefinition;
}

/** What `finish-attempt` is to be told. */
export type AttemptEnd = Pick<FinishAttempt, 'result' | 'steps' | 'artifacts'>;

export type ToolCall = GrantedCall;

/** The tools as one attempt has them: bound to its workspace, and gone with it. */
export interface Workbench {
  /** Undefined when there is no such tool; the call then says so. */
  findTool(name: string, args: Json): { readonly idempotent: boolean } | undefined;
  describeTool(name: string): ToolDescription | undefined;
  effectsOf(call: ToolCall): CallEffects;
  /** Like `ToolRegistry.call`; references to JSON among the arguments are read for the tool. */
  call(call: ToolCall, signal: CancelSignal): Promise<ToolResult>;
  /**
   * Ends what the attempt left running. Removes its workspace, unless its run goes on: then the next attempt finds it as it
   * is, where it is on the same machine. Never rejects.
   */
  close(run: { readonly goesOn: boolean }): Promise<void>;
}

/** Agents and skills as the catalogue has them now; throws refused errors for what is unknown or not trusted. */
export interface Crew {
  getAgent(name: string): AgentDefinition;
  getSkill(name: string): Skill;
}

export interface AttemptPorts {
  readonly store: Pick<GoalStore, 'execute' | 'findTasks' | 'listSteps'>;
  readonly crew: Crew;
  readonly clock: Clock;
  /** Whom and what a refusal, or a plan, may name. */
  readonly team?: Team;
  /** Absent when no model is configured: then agents work through scripts. */
  readonly thinking?: ThinkingPorts;
  openWorkbench(request: AttemptRequest): Promise<Workbench>;
  /** Keeps a text by its content hash, as UTF-8. */
  keepText(tenantId: TenantId, text: string): Promise<StoredBytes>;
}
