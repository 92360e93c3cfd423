// Memories found by meaning: a server with an embedding model behind its router, and the vendor's stand-in behind that.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FoundMemory } from '@chorale/lib-client';
import { type ModelSite, openModelSite } from './model-site.ts';

let site: ModelSite;
beforeAll(async () => {
  site = await openModelSite({
    brain: () => ({ text: '' }),
    roles: 'api,scheduler',
    vendors: { acme: { kind: 'openai' } },
    models: {
      acme: [{ name: 'text-embedding-3-small', capabilities: ['embeddings'], prices: { input: 1, output: 0 } }],
    },
    memory: { embeddings: 'text-embedding-3-small' },
  });
});
afterAll(async () => site?.close());

test('[ME17] what shares no indexed word is found by its vector once it has one, and the call is in the books', async () => {
  // Words that say nothing of what a text is about: by words nobody finds it. The stand-in gives a text one vector.
  const text = 'who is it that they are with';
  await site.client.addMemory({ text, scope: 'project/harbour' });
  await site.client.addMemory({ text: 'the pier is closed', scope: 'project/harbour' });
  const ask = async (): Promise<FoundMemory | undefined> =>
    (await site.client.searchMemory({ text, scopes: ['project/harbour'] })).items.find(
      ({ memory }) => memory.text === text,
    );
  await expect.poll(ask, { timeout: 60_000, interval: 500 }).toBeDefined();
  const found = await ask();
  expect(found!.parts).toMatchObject({ words: 0, meaning: expect.closeTo(1, 4) });
  expect(found!.why.join('\n')).toContain('is near in meaning (1.00)');
  const calls = await site.client.listModelCalls();
  expect(calls.items.every(({ operation }) => operation === 'embeddings')).toBe(true);
  expect(calls.items.length).toBeGreaterThanOrEqual(2);
});
