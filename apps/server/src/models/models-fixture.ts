// Models for tests of the API: a router over deployments that a test makes up, and an upstream that it plays itself.
import { openSqliteStores } from '@chorale/adapter-sqlite';
import {
  type AssistantPart,
  type ChatEvent,
  type ChatReply,
  createModelRouter,
  createRoutingKnowledge,
  type Deployment,
  type Fleet,
  type SpendStore,
  type Upstream,
  type UpstreamAnswer,
  type UpstreamCall,
} from '@chorale/module-models';
import { systemClock } from '../process/clock.ts';
import { createKeyRing } from './model-keys.ts';
import { createQualityLearner } from './quality-learner.ts';
import type { ModelServices, ProbeReport } from './model-services.ts';

export interface TestModels extends ModelServices {
  readonly spend: SpendStore;
  /** What was sent, in order. */
  readonly sent: UpstreamCall[];
  fleet: () => Fleet;
  /** What the providers answer; replaced by tests. */
  answer: (call: UpstreamCall) => UpstreamAnswer | Promise<UpstreamAnswer>;
  drain(): Promise<void>;
  close(): Promise<void>;
}

export function testDeployment(id: string, more: Partial<Deployment> = {}): Deployment {
  const [provider = '', model = id] = id.split('/');
  return {
    id,
    provider,
    kind: 'openai',
    wire: 'openai-chat',
    model,
    baseUrl: 'http://127.0.0.1:1/v1',
    region: undefined,
    retention: 'keeps',
    capabilities: ['tools', 'parallel-tools', 'json-schema', 'images', 'streaming'],
    contextTokens: 100_000,
    outputTokensMax: 10_000,
    prices: { input: 1_000_000_000, output: 2_000_000_000, cachedInput: 100_000_000, cacheWrite: 1_000_000_000 },
    quality: 0.8,
    factsFrom: '2026-11-01',
    ...more,
  };
}

export async function openTestModels(
  options: { readonly now?: () => number; readonly keyless?: boolean } = {},
): Promise<TestModels> {
  const now = options.now ?? Date.now;
  const stores = await openSqliteStores({ path: ':memory:', now });
  const { spend } = stores;
  const sent: UpstreamCall[] = [];
  const clock = { ...systemClock, now };
  const fleet: Fleet = { deployments: [testDeployment('acme/small')], aliases: { fast: ['small'] } };
  const nothing: ProbeReport = { at: now(), providers: [] };
  const upstream: Upstream = {
    open: async (call) => {
      sent.push(call);
      return models.answer(call);
    },
  };
  const report = (problem: { readonly what: string }): void => {
    throw new Error(`the router reports: ${problem.what}`);
  };
  const router = createModelRouter({
    clock,
    random: Math.random,
    spend,
    upstream,
    fleet: () => models.fleet(),
    knowledge: createRoutingKnowledge({ spend, clock, report }),
    report,
  });
  const learner = createQualityLearner({
    spend,
    clock,
    book: { refresh: async () => undefined },
    modelOf: (deploymentId) => testDeployment(deploymentId).model,
    train: () => Promise.reject(new Error('tests of the API teach nothing')),
    report,
  });
  const models: TestModels = {
    spend,
    sent,
    keys: createKeyRing(spend, now),
    keyless: options.keyless ?? true,
    fleet: () => fleet,
    answer: () => chatAnswer([{ type: 'text', delta: 'Hello.' }]),
    route: (call) => router.routeCall(call),
    listStatus: () => router.listStatus(),
    privacy: undefined,
    dataClass: 'internal',
    caches: false,
    listFacts: () => spend.listFacts(),
    rate: learner.rate,
    noteOutcome: (record, good) => void learner.rate(record, good),
    probe: async () => nothing,
    lastProbe: () => nothing,
    drain: () => router.drain(),
    close: async () => {
      await router.drain();
      await stores.close();
    },
  };
  return models;
}

/** An answer in our own terms: the pieces, and an end that holds them all. */
export function chatAnswer(
  pieces: readonly Exclude<ChatEvent, { type: 'end' }>[],
  more: Partial<ChatReply> = {},
): UpstreamAnswer {
  const reply: ChatReply = {
    parts: pieces.flatMap(partsOf),
    finish: 'stop',
    usage: { inputTokens: 10, outputTokens: 5, cachedInputTokens: 2, cacheWriteTokens: 0, reasoningTokens: 1 },
    by: { provider: 'openai', model: 'small' },
    ...more,
  };
  async function* events(): AsyncGenerator<ChatEvent> {
    yield* pieces;
    yield { type: 'end', reply };
  }
  return { form: 'chat', events: events() };
}

function partsOf(piece: Exclude<ChatEvent, { type: 'end' }>): readonly AssistantPart[] {
  switch (piece.type) {
    case 'text':
    case 'refusal':
      return [{ type: piece.type, text: piece.delta }];
    case 'reasoning': {
      const { delta, signature } = piece;
      return [{ type: 'reasoning', text: delta, ...(signature === undefined ? {} : { signature }) }];
    }
    case 'tool-call-end':
      return [piece.call];
    case 'tool-call-start':
    case 'tool-call-arguments':
      return [];
  }
}
