// Projects: what a tenant keeps apart in itself.
import type { Calls } from './calls.ts';

export const projectQuotas = ['goals', 'tasks', 'runningTasks', 'spendUsdPerMonth'] as const;
export type ProjectQuota = (typeof projectQuotas)[number];
export type ProjectQuotas = { readonly [Name in ProjectQuota]?: number };

export interface Project {
  readonly projectId: string;
  readonly displayName: string;
  /** In an archived one nothing new begins. */
  readonly state: 'active' | 'archived';
  /** What is not named has no limit but the tenant's. */
  readonly quotas: ProjectQuotas;
  readonly createdAt: number;
  readonly changedAt: number;
}

export interface ProjectDetails extends Project {
  /** Open goals and open tasks, now. */
  readonly used: { readonly goals: number; readonly tasks: number };
}

export interface NewProjectRequest {
  readonly projectId: string;
  readonly displayName?: string;
  readonly quotas?: ProjectQuotas;
}

export interface ProjectChangeRequest {
  readonly displayName?: string;
  readonly state?: Project['state'];
  /** In place of those before. */
  readonly quotas?: ProjectQuotas;
}

/** Somebody with roles in the project; those in the whole tenant are among its members. */
export interface ProjectMember {
  readonly userId: string;
  readonly login: string;
  readonly displayName: string;
  readonly kind: 'person' | 'service';
  /** In the project, given to them or to their groups. */
  readonly roles: readonly string[];
}

export interface ProjectMethods {
  /** Those that whoever asks is in. */
  listProjects(): Promise<readonly Project[]>;
  getProject(projectId: string): Promise<ProjectDetails>;
  createProject(request: NewProjectRequest): Promise<Project>;
  changeProject(projectId: string, change: ProjectChangeRequest): Promise<Project>;
  listProjectMembers(projectId: string): Promise<readonly ProjectMember[]>;
  /** A member of the tenant, by id or login, with these roles in the project in place of those before; none: out of it. */
  setProjectMember(projectId: string, member: string, roles: readonly string[]): Promise<ProjectMember>;
}

export function projectMethods({ get, items, post }: Calls): ProjectMethods {
  const path = (projectId: string): string => `/v1/projects/${encodeURIComponent(projectId)}`;
  return {
    listProjects: () => items('/v1/projects'),
    getProject: (projectId) => get(path(projectId)),
    createProject: (request) => post('/v1/projects', request),
    changeProject: (projectId, change) => post(path(projectId), change),
    listProjectMembers: (projectId) => items(`${path(projectId)}/members`),
    setProjectMember: (projectId, member, roles) => post(`${path(projectId)}/members`, { member, roles }),
  };
}
