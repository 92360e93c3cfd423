// The API over real HTTP, on a store in memory and a clock that the test moves. For tests only.
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { openSqliteStores } from '@chorale/adapter-sqlite';
import { type ChoraleClient, createClient } from '@chorale/lib-client';
import { defaultTenant, type WorkerId } from '@chorale/lib-ids';
import { type CatalogLayer, mergeCatalog } from '@chorale/module-catalog';
import type { Artifact, ClaimedTask, FinishAttempt, GoalStore, Json } from '@chorale/module-goals';
import { canonicalJson } from '@chorale/module-goals';
import { InProcessBus } from '@chorale/module-messaging';
import { systemClock } from '../process/clock.ts';
import type { FastifyInstance } from 'fastify';
import { openMessages } from '../messages/open-messages.ts';
import { openTestModels, type TestModels } from '../models/models-fixture.ts';
import { openTestAccess, type TestAccess } from './api-access.fixture.ts';
import { type ApiOptions, createApi } from './create-api.ts';
import type { Answer, Route } from './route.ts';
import { serialiserOf } from './serialise.ts';
import type { ApiLogEntry, ApiServices } from './services.ts';

export interface TestApi {
  readonly api: FastifyInstance;
  readonly services: ApiServices;
  readonly store: GoalStore;
  readonly models: TestModels;
  readonly baseUrl: string;
  readonly client: ChoraleClient;
  readonly log: readonly ApiLogEntry[];
  readonly clock: { now: number };
  /** Tasks handed to the test's own worker. */
  readonly claim: (slots?: number) => Promise<readonly ClaimedTask[]>;
  readonly succeed: (claimed: ClaimedTask, output?: Json, more?: Partial<FinishAttempt>) => Promise<void>;
  readonly fail: (claimed: ClaimedTask, message: string) => Promise<void>;
  readonly putArtifact: (text: string) => Promise<Pick<Artifact, 'hash' | 'sizeBytes'>>;
  readonly close: () => Promise<void>;
}

const workerId = 'worker_test' as WorkerId;
const leaseMs = 3_600_000;

const workflows: { readonly [name: string]: string } = {
  'two-steps': `
name: two-steps
description: One task after another.
inputs:
  topic: { type: string, required: true }
  depth: { type: number, default: 2 }
tasks:
  first: { agent: scout, with: { topic: '\${{ inputs.topic }}' } }
  second: { agent: scout, needs: [first], with: { found: '\${{ tasks.first.output }}' } }
`,
  asks: `
name: asks
tasks:
  question: { approval: Shall it go on? }
  after: { agent: scout, needs: [question] }
`,
  listens: `
name: listens
tasks:
  news: { signal: true }
outputs:
  heard: '\${{ tasks.news.output }}'
`,
  broken: `
name: broken
tasks:
  first: { agnet: scout }
  second: { agent: scout, needs: [frist] }
`,
};

const layer: CatalogLayer = {
  origin: 'shipped',
  trust: 'trusted',
  agents: [
    {
      name: 'scout',
      description: 'Looks around.',
      role: 'Scout',
      skills: ['looking'],
      tools: [{ tool: 'read-file', limits: {} }],
      instructions: 'Look around and say what is there.',
      path: 'agents/scout.md',
    },
  ],
  skills: [
    {
      name: 'looking',
      description: 'How to look.',
      metadata: {},
      allowedTools: [],
      body: 'Look.',
      directory: 'skills/looking',
      files: ['SKILL.md'],
    },
  ],
  workflows: Object.entries(workflows).map(([name, text]) => ({ name, path: `workflows/${name}.yaml`, text })),
  problems: [],
};

const foreign: CatalogLayer = {
  origin: 'project',
  trust: 'untrusted',
  agents: [
    {
      name: 'spy',
      description: 'Came with the project.',
      role: 'Spy',
      skills: [],
      tools: [],
      instructions: 'Look.',
      path: '.agents/agents/spy.md',
    },
  ],
  skills: [],
  workflows: [
    {
      name: 'stranger',
      path: '.agents/workflows/stranger.yaml',
      text: 'name: stranger\ntasks:\n  a: { agent: scout }\n',
    },
  ],
  problems: [],
};

