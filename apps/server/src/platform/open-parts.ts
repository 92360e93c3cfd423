// Opens what the process is made of, and closes it again.
import { openFilesystemTrustStore } from '@chorale/adapter-filesystem';
import { homeTenant } from '@chorale/module-access';
import { type GoalStore, isGoalEnded } from '@chorale/module-goals';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { limitArtifacts } from '../access/limit-artifacts.ts';
import type { Config } from '../config/config-schema.ts';
import { openMcp } from '../mcp/open-mcp.ts';
import { openMeaning } from '../memory/open-meaning.ts';
import { openMemory } from '../memory/open-memory.ts';
import { openMessages } from '../messages/open-messages.ts';
import { openModels } from '../models/open-models.ts';
import { systemClock } from '../process/clock.ts';
import { WatchedExtras } from '../process/extras.ts';
import { redactCommands } from '../secrets/redacting-store.ts';
import { createSecretReader } from '../secrets/secret-reader.ts';
import { closeTenant } from '../tenant-data/close-tenant.ts';
import { openTenantData, type TenantDataServices } from '../tenant-data/open-tenant-data.ts';
import { Workspaces } from '../workbench/workspaces.ts';
import { CatalogKeeper } from './catalog-keeper.ts';
import { findSandbox } from './find-sandbox.ts';
import { makeTools } from './make-tools.ts';
import { type Backends, openBackends } from './open-backends.ts';
import type { PlatformOptions } from './open-platform.ts';
import { openSecurity, type Security } from './open-security.ts';
import { retireGoneWorkers } from './open-store.ts';
import type { PlatformParts } from './platform-parts.ts';
import { installationRoot, productVersion } from './product.ts';
import { WorkerTraces } from './worker-traces.ts';

export async function openParts(options: PlatformOptions): Promise<PlatformParts> {
  const { config, env, log, redactors } = options;
  const { values } = config;
  const backends = await openBackends(options);
  const { stores, bytes, bus, cache } = backends;
  const security = await openSecurity(options, backends);
  const { audit, secrets, tenants } = security;
  const read = createSecretReader({ env, secrets, audit });
  const extras = new WatchedExtras();
  const models = await openModels({
    extras,
    config: values,
    env,
    spend: redactCommands(stores.spend, redactors),
    replies: bytes.replies,
    log,
    read,
    onKey: (name, value) => redactors.learn({ name, value }),
  });
  const listTenants = () => stores.identity.listTenants();
  const embeddings = { model: values.memory.embeddings, models };
  const meaning = openMeaning({ ...embeddings, extras, memory: stores.memory, listTenants, log });
  const { memory } = meaning;
  const traces = new WorkerTraces(join(values.dataDir, 'workers'));
  const gone = await retireGoneWorkers(stores.goals, traces);
  if (gone > 0) log.info('an earlier process ended without a word; its tasks go on', { workers: gone });
  const catalog = await openCatalog(options);
  const sandbox = await findSandbox(values, log);
  const workspaces = openWorkspaces(values, stores.goals);
  const mcp = openMcp({ config: values, read, sandbox: sandbox.driver, log });
  const states = cache?.sessionStates;
  const remembering = openMemory({ store: stores.goals, memory, states, listTenants, redactors });
  const messaging = await openMessages(redactCommands(stores.messages, redactors), bus, systemClock);
  return {
    ...backends,
    ...security,
    extras,
    store: stores.goals,
    tenantData: openData(options, { ...backends, ...security, remembering }),
    models,
    meaning,
    memory,
    remembering,
    messaging,
    artifacts: limitArtifacts(bytes.artifacts, tenants),
    catalog,
    tools: makeTools({ config: values, sandbox: sandbox.driver, crew: catalog, workspaces, mcp, memory }),
    workspaces,
    mcp,
    traces,
    sandbox: sandbox.missing ?? sandbox.driver,
    async close() {
      await remembering.close().catch((error: unknown) => log.warn('working memory could not be saved', { error }));
      await messaging.close();
      await bus.close();
      await cache?.close();
      await mcp.close();
      await sandbox.driver.close();
      await models.close();
      await stores.close();
    },
  };
}

type DataParts = Backends & Security & Pick<PlatformParts, 'remembering'>;

function openData(options: PlatformOptions, parts: DataParts): TenantDataServices {
  const { stores, bytes, audit, tenants, remembering } = parts;
  return openTenantData({
    rows: stores.tenantRows,
    register: stores.identity,
    dataDir: options.config.values.dataDir,
    bytes,
    listHolds: (tenantId) => stores.memory.listHolds(tenantId),
    spend: stores.spend,
    inHand: remembering.ofTenant,
    redactors: options.redactors,
    sign: (text) => audit.signText(homeTenant, text),
    close: (tenantId) => closeTenant({ tenants, store: stores.goals, clock: systemClock }, tenantId),
    now: Date.now,
    version: productVersion,
  });
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
