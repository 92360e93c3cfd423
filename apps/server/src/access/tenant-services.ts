// Tenants as a process sees them: who is suspended, whose agents are stopped, and what each may still have.
//
// Owns:       what was read of the register lately.
// Invariants: TS1 a change made here counts at once, one made in another process within two seconds.
//             TS2 in one process nothing is submitted between a look at a quota and what it was looked at for.
import { refused } from '@chorale/lib-errors';
import type { ProjectId, TenantId } from '@chorale/lib-ids';
import {
  openTenants,
  refuseOverQuota,
  type IdentityStore,
  type Projects,
  type QuotaHolder,
  type RegisteredProject,
  type RegisteredTenant,
  type Tenants,
  type Usage,
} from '@chorale/module-access';
import type { GoalStore, TenantUse } from '@chorale/module-goals';
import type { AccessServices } from '../api/caller.ts';
import { createInTurn } from './in-turn.ts';

export interface QuotaPlace {
  readonly tenantId: TenantId;
  /** Where it counts in one, too. */
  readonly projectId?: ProjectId;
}

export interface TenantServices extends Tenants {
  /** @throws refused `tenant-suspended`. */
  refuseSuspended(tenantId: TenantId): void;
  /** Those whose agents may not work. */
  stopped(): readonly TenantId[];
  /** How many tasks may run at once, of those that have a limit. */
  runningMax(): Readonly<Record<string, number>>;
  /** The same of projects, by `TENANT:PROJECT`. */
  projectsRunningMax(): Readonly<Record<string, number>>;
  /** Runs what needs more, where there is room for it. @throws refused `quota-exceeded`. */
  withRoom<T>(place: QuotaPlace, more: Usage, run: () => Promise<T>): Promise<T>;
  measureProject(tenantId: TenantId, projectId: ProjectId): Promise<TenantUse>;
  /** What is left of the storage; undefined without a limit. */
  storageLeft(tenantId: TenantId): Promise<number | undefined>;
  /** Reads the register anew. */
  refresh(): Promise<void>;
}

/** Of a suspended tenant nobody is let in. */
export function guardSuspended(
  access: AccessServices,
  tenants: Pick<TenantServices, 'refuseSuspended'>,
): AccessServices {
  return {
    ...access,
    async authenticate(request) {
      const caller = await access.authenticate(request);
      if (caller !== undefined) tenants.refuseSuspended(caller.tenantId);
      return caller;
    },
  };
}

interface LimitedHolder extends QuotaHolder {
  readonly of: Pick<QuotaPlace, 'projectId'>;
}

export interface TenantServicePorts {
  readonly register: IdentityStore;
  readonly store: Pick<GoalStore, 'measureUse'>;
  readonly projects: Pick<Projects, 'find'>;
  readonly countModelKeys: (tenantId: TenantId) => Promise<number>;
  readonly now: () => number;
  /** Told after each change of the register that this process learns of. */
  readonly onRefresh?: (now: Pick<TenantServices, 'stopped' | 'runningMax' | 'projectsRunningMax'>) => Promise<void>;
}

function runningOfTenants(tenants: readonly RegisteredTenant[]): Readonly<Record<string, number>> {
  const limited = tenants.flatMap(({ tenantId, quotas: { runningTasks } }) =>
    runningTasks === undefined ? [] : [[tenantId, runningTasks] as const],
  );
  return Object.fromEntries(limited);
}

function runningOfProjects(tenants: readonly RegisteredTenant[]): Readonly<Record<string, number>> {
  const limited = tenants.flatMap(({ tenantId, projectsRunning = {} }) =>
    Object.entries(projectsRunning).map(([projectId, most]) => [`${tenantId}:${projectId}`, most] as const),
  );
  return Object.fromEntries(limited);
}

/** The tenant, and the project: what of them has a limit. */
function limitedHolders(
  tenant: RegisteredTenant | undefined,
  project: RegisteredProject | undefined,
  more: Usage,
): readonly LimitedHolder[] {
  const holders: LimitedHolder[] = [];
  if (tenant !== undefined) holders.push({ holder: tenant.tenantId, quotas: tenant.quotas, of: {} });
  if (project !== undefined)
    holders.push({
      holder: `the project ${project.projectId}`,
      quotas: project.quotas,
      of: { projectId: project.projectId },
    });
  return holders.filter(({ quotas }) => Object.keys(more).some((name) => name in quotas));
}

export async function openTenantServices(ports: TenantServicePorts): Promise<TenantServices> {
  const tenants = openTenants({ store: ports.register, now: ports.now });
  let known: ReadonlyMap<TenantId, RegisteredTenant> = new Map();
  const inTurn = createInTurn();

  async function refresh(): Promise<void> {
    known = new Map((await tenants.list()).map((tenant) => [tenant.tenantId, tenant]));
    await ports.onRefresh?.({ stopped, runningMax, projectsRunningMax });
  }

  function stopped(): readonly TenantId[] {
    const all = [...known.values()].filter(({ agents, state }) => agents === 'stopped' || state === 'suspended');
    return all.map(({ tenantId }) => tenantId);
  }

  const runningMax = (): Readonly<Record<string, number>> => runningOfTenants([...known.values()]);
  const projectsRunningMax = (): Readonly<Record<string, number>> => runningOfProjects([...known.values()]);

  async function measure({ tenantId, projectId }: QuotaPlace, wanted: Usage): Promise<Usage> {
    const { goals, tasks, artifactBytes } = await ports.store.measureUse(tenantId, projectId);
    const modelKeys = wanted.modelKeys === undefined ? 0 : await ports.countModelKeys(tenantId);
    return { goals, tasks, storageBytes: artifactBytes, modelKeys };
  }

  await refresh();
  return {
    list: () => tenants.list(),
    find: (tenantId) => tenants.find(tenantId),
    async create(tenant) {
      const made = await tenants.create(tenant);
      await refresh();
      return made;
    },
    async change(tenantId, change) {
      const changed = await tenants.change(tenantId, change);
      await refresh();
      return changed;
    },
    refuseSuspended(tenantId) {
      if (known.get(tenantId)?.state === 'suspended')
        throw refused('tenant-suspended', `The tenant ${tenantId} is suspended.`, {
          action: 'Ask whoever runs the installation.',
        });
    },
    stopped,
    runningMax,
    projectsRunningMax,
    measureProject: (tenantId, projectId) => ports.store.measureUse(tenantId, projectId),
    async withRoom({ tenantId, projectId }, more, run) {
      const project = projectId === undefined ? undefined : await ports.projects.find(tenantId, projectId);
      const limited = limitedHolders(known.get(tenantId), project, more);
      if (limited.length === 0) return run();
      return inTurn(tenantId, async () => {
        for (const { of, ...holder } of limited)
          refuseOverQuota(holder, await measure({ tenantId, ...of }, more), more);
        return run();
      });
    },
    async storageLeft(tenantId) {
      const allowed = known.get(tenantId)?.quotas.storageBytes;
      if (allowed === undefined) return undefined;
      return allowed - (await ports.store.measureUse(tenantId)).artifactBytes;
    },
    refresh,
  };
}
