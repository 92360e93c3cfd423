// The names under which the cache keeps rows. What one goal's rows are kept under begins with the goal, so that all of
// them can be named at once.
import type { ApprovalState, AuditFilter, GoalFilter, ModelCallFilter } from '@chorale/lib-client';

export type ListFilter = Pick<GoalFilter, 'states' | 'workflow' | 'projectId' | 'archived'>;

export type CallFilter = Pick<ModelCallFilter, 'goal' | 'key'>;

export const queryKeys = {
  goalLists: ['goals'] as const,
  goalList: (filter: ListFilter) => ['goals', filter] as const,
  goal: (goalId: string) => ['goal', goalId] as const,
  goalRow: (goalId: string) => ['goal', goalId, 'row'] as const,
  explanation: (goalId: string) => ['goal', goalId, 'explanation'] as const,
  plan: (goalId: string) => ['goal', goalId, 'plan'] as const,
  tasks: (goalId: string) => ['goal', goalId, 'tasks'] as const,
  events: (goalId: string) => ['goal', goalId, 'events'] as const,
  artifacts: (goalId: string) => ['goal', goalId, 'artifacts'] as const,
  goalApprovals: (goalId: string) => ['goal', goalId, 'approvals'] as const,
  task: (goalId: string, taskNo: number) => ['goal', goalId, 'task', taskNo] as const,
  steps: (goalId: string, taskNo: number, run: number) => ['goal', goalId, 'task', taskNo, 'steps', run] as const,
  attempts: (goalId: string, taskNo: number) => ['goal', goalId, 'task', taskNo, 'attempts'] as const,
  approvalLists: ['approvals'] as const,
  approvals: (state: ApprovalState | 'all') => ['approvals', state] as const,
  workflows: ['workflows'] as const,
  workflow: (name: string) => ['workflows', name] as const,
  models: ['models'] as const,
  deployments: ['models', 'deployments'] as const,
  modelLearning: ['models', 'learning'] as const,
  modelKeys: ['models', 'keys'] as const,
  budgets: ['models', 'budgets'] as const,
  modelCalls: (filter: CallFilter) => ['models', 'calls', filter] as const,
  modelCall: (callId: string) => ['models', 'call', callId] as const,
  account: ['account'] as const,
  ticket: ['ticket'] as const,
  loginChoices: ['login-choices'] as const,
  sessions: ['account', 'sessions'] as const,
  accountKeys: ['account', 'keys'] as const,
  passkeys: ['account', 'passkeys'] as const,
  members: ['members'] as const,
  projects: ['projects'] as const,
  audit: ['audit'] as const,
  auditLog: ['audit', 'log'] as const,
  auditEntries: (filter: AuditFilter) => ['audit', 'entries', filter] as const,
  system: ['system'] as const,
  queue: ['system', 'queue'] as const,
  workers: ['system', 'workers'] as const,
  doctor: ['system', 'doctor'] as const,
  mcpServers: ['system', 'mcp-servers'] as const,
};
