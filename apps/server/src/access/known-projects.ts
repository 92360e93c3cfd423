// The projects of tenants as they were a moment ago: each goal that is submitted asks for one.
//
// Invariants: KP1 what this process changes counts from the next request on. What another process changes counts within a second.
import type { TenantId } from '@chorale/lib-ids';
import type { Projects, RegisteredProject } from '@chorale/module-access';

const keptMs = 1_000;
const keptMax = 10_000;

export function rememberProjects(projects: Projects, now: () => number): Projects {
  const known = new Map<TenantId, { readonly list: Promise<readonly RegisteredProject[]>; readonly until: number }>();
  const list = (tenantId: TenantId): Promise<readonly RegisteredProject[]> => {
    const found = known.get(tenantId);
    if (found !== undefined && found.until > now()) return found.list;
    const read = { list: projects.list(tenantId), until: now() + keptMs };
    if (known.size >= keptMax) known.clear();
    known.set(tenantId, read);
    // What could not be read is read again by the next who asks.
    read.list.catch(() => {
      if (known.get(tenantId) === read) known.delete(tenantId);
    });
    return read.list;
  };
  const afterwards = async (
    tenantId: TenantId,
    change: () => Promise<RegisteredProject>,
  ): Promise<RegisteredProject> => {
    try {
      return await change();
    } finally {
      // Also what was asked for while it was being changed.
      known.delete(tenantId);
    }
  };
  return {
    list,
    find: async (tenantId, projectId) => (await list(tenantId)).find((one) => one.projectId === projectId),
    create: (tenantId, project) => afterwards(tenantId, () => projects.create(tenantId, project)),
    change: (tenantId, projectId, change) => afterwards(tenantId, () => projects.change(tenantId, projectId, change)),
  };
}
