// Questions that mean the same, asked of a server whose vendor is a stand-in: its vectors are near where texts share words.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ModelSite, openModelSite } from './model-site.ts';

let site: ModelSite;
let asked = 0;
beforeAll(async () => {
  site = await openModelSite({
    brain: () => ({ text: `Answer ${++asked}.` }),
    vendors: { acme: { kind: 'openai' } },
    models: {
      acme: [
        { name: 'gpt-5-mini', prices: { input: 100, output: 100 } },
        { name: 'text-embedding-3-small', capabilities: ['embeddings'], prices: { input: 1, output: 0 } },
      ],
    },
    settings: { cache: { semantic: { enabled: true, model: 'text-embedding-3-small', similarityMin: 0.75 } } },
  });
});
afterAll(async () => site?.close());

const question = 'How do I reset my password?';
const alike = 'How can I reset my password';

interface Answered {
  readonly text: string | null | undefined;
  readonly cache: string | null;
  readonly callId: string;
}

async function ask(content: string, key?: string, more: object = {}): Promise<Answered> {
  const { data, response } = await site
    .openai(key)
    .chat.completions.create({ model: 'gpt-5-mini', temperature: 0, messages: [{ role: 'user', content }], ...more })
    .withResponse();
  return {
    text: data.choices[0]?.message.content,
    cache: response.headers.get('x-chorale-cache'),
    callId: response.headers.get('x-chorale-call-id') ?? '',
  };
}

/** Answers are kept after they were given. */
async function askUntilKnown(content: string, key?: string): Promise<Answered> {
  let answered: Answered | undefined;
  await expect
    .poll(async () => (answered = await ask(content, key)).cache, { timeout: 20_000, interval: 200 })
    .toBe('semantic');
  return answered!;
}

/** Then the answer is kept: its row is written when its vector is there. */
async function vectorIsPaid(key?: string): Promise<void> {
  const list = () => site.client.listModelCalls(key === undefined ? {} : { key });
  await expect.poll(async () => (await list()).items.some(({ operation }) => operation === 'embeddings')).toBe(true);
}

test('[RC4] a question like an earlier one has its answer, also after a crash, and the call says why', async () => {
  const first = await ask(question);
  expect(first.cache).toBeNull();
  await vectorIsPaid();
  const second = await askUntilKnown(alike);
  expect(second.text).toBe(first.text);
  // Records are written after the answer.
  const known = () => site.client.getModelCall(second.callId).catch(() => undefined);
  await expect.poll(known).toBeDefined();
  const call = (await known())!;
  expect(call).toMatchObject({ cache: 'semantic', costUsd: 0, similar: { callId: first.callId } });
  expect(call.similar!.similarity).toBeGreaterThan(0.75);
  expect(call.similar!.savedUsd).toBe((await site.client.getModelCall(first.callId)).costUsd);
  expect(call.explanation[0]).toContain(`The answer of ${first.callId} to a question like it`);
  await site.crash();
  expect(await ask(alike)).toMatchObject({ cache: 'semantic', text: first.text });
  // The exact words of another question, and what the words speak against, are asked anew.
  expect((await ask('How do I reset my username?')).cache).toBeNull();
  expect((await ask(alike, undefined, { chorale: { cache: 'none' } })).cache).toBeNull();
  expect((await ask(`${alike} of ada@example.com`)).cache).toBeNull();
});

test('[RC4] a key has answers of its own, and pays for vectors and not for answers that were kept', async () => {
  const make = (name: string) =>
    site.client.createModelKey({ name, models: ['gpt-5-mini'], budget: { window: 'total', usd: 100 } });
  const [one, other] = [await make('one'), await make('other')];
  const first = await ask('Where is the old harbour office?', one.key);
  expect(first.cache).toBeNull();
  await vectorIsPaid(one.keyId);
  const known = await askUntilKnown('Please tell me where the old harbour office is', one.key);
  expect(known.text).toBe(first.text);
  expect((await ask('Please tell me where the old harbour office is', other.key)).cache).toBeNull();
  const isRecorded = async (): Promise<boolean> =>
    (await site.client.listModelCalls({ key: one.keyId })).items.some(({ callId }) => callId === known.callId);
  await expect.poll(isRecorded).toBe(true);
  const { items } = await site.client.listModelCalls({ key: one.keyId });
  const vectors = items.filter(({ operation }) => operation === 'embeddings');
  expect(vectors.length).toBeGreaterThanOrEqual(2);
  expect(vectors.every(({ costUsd }) => costUsd > 0)).toBe(true);
  const paid = items.reduce((sum, { costUsd }) => sum + costUsd, 0);
  const budgets = await site.client.listBudgets();
  const spent = budgets.find(({ subject }) => subject === one.keyId)?.spent.usd;
  expect(spent).toBeCloseTo(paid, 9);
  const byCache = items.filter(({ cache }) => cache === 'semantic');
  expect(byCache.length).toBeGreaterThan(0);
  expect(byCache.every(({ costUsd }) => costUsd === 0)).toBe(true);
});

test('[RC4] what was kept goes when something is forgotten: it may repeat it', async () => {
  await askUntilKnown('When does the night ferry leave?');
  await site.client.addMemory({ text: 'the ferry leaves at ten', scope: 'project/harbour' });
  await site.client.forgetMemories({ scope: 'project/harbour' });
  expect((await ask('When does the night ferry leave?')).cache).toBeNull();
});
