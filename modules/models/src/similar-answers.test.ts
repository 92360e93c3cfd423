import { defaultTenant, type TenantId } from '@chorale/lib-ids';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ChatRequest } from './conversation.ts';
import { explainCall } from './explain-call.ts';
import type { CallContext, ModelKeyId } from './model-call.ts';
import { packNumbers, unpackNumbers } from './packed-numbers.ts';
import type { Privacy } from './router-ports.ts';
import { ask, makeDeployment, makeStage, type Stage } from './router-stage.fixture.ts';
import { createSimilarAnswers } from './similar-answers.ts';
import { openMemorySpendStore } from './spend-memory.fixture.ts';
import type { SpendCommand } from './spend.ts';

/** Near each other are texts that share words. */
function vectorOf(text: string): readonly number[] {
  const vector = Array.from({ length: 32 }, () => 0);
  for (const word of text.toLowerCase().match(/\w+/g) ?? []) {
    let hash = 7;
    for (const sign of word) hash = (hash * 31 + sign.charCodeAt(0)) % 1_000_003;
    for (let at = 0; at < vector.length; at++) vector[at]! += Math.sin(hash * (at + 1));
  }
  return vector;
}

interface Setting {
  readonly privacy?: Privacy;
  readonly embed?: (text: string) => Promise<readonly number[]>;
}

let embedded: { readonly text: string; readonly context: CallContext }[];
let commands: SpendCommand[];

beforeEach(() => {
  embedded = [];
  commands = [];
});

function open({ privacy, embed }: Setting = {}): Stage {
  let now = (): number => 0;
  const store = openMemorySpendStore(() => now());
  const spend = {
    ...store,
    execute: ((command: SpendCommand) => {
      commands.push(command);
      return store.execute(command);
    }) as typeof store.execute,
  };
  const similar = createSimilarAnswers({
    spend,
    clock: { now: () => now() },
    sha256Hex: (text) => text,
    model: 'vectors',
    limits: { similarityMin: 0.75, ageMsMax: 60_000, answersMax: 10 },
    embed: async (text, context) => {
      embedded.push({ text, context });
      return (embed ?? (async () => vectorOf(text)))(text);
    },
  });
  const stage = makeStage({
    deployments: [makeDeployment('x/a', { retention: 'local' })],
    ports: { spend, similar, ...(privacy === undefined ? {} : { privacy }) },
  });
  now = stage.clock.now;
  return stage;
}

interface Asked {
  readonly request?: Partial<ChatRequest>;
  readonly context?: Partial<CallContext>;
}

async function sourceOf(stage: Stage, text: string, { request, context = {} }: Asked = {}): Promise<string> {
  const asked = { ...ask(text), temperature: 0, ...request };
  const routed = await stage.router.routeCall(stage.made({ body: { form: 'chat', request: asked }, context }));
  if (routed.answer.form === 'chat') for await (const _event of routed.answer.events);
  await stage.router.drain();
  return routed.source;
}

const question = 'How do I reset my password?';
const alike = 'How can I reset my password';

