// Everything the process is made of, put together by hand: the one place that knows which technology stands behind
// which port.

import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { openFilesystemTrustStore } from '@chorale/adapter-filesystem';
import type { TenantId } from '@chorale/lib-ids';
import { homeTenant } from '@chorale/module-access';
import type { McpServers } from '@chorale/adapter-mcp';
import {
  runAttempt,
  worksByScript,
  type AttemptRequest,
  type SandboxDriver,
  type ToolRegistry,
} from '@chorale/module-agents';
import { canonicalJson, isGoalEnded, type ArtifactStore, type GoalStore } from '@chorale/module-goals';
import type { MemoryStore } from '@chorale/module-memory';
import { openMemory, type MemoryServices } from '../memory/open-memory.ts';
import { tidyIdentity } from '../access/access-beats.ts';
import type { IdentityServices } from '../access/identity-services.ts';
import { prepareOwner } from '../access/prepare-owner.ts';
import { limitArtifacts } from '../access/limit-artifacts.ts';
import { guardSuspended, openTenantServices, type TenantServices } from '../access/tenant-services.ts';
import { watchPolicies } from '../access/policy-file.ts';
import { createBrakes, watchTenants } from '../access/tenant-watch.ts';
import { openProviders } from '../access/open-providers.ts';
import { openAccess, type AccessOptions } from '../access/open-access.ts';
import { createAgentMail } from '../agents/agent-mail.ts';
import { findRoles } from '../access/roles-of.ts';
import { createTeam } from '../agents/team.ts';
import { findThinking } from '../agents/thinking.ts';
import { watchApprovals } from '../audit/approval-watch.ts';
import { expireValues, signHeads } from '../audit/audit-beats.ts';
import { openAudit, type AuditServices } from '../audit/open-audit.ts';
import { DefinitionCache } from '../api/definition-cache.ts';
import type { AccessServices, ApiServices } from '../api/index.ts';
import { isSecure, redactConfig, type EffectiveConfig } from '../config/load-config.ts';
import type { Config } from '../config/config-schema.ts';
import { watchMcp } from '../mcp/mcp-watch.ts';
import { openMcp } from '../mcp/open-mcp.ts';
import { systemClock } from '../process/clock.ts';
import type { Log } from '../process/log.ts';
import type { Service } from '../process/service.ts';
import { watchFleet } from '../models/fleet-watch.ts';
import { openMessages, sweepMailboxes, type MessageServices } from '../messages/open-messages.ts';
import { type OpenModels, openModels } from '../models/open-models.ts';
import { sweepMemories } from '../memory/sweep-memories.ts';
import { expireReservations } from '../scheduler/reservation-expiry.ts';
import { Scheduler } from '../scheduler/scheduler.ts';
import { oneChunk, openWorkbench } from '../workbench/open-workbench.ts';
import { closeTenant } from '../tenant-data/close-tenant.ts';
import { openTenantData, type TenantDataServices } from '../tenant-data/open-tenant-data.ts';
import { createGoalSecrets, type GoalSecrets } from '../secrets/goal-secrets.ts';
import { openSecrets, type SecretServices } from '../secrets/open-secrets.ts';
import { redactCommands } from '../secrets/redacting-store.ts';
import type { Redactors } from '../secrets/redactors.ts';
import { rekeySecrets } from '../secrets/secret-beats.ts';
import { createSecretReader } from '../secrets/secret-reader.ts';
import { sweepWorkspaces } from '../workbench/workspace-sweeper.ts';
import { Workspaces } from '../workbench/workspaces.ts';
import { ProcessPresence } from '../worker/process-presence.ts';
import { Worker } from '../worker/worker.ts';
import { ApiServer, logApiEntry } from './api-server.ts';
import { CatalogKeeper } from './catalog-keeper.ts';
import { runDoctor } from './doctor.ts';
import { findSandbox } from './find-sandbox.ts';
import { makeTools, sandboxLimits } from './make-tools.ts';
import { openArtifacts } from './open-artifacts.ts';
import { carryHints, openBus } from './open-bus.ts';
import { openCache } from './open-cache.ts';
import { limitsOf, openStores, retireGoneWorkers } from './open-store.ts';
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
    memory: stores.memory,
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
    memory: stores.memory,
    states: cache?.sessionStates,
    listTenants: () => stores.identity.listTenants(),
    redactors,
  });
  const messaging = await openMessages(stores.messages, bus, systemClock);
  const parts: Parts = {
    store,
    messaging,
    access,
    tenants,
    tenantData,
    identity,
    memory: stores.memory,
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
    services.push(sweepMemories(stores.memory, ports));
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

interface Parts {
  /** Of the API, once it listens. */
  readonly address?: string;
  readonly store: GoalStore;
  readonly access: AccessServices;
  readonly tenants: TenantServices;
  readonly tenantData: TenantDataServices;
  readonly identity: IdentityServices;
  readonly audit: AuditServices;
  readonly secrets: SecretServices;
  readonly memory: MemoryStore;
  readonly remembering: MemoryServices;
  readonly messaging: MessageServices;
  readonly artifacts: ArtifactStore;
  readonly models: OpenModels;
  readonly catalog: CatalogKeeper;
  readonly tools: ToolRegistry;
  readonly workspaces: Workspaces;
  readonly mcp: McpServers;
  readonly traces: WorkerTraces;
  readonly sandbox: SandboxDriver | Error;
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

function makeWorker(options: PlatformOptions, parts: Parts, toolsAreThere: Promise<void>): Worker {
  const { config, log, onProgress, redactors } = options;
  const { artifacts, catalog, tools, workspaces, traces } = parts;
  const store = redactCommands(parts.store, redactors);
  const models = withoutSecrets(parts.models, redactors);
  const secrets = makeGoalSecrets(parts);
  const team = createTeam(() => catalog.catalog);
  const keepsWorkspace = ({ definition }: AttemptRequest) =>
    definition.kind === 'agent' && models.fleet().deployments.length > 0 && !worksByScript(definition, catalog);
  const definitions = new DefinitionCache(store);
  const limits = sandboxLimits(config.values);
  const { slots } = config.values.worker;
  const { notes, endings } = parts.remembering;
  const mail = createAgentMail(parts.messaging, systemClock);
  return new Worker({
    store,
    traces,
    log,
    slots,
    clock: systemClock,
    random: Math.random,
    identity: describeProcess(config.values, parts.address ?? ''),
    async findDefinition({ task, goal }) {
      const plan = await definitions.get({ ...task, planHash: goal.planHash });
      return plan.tasks[task.definitionNo];
    },
    runAttempt(request, stop) {
      if (request.definition.kind === 'agent') endings.watch(request.claimed.task);
      const thinking = findThinking({ models, store, artifacts, notes, mail });
      return runAttempt(
        request,
        {
          store,
          crew: catalog,
          team,
          clock: systemClock,
          ...(thinking === undefined ? {} : { thinking }),
          async openWorkbench(request) {
            await toolsAreThere;
            await catalog.refresh();
            const bench = { tools, artifacts, workspaces, secrets, keepsWorkspace, limits, log, onProgress };
            return openWorkbench(bench, request);
          },
          keepText: (tenantId, text) =>
            artifacts.put(tenantId, oneChunk(text), { sizeBytesMax: Number.POSITIVE_INFINITY }),
        },
        stop,
      );
    },
  });
}

/** Prompts are looked through where they leave. */
function withoutSecrets(models: OpenModels, redactors: Redactors): OpenModels {
  const route: OpenModels['route'] = (call) =>
    models.route({ ...call, body: redactors.of(call.context.tenantId).redactJson(call.body) });
  return { ...models, route };
}

function makeGoalSecrets({ secrets, audit, access, identity }: Parts): GoalSecrets {
  const { vault, redactors } = secrets;
  const { permissions } = access;
  return createGoalSecrets({ vault, redactors, audit, permissions, rolesOf: findRoles(identity) }, Date.now);
}

function makeApiServices({ config, log }: PlatformOptions, parts: Parts): ApiServices {
  const {
    store,
    access,
    tenants,
    tenantData,
    identity,
    audit,
    secrets,
    memory,
    messaging,
    artifacts,
    models,
    catalog,
    mcp,
    sandbox,
  } = parts;
  const { values, version } = config;
  const webRoot = join(installationRoot, 'apps', 'web', 'dist');
  return {
    store,
    access,
    tenants,
    tenantData,
    identity,
    audit,
    secrets,
    memory,
    erasedPlaces: [parts.remembering.erased],
    messaging,
    artifacts,
    models,
    mcp,
    webRoot,
    catalog: () => catalog.catalog,
    hashDefinition: (definition) => createHash('sha256').update(canonicalJson(definition)).digest('hex'),
    now: Date.now,
    random: Math.random,
    runDoctor: () => runDoctor({ config: values, store, sandbox, webRoot, models }),
    async findObstacles() {
      const checks = await runDoctor({ config: values, store, sandbox, webRoot, models });
      return checks.filter((check) => !check.ok && !check.optional).map(({ name, found }) => `${name}: ${found}`);
    },
    config: () => ({ ...redactConfig(values), version }),
    version: productVersion,
    hosts: values.insecure ? 'any' : values.hosts,
    log: logApiEntry(log),
  };
}
