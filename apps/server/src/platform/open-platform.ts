// Everything the process is made of, put together by hand: the one place that knows which technology stands behind
// which port.

import { openFilesystemTrustStore } from '@chorale/adapter-filesystem';
import type { TenantId } from '@chorale/lib-ids';
import { homeTenant } from '@chorale/module-access';
import type { AttemptRequest } from '@chorale/module-agents';
import { type ArtifactStore, type GoalStore, isGoalEnded } from '@chorale/module-goals';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { tidyIdentity } from '../access/access-beats.ts';
import { limitArtifacts } from '../access/limit-artifacts.ts';
import { type AccessOptions, openAccess } from '../access/open-access.ts';
import { openProviders } from '../access/open-providers.ts';
import { watchPolicies } from '../access/policy-file.ts';
import { prepareOwner } from '../access/prepare-owner.ts';
import { guardSuspended, openTenantServices } from '../access/tenant-services.ts';
import { createBrakes, watchTenants } from '../access/tenant-watch.ts';
import type { ApiServices } from '../api/index.ts';
import { watchApprovals } from '../audit/approval-watch.ts';
import { expireValues, signHeads } from '../audit/audit-beats.ts';
import { openAudit } from '../audit/open-audit.ts';
import type { Config } from '../config/config-schema.ts';
import { type EffectiveConfig, isSecure } from '../config/load-config.ts';
import { watchMcp } from '../mcp/mcp-watch.ts';
import { openMcp } from '../mcp/open-mcp.ts';
import { openMeaning } from '../memory/open-meaning.ts';
import { openMemory } from '../memory/open-memory.ts';
import { sweepMemories } from '../memory/sweep-memories.ts';
import { openMessages, sweepMailboxes } from '../messages/open-messages.ts';
import { watchFleet } from '../models/fleet-watch.ts';
import { openModels } from '../models/open-models.ts';
import { systemClock } from '../process/clock.ts';
import type { Log } from '../process/log.ts';
import type { Service } from '../process/service.ts';
import { expireReservations } from '../scheduler/reservation-expiry.ts';
import { Scheduler } from '../scheduler/scheduler.ts';
import { learnConfigured } from '../secrets/learn-configured.ts';
import { openSecrets } from '../secrets/open-secrets.ts';
import { redactCommands } from '../secrets/redacting-store.ts';
import type { Redactors } from '../secrets/redactors.ts';
import { rekeySecrets } from '../secrets/secret-beats.ts';
import { createSecretReader } from '../secrets/secret-reader.ts';
import { closeTenant } from '../tenant-data/close-tenant.ts';
import { openTenantData } from '../tenant-data/open-tenant-data.ts';
import { sweepWorkspaces } from '../workbench/workspace-sweeper.ts';
import { Workspaces } from '../workbench/workspaces.ts';
import { ProcessPresence } from '../worker/process-presence.ts';
import type { Worker } from '../worker/worker.ts';
import { ApiServer } from './api-server.ts';
import { CatalogKeeper } from './catalog-keeper.ts';
import { findSandbox } from './find-sandbox.ts';
import { makeApiServices } from './make-api-services.ts';
import { makeTools } from './make-tools.ts';
import { makeWorker } from './make-worker.ts';
import { openArtifacts } from './open-artifacts.ts';
import { carryHints, openBus } from './open-bus.ts';
import { openCache } from './open-cache.ts';
import { limitsOf, openStores, retireGoneWorkers } from './open-store.ts';
import type { PlatformParts } from './platform-parts.ts';
import { describeProcess } from './process-facts.ts';
import { installationRoot, productVersion } from './product.ts';
import { StoreWatch } from './store-watch.ts';
import { WorkerTraces } from './worker-traces.ts';

export interface PlatformOptions {
  readonly config: EffectiveConfig;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
  /** What takes secrets out of everything that is to be seen; the log of the process is one of it. */
  readonly redactors: Redactors;
  /** Told what a task prints while it works, a line at a time. */
  readonly onProgress: (request: AttemptRequest, line: string) => void;
}