describe('Answers to questions that mean the same', () => {
  test('[RC4] a question like an earlier one is answered from the cache, asks nobody, and says how alike it was', async () => {
    const stage = open();
    expect(await sourceOf(stage, question)).toBe('upstream');
    expect(stage.sent).toHaveLength(1);
    expect(await sourceOf(stage, alike)).toBe('semantic');
    expect(stage.sent).toHaveLength(1);
    const record = commands.findLast((command) => command.command === 'record-call')?.record;
    expect(record).toMatchObject({
      cache: 'semantic',
      cost: 0,
      tries: [],
      similar: { callId: 'call_1', saved: 140_000 },
    });
    expect(record?.similar?.similarity).toBeGreaterThan(0.75);
    expect(explainCall(record!)).toEqual([
      expect.stringMatching(/^The answer of call_1 to a question like it \(similarity 0\.\d+\) is from the cache/),
    ]);
    expect(explainCall(record!)[0]).toContain('$0.00014 was saved');
  });

  test('[RC4] the vector is made on the budgets of the call, once, and not before there is something to compare', async () => {
    const stage = open();
    const context = { keyId: 'key_1' as ModelKeyId, agent: 'clerk' };
    await sourceOf(stage, question, { context });
    expect(embedded).toMatchObject([{ text: question, context }]);
    expect(await sourceOf(stage, 'How much is the fish today?', { context })).toBe('upstream');
    expect(embedded).toHaveLength(2);
    // The same words need no vector.
    expect(await sourceOf(stage, `  ${question.toUpperCase()} `, { context })).toBe('semantic');
    expect(embedded).toHaveLength(2);
  });

  test('[RC4] what else a call has must be equal', async () => {
    const stage = open();
    await sourceOf(stage, question);
    const system = [
      { role: 'system', parts: [{ type: 'text', text: 'Be rude.' }] },
      { role: 'user', parts: [{ type: 'text', text: alike }] },
    ] as const;
    const others: readonly Asked[] = [
      { context: { tenantId: 'other' as TenantId } },
      { context: { keyId: 'key_2' as ModelKeyId } },
      { context: { agent: 'clerk' } },
      { context: { models: ['a'] } },
      { context: { dataClass: 'public' } },
      { context: { strategy: 'privacy' } },
      { request: { outputTokensMax: 5 } },
      { request: { output: { name: 'x', schema: { type: 'object' } } } },
      { request: { messages: system } },
    ];
    for (const other of others) expect(await sourceOf(stage, alike, other), JSON.stringify(other)).toBe('upstream');
    expect(await sourceOf(stage, alike)).toBe('semantic');
  });

  test('[RC4] nothing is compared of calls with tools, of agents at a goal, with a temperature, or that say no', async () => {
    const stage = open();
    const tools = [{ name: 'look', description: '', inputSchema: { type: 'object' } }] as const;
    const never: readonly Asked[] = [
      { request: { tools } },
      { request: { temperature: 0.2 } },
      { request: { temperature: undefined as never } },
      { context: { goalId: 'goal_1' as never } },
      { context: { cache: 'exact' } },
      { context: { cache: 'none' } },
      { context: { dataClass: 'personal' } },
      { context: { dataClass: 'secret' } },
    ];
    for (const one of never) {
      expect(await sourceOf(stage, question, one), JSON.stringify(one)).toBe('upstream');
      expect(await sourceOf(stage, question, one), JSON.stringify(one)).toBe('upstream');
    }
    expect(embedded).toEqual([]);
    expect(await sourceOf(stage, 'Hi there')).toBe('upstream');
    expect(await sourceOf(stage, 'word '.repeat(300))).toBe('upstream');
    expect(embedded).toEqual([]);
  });

  test('[RC4] nothing in which something sensitive was found is compared or kept', async () => {
    const shielded = {
      dataClass: 'internal',
      isClean: false,
      requestFor: () => ({ request: ask('masked'), masked: 1 }),
      restore: (events: never) => events,
    } as const;
    const stage = open({ privacy: { shield: () => shielded } });
    for (let time = 0; time < 2; time++) expect(await sourceOf(stage, question)).toBe('upstream');
    expect(embedded).toEqual([]);
    expect(commands.some(({ command }) => command === 'keep-answer')).toBe(false);
  });

  test('[RC5] what the words speak against is asked anew, and answers expire', async () => {
    const stage = open();
    await sourceOf(stage, question);
    expect(await sourceOf(stage, 'How do I reset my username?')).toBe('upstream');
    expect(await sourceOf(stage, 'How do I not reset my password?')).toBe('upstream');
    // Nothing speaks against it, but it is not near enough.
    expect(await sourceOf(stage, 'Is there some way for a member to reset a password that was forgotten')).toBe(
      'upstream',
    );
    expect(await sourceOf(stage, alike)).toBe('semantic');
    await stage.clock.pass(60_000);
    expect(await sourceOf(stage, alike)).toBe('upstream');
  });

  test('[RC4] without a vector the call goes on, and it is said', async () => {
    const stage = open({ embed: () => Promise.reject(new Error('no vectors today')) });
    expect(await sourceOf(stage, question)).toBe('upstream');
    expect(await sourceOf(stage, question)).toBe('upstream');
    expect(stage.problems.map(({ what }) => what)).toEqual(['cache-failed', 'cache-failed']);
  });

  test('[LR8] numbers that are packed are the same when they are read', () => {
    const numbers = Float32Array.from([0.5, -1, 0.25, 0]);
    expect([...unpackNumbers(packNumbers(numbers))].map((one) => one.toFixed(4))).toEqual(
      [...numbers].map((one) => one.toFixed(4)),
    );
    expect(defaultTenant).not.toBe('other');
  });
});