export async function startTestApi(options: ApiOptions & Partial<ApiServices> = {}): Promise<TestApi> {
  const directory = await mkdtemp(join(tmpdir(), 'chorale-api-'));
  const clock = { now: Date.UTC(2026, 2, 1, 12) };
  const stores = await openSqliteStores({ path: ':memory:', now: () => clock.now });
  const store = stores.goals;
  const log: ApiLogEntry[] = [];
  const models = await openTestModels({ now: () => clock.now });
  const messaging = await openMessages(stores.messages, openTestBus(clock), systemClock);
  const services: ApiServices = {
    ...(await openTestAccess({ directory, stores, models, clock })),
    ...fixedServices(directory, clock),
    store,
    memory: stores.memory,
    messaging,
    models,
    log: (entry) => log.push(entry),
    ...options,
  };
  const api = createApi(services, { onAnswer: checkAnswer, ...options });
  await api.listen({ host: '127.0.0.1', port: 0 });
  const baseUrl = `http://127.0.0.1:${(api.server.address() as AddressInfo).port}`;
  return {
    api,
    services,
    store,
    models,
    baseUrl,
    log,
    clock,
    client: createClient({ baseUrl }),
    ...createWorker(store),
    putArtifact: async (text) => {
      const bytes = (async function* () {
        yield new TextEncoder().encode(text);
      })();
      return services.artifacts.put(defaultTenant, bytes, { sizeBytesMax: 1_000_000 });
    },
    close: async () => {
      await api.close();
      await messaging.close();
      await store.close();
      await models.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function openTestBus(clock: TestApi['clock']): InProcessBus {
  return new InProcessBus({
    now: () => clock.now,
    schedule: (delayMs, callback) => systemClock.schedule(delayMs, callback),
    onError(error) {
      throw error;
    },
  });
}

type Fixed = Omit<ApiServices, keyof TestAccess | 'store' | 'memory' | 'messaging' | 'models' | 'log'>;

function fixedServices(directory: string, clock: TestApi['clock']): Fixed {
  let seed = 1;
  return {
    erasedPlaces: [],
    mcp: { servers: [], refresh: async () => [], approve: async () => undefined },
    catalog: () => mergeCatalog([layer, foreign]),
    hashDefinition: (definition) => createHash('sha256').update(canonicalJson(definition)).digest('hex'),
    now: () => clock.now,
    random: () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    },
    runDoctor: async () => [{ name: 'everything', ok: true, optional: false, found: 'fine' }],
    findObstacles: async () => [],
    config: () => ({ listen: '127.0.0.1:0' }),
    version: '0.0.0-test',
    webRoot: join(directory, 'web'),
    hosts: [],
  };
}

function createWorker(store: GoalStore): Pick<TestApi, 'claim' | 'succeed' | 'fail'> {
  let registered = false;
  const finish = async (
    { task }: ClaimedTask,
    rest: Pick<FinishAttempt, 'result'> & Partial<FinishAttempt>,
  ): Promise<void> => {
    const { tenantId, goalId, no: taskNo, attempt } = task;
    await store.execute({ command: 'finish-attempt', tenantId, goalId, taskNo, attempt, ...rest });
  };
  return {
    claim: async (slots = 10) => {
      if (!registered) {
        const worker = { workerId, name: 'tester', labels: [], version: '0.0.0-test' };
        await store.execute({ command: 'register-worker', worker, leaseMs });
      }
      registered = true;
      return (await store.execute({ command: 'claim-tasks', workerId, slots })).tasks;
    },
    succeed: (claimed, output = null, more = {}) =>
      finish(claimed, { result: { outcome: 'succeeded', output }, ...more }),
    fail: (claimed, message) =>
      finish(claimed, {
        result: { outcome: 'failed', failure: { family: 'refused', code: 'command-failed', message } },
      }),
  };
}

/** Every answer must be one that the route describes, in a form that its schema takes. */
function checkAnswer(route: Route, answer: Answer): void {
  const described = route.responses[answer.status];
  if (described === undefined) throw new Error(`${route.operation} does not describe ${answer.status}`);
  const isJson = (described.mediaType ?? 'application/json') === 'application/json';
  if (described.schema === undefined || !isJson) return;
  const said: unknown = JSON.parse(JSON.stringify(answer.body));
  const result = described.schema.safeParse(said);
  if (!result.success) throw new Error(`${route.operation} answers what it does not describe: ${result.error.message}`);
  const written: unknown = JSON.parse(answer.text ?? serialiserOf(described.schema)(answer.body));
  if (!isDeepStrictEqual(written, said)) throw new Error(`${route.operation} writes something else than it answers`);
}
