// A router on a stage: a clock that the test moves, providers that do what they are told, a spend store in memory.

import { defaultTenant, type Random } from '@chorale/lib-ids';
import type { CancelSignal, Clock } from '@chorale/lib-time';
import type { ChatEvent, ChatReply, ChatRequest, Usage } from './conversation.ts';
import type { Deployment } from './deployment.ts';
import type { Fleet } from './fleet.ts';
import type { CallContext, ModelCallId, ModelCallRecord } from './model-call.ts';
import { createModelRouter, type ModelRouter } from './route-call.ts';
import type { RouteCall, RouterPorts, RouterProblem, RouterSettings } from './router-ports.ts';
import { createRoutingKnowledge } from './routing-knowledge.ts';
import { openMemorySpendStore } from './spend-memory.fixture.ts';
import type { SpendCommand, SpendStore } from './spend.ts';
import { UpstreamFailure, type UpstreamAnswer, type UpstreamCall } from './upstream.ts';

export class StageClock implements Clock {
  readonly #timers = new Set<{ readonly at: number; readonly callback: () => void }>();
  #now = 1_800_000_000_000;

  get waiting(): number {
    return this.#timers.size;
  }

  now = (): number => this.#now;

  schedule = (delayMs: number, callback: () => void): (() => void) => {
    const timer = { at: this.#now + delayMs, callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  };

  async pass(ms: number): Promise<void> {
    const until = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter(({ at }) => at <= until).toSorted((one, other) => one.at - other.at)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#now = Math.max(this.#now, due.at);
      due.callback();
      await settled();
    }
    this.#now = until;
    await settled();
  }
}

/** Lets everything go on that needs no time. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await Promise.resolve();
}

/** Mulberry32: deterministic, and good enough to draw ids from. */
export function seededRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const dollar = 1_000_000_000;

/** Dear enough that a call's cost is easily seen: a dollar for a million tokens in, four out. */
export function makeDeployment(id: string, changes: Partial<Deployment> = {}): Deployment {
  const [provider = 'cloud', model = id] = id.split('/');
  return {
    id,
    provider,
    kind: 'openai-compatible',
    wire: 'openai-chat',
    model,
    baseUrl: 'http://127.0.0.1:1/v1',
    region: undefined,
    retention: 'keeps',
    capabilities: ['tools', 'json-schema', 'streaming', 'prompt-cache'],
    contextTokens: 100_000,
    outputTokensMax: 4_000,
    prices: { input: dollar, output: 4 * dollar, cachedInput: dollar / 10, cacheWrite: dollar },
    quality: 0.7,
    factsFrom: '2026-11-01',
    ...changes,
  };
}

const usage: Usage = {
  inputTokens: 100,
  outputTokens: 10,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
};

export function makeReply(deployment: Deployment, changes: Partial<ChatReply> = {}): ChatReply {
  const by = { provider: deployment.kind, model: deployment.model };
  return { parts: [{ type: 'text', text: deployment.id }], finish: 'stop', usage, by, ...changes };
}

export async function* eventsOf(deployment: Deployment): AsyncGenerator<ChatEvent> {
  yield { type: 'text', delta: deployment.id };
  yield { type: 'end', reply: makeReply(deployment) };
}

/** What a provider does with a try; `nth` counts its tries from 1. */
export type Behaviour = (
  call: UpstreamCall,
  signal: CancelSignal,
  nth: number,
) => UpstreamAnswer | Promise<UpstreamAnswer>;

export const answers: Behaviour = ({ deployment }) => ({ form: 'chat', events: eventsOf(deployment) });

export const fails =
  (
    kind: UpstreamFailure['kind'],
    details: { readonly retryAfterMs?: number; readonly message?: string } = {},
  ): Behaviour =>
  () => {
    throw new UpstreamFailure(kind, details.message ?? `${kind} on purpose`, details);
  };

/** Says nothing until it is cut off. */
export const hangs: Behaviour = (_call, signal) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new UpstreamFailure('cancelled', 'cut off')));
  });

export const answersAfter =
  (clock: Clock, ms: number): Behaviour =>
  (call, signal, nth) =>
    new Promise((resolve) => void clock.schedule(ms, () => resolve(answers(call, signal, nth))));

export const neverCancelled: CancelSignal = {
  aborted: false,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
};

export const ask = (text = 'hello', changes: Partial<ChatRequest> = {}): ChatRequest => ({
  messages: [{ role: 'user', parts: [{ type: 'text', text }] }],
  ...changes,
});

export interface Stage {
  readonly clock: StageClock;
  readonly router: ModelRouter;
  readonly spend: SpendStore;
  /** Ids of the deployments that were tried, in order. */
  readonly sent: string[];
  readonly commands: SpendCommand[];
  readonly problems: RouterProblem[];
  readonly behave: Map<string, Behaviour>;
  /** Which deployment answers. */
  call(changes?: CallChanges): Promise<string>;
  made(changes?: CallChanges): RouteCall;
  /** The newest call's. */
  record(): Promise<ModelCallRecord>;
}

export type CallChanges = Partial<Omit<RouteCall, 'context'>> & { readonly context?: Partial<CallContext> };

export interface StageSetting {
  readonly deployments: readonly Deployment[];
  readonly aliases?: Fleet['aliases'];
  readonly behave?: Readonly<Record<string, Behaviour>>;
  readonly ports?: Partial<RouterPorts>;
  readonly settings?: Partial<RouterSettings>;
  readonly seed?: number;
}

function watchStore(store: SpendStore, commands: SpendCommand[]): SpendStore {
  return {
    ...store,
    execute: (command) => {
      commands.push(command);
      return store.execute(command);
    },
  };
}

export function makeStage({ deployments, aliases = {}, behave, ports, settings, seed = 1 }: StageSetting): Stage {
  const clock = new StageClock();
  const random = seededRandom(seed);
  const commands: SpendCommand[] = [];
  const problems: RouterProblem[] = [];
  const sent: string[] = [];
  const behaviours = new Map(Object.entries(behave ?? {}));
  const spend = ports?.spend ?? watchStore(openMemorySpendStore(clock.now), commands);
  const report = (problem: RouterProblem): void => void problems.push(problem);
  const fleet: Fleet = { deployments, aliases };
  const counts = new Map<string, number>();
  const router = createModelRouter(
    {
      clock,
      random,
      spend,
      fleet: () => fleet,
      knowledge: createRoutingKnowledge({ spend, clock, report }),
      report,
      upstream: {
        open: async (call, signal) => {
          const { id } = call.deployment;
          sent.push(id);
          const nth = (counts.get(id) ?? 0) + 1;
          counts.set(id, nth);
          return (behaviours.get(id) ?? answers)(call, signal, nth);
        },
      },
      ...ports,
    },
    settings,
  );
  let made = 0;
  const make = ({ context, ...changes }: CallChanges = {}): RouteCall => ({
    context: { callId: `call_${++made}` as ModelCallId, tenantId: defaultTenant, models: [], ...context },
    body: { form: 'chat', request: ask() },
    stream: false,
    signal: neverCancelled,
    ...changes,
  });
  return {
    clock,
    router,
    spend,
    sent,
    commands,
    problems,
    behave: behaviours,
    made: make,
    call: async (changes) => {
      const reply = await router.completeCall(make(changes));
      return reply.parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
    },
    record: async () => {
      await router.drain();
      const settles = commands.filter((one) => one.command === 'settle' || one.command === 'record-call');
      const record = settles.findLast((one) => one.record !== undefined)?.record;
      if (record === undefined) throw new Error('no call left a record');
      return record;
    },
  };
}