export interface Platform {
  readonly store: GoalStore;
  readonly artifacts: ArtifactStore;
  readonly apiServices: ApiServices;
  /** Where API and page are; empty without the role `api`. */
  readonly url: string;
  /** In the order in which they are to be run. */
  readonly services: readonly Service[];
  /** After the services have ended. */
  close(): Promise<void>;
}

export async function openPlatform(options: PlatformOptions): Promise<Platform> {
  const { config, env, log, redactors } = options;
  const { values } = config;
  learnConfigured(redactors, values, env);
  const bus = await openBus(values, env, log);
  const cache = await openCache(values, env, log);
  const stores = await openStores(values, env, carryHints(bus));
  const store = stores.goals;
  const audit = openAudit({
    store: stores.audit,
    directory: join(values.dataDir, 'access'),
    origin: values.audit.origin,
    now: Date.now,
    random: Math.random,
  });
  const { access: known, identity } = await openAccess(
    accessOptions(values, env, { store: stores.identity, events: audit }),
  );
  if (values.roles.includes('api')) await prepareOwner(identity, values, env);
  let worker: Worker | undefined;
  const handBack = (stopped: ReadonlySet<TenantId>): void => worker?.handBack(stopped);
  const tenants = await openTenantServices({
    register: stores.identity,
    store,
    countModelKeys: async (tenantId) => (await stores.spend.listKeys(tenantId)).length,
    now: Date.now,
    onRefresh: createBrakes({ store, limits: limitsOf(values), handBack }),
  });
  const access = guardSuspended(known, tenants);
  const secrets = openSecrets({
    store: stores.secrets,
    directory: join(values.dataDir, 'access'),
    keyReference: values.secrets.key,
    env,
    redactors,
    now: Date.now,
  });
  const read = createSecretReader({ env, secrets, audit });
  const onKey = (name: string, value: string): void => redactors.learn({ name, value });
  const bytes = await openArtifacts(values, env);
  const { replies } = bytes;
  const spend = redactCommands(stores.spend, redactors);
  const models = await openModels({ config: values, env, spend, replies, log, read, onKey });
  const meaning = openMeaning({
    model: values.memory.embeddings,
    models,
    memory: stores.memory,
    listTenants: () => stores.identity.listTenants(),
    log,
  });
  const { memory } = meaning;
  const traces = new WorkerTraces(join(values.dataDir, 'workers'));
  const gone = await retireGoneWorkers(store, traces);
  if (gone > 0) log.info('an earlier process ended without a word; its tasks go on', { workers: gone });
  const artifacts = limitArtifacts(bytes.artifacts, tenants);
  const catalog = await openCatalog(options);
  const sandbox = await findSandbox(values, log);
  const workspaces = openWorkspaces(values, store);
  const mcp = openMcp({ config: values, read, sandbox: sandbox.driver, log });
  const tools = makeTools({
    config: values,
    sandbox: sandbox.driver,
    crew: catalog,
    workspaces,
    mcp,
    memory,
  });
  const tenantData = openTenantData({
    rows: stores.tenantRows,
    register: stores.identity,
    dataDir: values.dataDir,
    bytes,
    redactors,
    sign: (text) => audit.signText(homeTenant, text),
    close: (tenantId) => closeTenant({ tenants, store, clock: systemClock }, tenantId),
    now: Date.now,
    version: productVersion,
  });
  const remembering = openMemory({
    store,
    memory,
    states: cache?.sessionStates,
    listTenants: () => stores.identity.listTenants(),
    redactors,
  });
  const messaging = await openMessages(stores.messages, bus, systemClock);
  const parts: PlatformParts = {
    store,
    messaging,
    links: { bus, cache },
    access,
    tenants,
    tenantData,
    identity,
    memory,
    remembering,
    audit,
    secrets,
    artifacts,
    models,
    catalog,
    tools,
    workspaces,
    mcp,
    traces,
    sandbox: sandbox.missing ?? sandbox.driver,
  };
  const apiServices = makeApiServices(options, parts);
  const api = values.roles.includes('api') ? new ApiServer(apiServices, values, cache?.rateLimiter) : undefined;
  const close = async () => {
    await remembering.close().catch((error: unknown) => log.warn('working memory could not be saved', { error }));
    await messaging.close();
    await bus.close();
    await cache?.close();
    await mcp.close();
    await sandbox.driver.close();
    await models.close();
    await stores.close();
  };
  // Before anything is claimed: a port that is taken ends the start.
  await api?.begin().catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const ports = { clock: systemClock, log };
  const services: Service[] = [
    new StoreWatch(stores.failed),
    signHeads(audit, values.audit.signSeconds * 1_000, ports),
    expireValues(audit, ports),
    rekeySecrets(secrets, ports),
    watchApprovals({ store, audit, listTenants: () => tenants.list() }, ports),
    tidyIdentity(identity, ports),
    watchTenants(tenants, ports),
    ...(values.access.policies === '' ? [] : [watchPolicies(values.access.policies, access.permissions, ports)]),
  ];
  if (values.roles.includes('scheduler')) {
    services.push(new Scheduler({ store, clock: systemClock, log }));
    services.push(expireReservations(stores.spend, ports));
    services.push(sweepMailboxes(stores.messages, ports));
    services.push(sweepMemories(stores.memory, ports), ...meaning.services(ports));
  }
  if (values.roles.includes('worker')) {
    services.push(sweepWorkspaces({ workspaces, replies }, ports));
    services.push(...remembering.services(ports));
    const everyMs = values.mcp.refreshMinutes * 60_000;
    const watch = watchMcp(mcp, everyMs, ports);
    if (values.mcp.servers.length > 0) services.push(watch);
    worker = makeWorker(
      options,
      { ...parts, address: api?.url ?? '' },
      values.mcp.servers.length > 0 ? watch.looked : Promise.resolve(),
    );
    services.push(worker);
  }
  if (api !== undefined || values.roles.includes('worker')) {
    services.push(watchFleet(models, values.models.probeMinutes * 60_000, ports));
  }
  if (!values.roles.includes('worker')) {
    const identity = describeProcess(values, api?.url ?? '');
    services.push(new ProcessPresence({ store, traces, ...ports, random: Math.random, identity }));
  }
  if (api !== undefined) services.push(api);
  return { store, artifacts, apiServices, url: api?.url ?? '', services, close };
}

