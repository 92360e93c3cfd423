// Projects: what a tenant keeps apart in itself.
//
// Owns:       the register of a tenant's projects.
// Invariants: PJ1 every tenant has the project `default`, in the register or not: what names no project is in it.
//             PJ2 a project is archived, never removed: what belongs to it keeps where it belongs.
//             PJ3 none is allowed more than its tenant.
import { refused, temporary } from '@chorale/lib-errors';
import { defaultProject, type ProjectId, type TenantId } from '@chorale/lib-ids';
import type { IdentityRecord } from '../identity/identity-record.ts';
import type { IdentityStore } from '../identity/identity-store.ts';
import type { Quotas } from './tenants.ts';

/** Those of a tenant that a project may have, too. */
export const projectQuotas = ['goals', 'tasks', 'runningTasks', 'spendUsdPerMonth'] as const;
export type ProjectQuotas = Pick<Quotas, (typeof projectQuotas)[number]>;

export interface Project {
  readonly displayName: string;
  /** In an archived one nothing new begins. */
  readonly state: 'active' | 'archived';
  readonly quotas: ProjectQuotas;
  readonly createdAt: number;
  readonly changedAt: number;
}

export interface RegisteredProject extends Project {
  readonly projectId: ProjectId;
}

export type ProjectChange = Partial<Pick<Project, 'displayName' | 'state' | 'quotas'>>;

export interface Projects {
  /** The default one, then the others by id. */
  list(tenantId: TenantId): Promise<readonly RegisteredProject[]>;
  find(tenantId: TenantId, projectId: string): Promise<RegisteredProject | undefined>;
  /** @throws refused `project-exists`, `project-invalid`, `projects-too-many`. */
  create(
    tenantId: TenantId,
    project: Pick<Project, 'displayName' | 'quotas'> & { readonly projectId: string },
  ): Promise<RegisteredProject>;
  /** @throws refused `project-not-found`, `project-exists`, `default-project`. */
  change(tenantId: TenantId, projectId: string, change: ProjectChange): Promise<RegisteredProject>;
}

export interface ProjectPorts {
  readonly store: IdentityStore;
  readonly now: () => number;
}

/** Of one tenant. */
export const projectsMax = 1_000;
const idPattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const triesMax = 8;

type Row = IdentityRecord<'project'>;

const unregistered: RegisteredProject = {
  projectId: defaultProject,
  displayName: 'Default',
  state: 'active',
  quotas: {},
  createdAt: 0,
  changedAt: 0,
};

const toProject = ({ id, body }: Row): RegisteredProject => ({ projectId: id as ProjectId, ...body });

export function openProjects({ store, now }: ProjectPorts): Projects {
  const put = async (write: 'add' | 'replace', record: Row): Promise<boolean> => {
    const { tenantId } = record;
    return (await store.execute({ command: 'write-identity', tenantId, writes: [{ write, record }] })).done;
  };
  const rowOf = (tenantId: TenantId, version: number, { projectId, ...body }: RegisteredProject): Row => {
    const name = body.displayName.toLowerCase();
    return { tenantId, kind: 'project', id: projectId, name, version, body };
  };
  const refuseTaken = async (tenantId: TenantId, projectId: string, displayName: string): Promise<void> => {
    const name = displayName.toLowerCase();
    const holder = await store.findRecordByName(tenantId, 'project', name);
    const isDefault = name === unregistered.displayName.toLowerCase() && projectId !== defaultProject;
    if (isDefault || (holder !== undefined && holder.id !== projectId)) throw projectExists(displayName);
  };
  const list = async (tenantId: TenantId): Promise<readonly RegisteredProject[]> => {
    const found = (await store.listRecords(tenantId, 'project', { limit: projectsMax })).map(toProject);
    const isDefault = ({ projectId }: RegisteredProject): boolean => projectId === defaultProject;
    return [found.find(isDefault) ?? unregistered, ...found.filter((one) => !isDefault(one))];
  };
  return {
    list,
    async find(tenantId, projectId) {
      const row = await store.findRecord(tenantId, 'project', projectId);
      if (row !== undefined) return toProject(row);
      return projectId === defaultProject ? unregistered : undefined;
    },
    async create(tenantId, { projectId: wanted, displayName, quotas }) {
      if (!idPattern.test(wanted))
        throw refused('project-invalid', `${wanted.slice(0, 80)} cannot be the id of a project.`, {
          action: 'Use up to 63 small letters, digits and hyphens between them.',
        });
      if ((await list(tenantId)).length >= projectsMax)
        throw refused('projects-too-many', `There are ${projectsMax} projects already.`, {
          action: 'Use one of those: archived ones count, since what was done in them stays.',
        });
      await refuseTaken(tenantId, wanted, displayName);
      const at = now();
      const projectId = wanted as ProjectId;
      const made: RegisteredProject = { projectId, displayName, state: 'active', quotas, createdAt: at, changedAt: at };
      if (projectId === defaultProject || !(await put('add', rowOf(tenantId, 1, made)))) throw projectExists(wanted);
      return made;
    },
    async change(tenantId, projectId, change) {
      if (projectId === defaultProject && change.state === 'archived')
        throw refused('default-project', 'The project that every tenant has cannot be archived.');
      if (change.displayName !== undefined) await refuseTaken(tenantId, projectId, change.displayName);
      for (let tries = 0; tries < triesMax; tries++) {
        const row = await store.findRecord(tenantId, 'project', projectId);
        if (row === undefined && projectId !== defaultProject) throw projectNotFound(projectId);
        const before = row === undefined ? unregistered : toProject(row);
        const after: RegisteredProject = { ...before, ...change, changedAt: now() };
        const write = row === undefined ? 'add' : 'replace';
        if (await put(write, rowOf(tenantId, (row?.version ?? 0) + 1, after))) return after;
      }
      throw temporary('record-changed', `${projectId} is being changed by others.`, { retryAfterMs: 100 });
    },
  };
}

export function projectNotFound(projectId: string): Error {
  return refused('project-not-found', `There is no project ${projectId}.`, {
    action: 'See the list of projects for those that you are in.',
  });
}

function projectExists(name: string): Error {
  return refused('project-exists', `There is a project ${name} already.`);
}

/** @throws refused `quota-above-tenant`: what the tenant may have is the most that a project of it may. */
export function refuseAboveTenant(wanted: ProjectQuotas, allowed: Quotas): void {
  for (const name of projectQuotas) {
    const [asked, most] = [wanted[name], allowed[name]];
    if (asked === undefined || most === undefined || asked <= most) continue;
    throw refused('quota-above-tenant', `The tenant may have ${most} (${name}), and a project of it no more.`, {
      action: 'Give the project that or less, or ask whoever runs the installation for a larger quota.',
      data: { quota: name, asked, allowed: most },
    });
  }
}
