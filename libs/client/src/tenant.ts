// Tenants, what they may use, and why somebody may do something.
import type { Calls } from './calls.ts';
import type { RetentionPolicy } from './tenant-data.ts';

export const tenantQuotas = [
  'goals',
  'tasks',
  'runningTasks',
  'storageBytes',
  'modelKeys',
  'spendUsdPerMonth',
] as const;
export type TenantQuota = (typeof tenantQuotas)[number];
export type TenantQuotas = { readonly [Name in TenantQuota]?: number };

export interface TenantSummary {
  readonly tenantId: string;
  readonly displayName: string;
  readonly state: 'active' | 'suspended';
  /** Stopped: what ran was handed back, and nothing begins. */
  readonly agents: 'running' | 'stopped';
  /** Stopped by who runs the installation, who alone lets them go on. */
  readonly stoppedByHome?: boolean;
  /** What is not named has no limit. */
  readonly quotas: TenantQuotas;
  readonly retention?: RetentionPolicy;
  /** How many tasks of which of its projects may run at once. */
  readonly projectsRunning?: { readonly [projectId: string]: number };
  readonly createdAt: number;
  readonly changedAt: number;
}

export interface TenantDetails extends TenantSummary {
  /** Open goals, open tasks and bytes of artifacts, now. */
  readonly used: { readonly goals: number; readonly tasks: number; readonly storageBytes: number };
}

export interface NewTenantRequest {
  readonly tenantId: string;
  readonly displayName?: string;
  readonly quotas?: TenantQuotas;
  /** What its first owner logs in with. */
  readonly owner: string;
}

/** With the invitation for its first owner, shown once. */
export interface NewTenant extends TenantSummary {
  readonly owner: { readonly userId: string; readonly login: string; readonly invitation: string };
}

export interface TenantChangeRequest {
  readonly displayName?: string;
  readonly state?: TenantSummary['state'];
  /** In place of those before. */
  readonly quotas?: TenantQuotas;
}

export interface AccessQuestion {
  /** A member's id or login; default: who asks. */
  readonly subject?: string;
  readonly operation: string;
  /** On a thing of this project; default: of the whole tenant. */
  readonly projectId?: string;
}

export interface AccessExplanation {
  readonly subject: string;
  readonly roles: readonly string[];
  readonly operation: string;
  readonly projectId?: string;
  readonly allowed: boolean;
  /** In a sentence. */
  readonly because: string;
  readonly decidedBy: readonly string[];
  /** With which the same person might. */
  readonly rolesThatMay: readonly string[];
  readonly policyVersion: string;
}

export interface TenantMethods {
  listTenants(): Promise<readonly TenantSummary[]>;
  getTenant(tenantId: string): Promise<TenantDetails>;
  createTenant(request: NewTenantRequest): Promise<NewTenant>;
  changeTenant(tenantId: string, change: TenantChangeRequest): Promise<TenantSummary>;
  /** Ends what its agents do, within five seconds, wherever they run. */
  stopAgents(tenantId: string): Promise<TenantSummary>;
  resumeAgents(tenantId: string): Promise<TenantSummary>;
  explainAccess(question: AccessQuestion): Promise<AccessExplanation>;
}

export function tenantMethods({ get, items, post }: Calls): TenantMethods {
  const path = (tenantId: string): string => `/v1/tenants/${encodeURIComponent(tenantId)}`;
  return {
    listTenants: () => items('/v1/tenants'),
    getTenant: (tenantId) => get(path(tenantId)),
    createTenant: (request) => post('/v1/tenants', request),
    changeTenant: (tenantId, change) => post(path(tenantId), change),
    stopAgents: (tenantId) => post(`${path(tenantId)}/stop-agents`, {}),
    resumeAgents: (tenantId) => post(`${path(tenantId)}/resume-agents`, {}),
    explainAccess: (question) => post('/v1/access/explain', question),
  };
}