const hourMs = 3_600_000;

type AccessParts = Pick<AccessOptions, 'store' | 'events'>;

function accessOptions(config: Config, env: NodeJS.ProcessEnv, parts: AccessParts): AccessOptions {
  const { dataDir, access } = config;
  const { sessionIdleHours, sessionDays, groupRoles } = access;
  const sessionLimits = { idleMs: sessionIdleHours * hourMs, absoluteMs: sessionDays * 24 * hourMs };
  const providers = openProviders(access.providers, env);
  const { publicUrl } = access;
  return {
    dataDir,
    ...parts,
    sessionLimits,
    groupRoles,
    providers,
    publicUrl,
    policies: access.policies,
    fourEyesAlways: access.fourEyes === 'all',
    secure: isSecure(config),
    now: Date.now,
  };
}

function openCatalog({ config, env, log }: PlatformOptions): Promise<CatalogKeeper> {
  const home = homedir();
  const places = {
    shipped: join(installationRoot, 'catalog'),
    project: process.cwd(),
    home,
    configHome: env['XDG_CONFIG_HOME'] ?? join(home, '.config'),
  };
  return CatalogKeeper.open({
    places,
    trustStore: openFilesystemTrustStore({ directory: config.values.dataDir }),
    now: Date.now,
    log,
  });
}

function openWorkspaces({ dataDir, workspaces }: Config, store: GoalStore): Workspaces {
  return new Workspaces({
    directory: join(dataDir, 'workspaces'),
    keepMs: workspaces.keepHours * 3_600_000,
    now: Date.now,
    async hasEnded(tenantId, goalId) {
      const goal = await store.findGoal(tenantId, goalId);
      return goal === undefined || isGoalEnded(goal.state);
    },
  });
}
