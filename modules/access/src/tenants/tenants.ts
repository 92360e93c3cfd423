// Tenants: the organisations that share an installation without seeing each other.
//
// Owns:       the register of tenants. It is kept in the home tenant, the one that runs the installation: who a tenant is and
//             what it may use is not for itself to say.
// Invariants: TM1 the home tenant is always there and active, in the register or not.
import { refused, temporary } from '@chorale/lib-errors';
import { defaultTenant, type TenantId } from '@chorale/lib-ids';
import type { IdentityRecord } from '../identity/identity-record.ts';
import type { IdentityStore } from '../identity/identity-store.ts';

export const homeTenant = defaultTenant;

/** What a tenant may have at once, or keep; what is not named has no limit. */
export const quotas = ['goals', 'tasks', 'runningTasks', 'storageBytes', 'modelKeys', 'spendUsdPerMonth'] as const;
export type Quota = (typeof quotas)[number];
export type Quotas = { readonly [Name in Quota]?: number };

/** What goes by its age. Goals go with their events, journals, plans, approvals and artifacts. */
export const retentionKinds = ['goals', 'model-calls'] as const;
export type RetentionKind = (typeof retentionKinds)[number];
/** For how many days it is kept; what is not named stays. */
export type RetentionPolicy = { readonly [Kind in RetentionKind]?: number };

export interface Tenant {
  readonly displayName: string;
  /** Of a suspended one nobody is let in, and no agent works. */
  readonly state: 'active' | 'suspended';
  /** Stopped by the kill switch: what ran was handed back, and nothing is claimed until they may go on. */
  readonly agents: 'running' | 'stopped';
  /** Stopped by the home tenant, which alone lets them go on. */
  readonly stoppedByHome?: boolean;
  readonly quotas: Quotas;
  /** As its projects say it: how many of whose tasks may run at once. */
  readonly projectsRunning?: Readonly<Record<string, number>>;
  readonly retention?: RetentionPolicy;
  readonly createdAt: number;
  readonly changedAt: number;
}

export interface RegisteredTenant extends Tenant {
  readonly tenantId: TenantId;
}

export type TenantChange = Partial<
  Pick<Tenant, 'displayName' | 'state' | 'agents' | 'stoppedByHome' | 'quotas' | 'projectsRunning' | 'retention'>
>;

export interface Tenants {
  /** By id. */
  list(): Promise<readonly RegisteredTenant[]>;
  find(tenantId: TenantId): Promise<RegisteredTenant | undefined>;
  /** @throws refused `tenant-exists`, `tenant-invalid`. */
  create(tenant: Pick<Tenant, 'displayName' | 'quotas'> & { readonly tenantId: TenantId }): Promise<RegisteredTenant>;
  /** @throws refused `tenant-not-found`, `home-tenant`. */
  change(tenantId: TenantId, change: TenantChange): Promise<RegisteredTenant>;
}

export interface TenantPorts {
  readonly store: IdentityStore;
  readonly now: () => number;
}

const idPattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const pageSize = 500;
const triesMax = 8;

type Row = IdentityRecord<'tenant'>;

const unregistered: RegisteredTenant = {
  tenantId: homeTenant,
  displayName: 'Home',
  state: 'active',
  agents: 'running',
  quotas: {},
  createdAt: 0,
  changedAt: 0,
};

const toTenant = ({ id, body }: Row): RegisteredTenant => ({ tenantId: id as TenantId, ...body });

function rowOf(id: TenantId, version: number, body: Tenant): Row {
  return { tenantId: homeTenant, kind: 'tenant', id, version, body };
}

export function openTenants({ store, now }: TenantPorts): Tenants {
  const findRow = (tenantId: TenantId): Promise<Row | undefined> => store.findRecord(homeTenant, 'tenant', tenantId);
  const put = async (write: 'add' | 'replace', record: Row): Promise<boolean> =>
    (await store.execute({ command: 'write-identity', tenantId: homeTenant, writes: [{ write, record }] })).done;
  return {
    async list() {
      const found: RegisteredTenant[] = [];
      for (let after: string | undefined; ;) {
        const page = await store.listRecords(homeTenant, 'tenant', {
          limit: pageSize,
          ...(after === undefined ? {} : { after }),
        });
        found.push(...page.map(toTenant));
        after = page.at(-1)?.id;
        if (page.length < pageSize) break;
      }
      return found.some(({ tenantId }) => tenantId === homeTenant) ? found : [unregistered, ...found];
    },
    async find(tenantId) {
      const row = await findRow(tenantId);
      if (row !== undefined) return toTenant(row);
      return tenantId === homeTenant ? unregistered : undefined;
    },
    async create({ tenantId, displayName, quotas: allowed }) {
      if (!idPattern.test(tenantId))
        throw refused('tenant-invalid', `${tenantId.slice(0, 80)} cannot be the id of a tenant.`, {
          action: 'Use up to 63 small letters, digits and hyphens between them.',
        });
      const at = now();
      const body: Tenant = {
        displayName,
        state: 'active',
        agents: 'running',
        quotas: allowed,
        createdAt: at,
        changedAt: at,
      };
      if (tenantId === homeTenant || !(await put('add', rowOf(tenantId, 1, body))))
        throw refused('tenant-exists', `There is a tenant ${tenantId} already.`);
      return { tenantId, ...body };
    },
    async change(tenantId, change) {
      if (tenantId === homeTenant && change.state === 'suspended')
        throw refused('home-tenant', 'The tenant that runs the installation cannot be suspended.');
      for (let tries = 0; tries < triesMax; tries++) {
        const row = await findRow(tenantId);
        if (row === undefined && tenantId !== homeTenant) throw tenantNotFound(tenantId);
        const { tenantId: _id, ...before } = row === undefined ? unregistered : toTenant(row);
        const body: Tenant = { ...before, ...change, changedAt: now() };
        const write = row === undefined ? 'add' : 'replace';
        if (await put(write, rowOf(tenantId, (row?.version ?? 0) + 1, body))) return { tenantId, ...body };
      }
      throw temporary('record-changed', `${tenantId} is being changed by others.`, { retryAfterMs: 100 });
    },
  };
}

export function tenantNotFound(tenantId: string): Error {
  return refused('tenant-not-found', `There is no tenant ${tenantId}.`);
}
