// Everything about who may do what, of the API that tests start: real, on stores in memory, with somebody of every role.
import { join } from 'node:path';
import { makeKeyText, readKeyText } from '@chorale/adapter-crypto';
import type { SqliteStores } from '@chorale/adapter-sqlite';
import type { ProjectId, TenantId } from '@chorale/lib-ids';
import { homeTenant } from '@chorale/module-access';
import { systemClock } from '../process/clock.ts';
import { openAccess } from '../access/open-access.ts';
import { openSecrets } from '../secrets/open-secrets.ts';
import { Redactors } from '../secrets/redactors.ts';
import { openAudit } from '../audit/open-audit.ts';
import { closeTenant } from '../tenant-data/close-tenant.ts';
import { openArtifacts } from '../platform/open-artifacts.ts';
import { openServiceLinks } from '../platform/service-tls.ts';
import { openTenantData } from '../tenant-data/open-tenant-data.ts';
import { type TestModels } from '../models/models-fixture.ts';
import { guardSuspended, openTenantServices } from '../access/tenant-services.ts';
import { type AccessServices, systemCaller } from './caller.ts';
import type { ApiServices } from './services.ts';

export type TestAccess = Pick<
  ApiServices,
  'access' | 'tenants' | 'tenantData' | 'identity' | 'audit' | 'secrets' | 'artifacts'
>;

export interface TestAccessParts {
  readonly directory: string;
  readonly stores: SqliteStores;
  readonly models: Pick<TestModels, 'spend'>;
  readonly clock: { readonly now: number };
}

export async function openTestAccess({ directory, stores, models, clock }: TestAccessParts): Promise<TestAccess> {
  const now = (): number => clock.now;
  const folder = join(directory, 'access');
  const audit = await openAudit({
    store: stores.audit,
    register: stores.identity,
    keys: readKeyText(makeKeyText(), 'the test'),
    directory: folder,
    origin: 'test/audit',
    now,
    random: Math.random,
  });
  const opened = await openAccess({
    dataDir: directory,
    store: stores.identity,
    events: audit,
    sessionLimits: { idleMs: 3_600_000, absoluteMs: 24 * 3_600_000 },
    groupRoles: { Engineering: ['developer'], Board: ['owner'], Enders: ['ends'] },
    secure: false,
    policies: '',
    fourEyesAlways: false,
    providers: [],
    publicUrl: '',
    passwordsOpen: true,
    now,
  });
  const store = stores.goals;
  const tenants = await openTenantServices({
    register: stores.identity,
    store,
    projects: opened.access.projects,
    countModelKeys: async (tenantId) => (await models.spend.listKeys(tenantId)).length,
    now,
  });
  const services = { ca: '', cert: '', key: '', plain: false };
  const links = openServiceLinks(services, { warn: () => undefined });
  const bytes = await openArtifacts({ dataDir: directory, artifacts: '', services }, {}, links);
  const redactors = new Redactors();
  const tenantData = openTenantData({
    rows: stores.tenantRows,
    spend: stores.spend,
    register: stores.identity,
    dataDir: directory,
    bytes,
    listHolds: (tenantId) => stores.memory.listHolds(tenantId),
    inHand: { name: 'working memory in hand', count: async () => 0, erase: async () => undefined },
    redactors,
    sign: (text) => audit.signText(homeTenant, text),
    close: (tenantId) => closeTenant({ tenants, store, clock: systemClock }, tenantId),
    now,
    version: '0.0.0-test',
  });
  return {
    access: guardSuspended(createTestAccess(opened.access), tenants),
    tenants,
    tenantData,
    identity: opened.identity,
    audit,
    secrets: openSecrets({
      store: stores.secrets,
      directory: folder,
      keyReference: '',
      tokenReference: '',
      env: {},
      redactors,
      now,
    }),
    artifacts: bytes.artifacts,
  };
}

/**
 * `Bearer ROLE@TENANT` is somebody with that role there, `ROLE@TENANT/PROJECT` with that role in one project of it, and
 * `ROLE@TENANT!PROJECT` with that role there and a key for that project. Whoever says nothing is the owner: most tests are about
 * something else than who asks.
 */
function createTestAccess(access: AccessServices): AccessServices {
  return {
    ...access,
    authenticate(request) {
      const { authorization, cookie } = request.headers;
      if (authorization === undefined && cookie === undefined) return { ...systemCaller, kind: 'person' };
      const [, role, tenant, how, project] =
        /^Bearer ([a-z]+)@([a-z]+)(?:([/!])([a-z]+))?$/.exec(authorization ?? '') ?? [];
      if (role === undefined || tenant === undefined) return access.authenticate(request);
      const roles = [how === '/' ? `${role}@${project}` : role];
      const boundTo = how === '!' ? { boundTo: project as ProjectId } : {};
      const subject = `${role}-of-${tenant}`;
      return { tenantId: tenant as TenantId, subject, roles, kind: 'person', ...boundTo };
    },
  };
}
