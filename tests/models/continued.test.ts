// A stream that breaks in the middle, and a caller who would rather have it go on elsewhere.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ModelSite, openModelSite } from './model-site.ts';

let site: ModelSite;
beforeAll(async () => {
  const deployment = [{ name: 'twin', contextTokens: 100_000, prices: { input: 1, output: 2 } }];
  const models = [{ id: 'twin', contextTokens: 100_000, outputTokensMax: 8_000 }];
  site = await openModelSite({
    brain: ({ messages }) =>
      messages.at(-1)?.text.startsWith('Your answer was cut off') === true
        ? { text: ` | after ${JSON.stringify(messages.at(-2)?.text)}` }
        : { text: 'one two three four five six seven eight nine ten eleven twelve' },
    vendors: { first: { kind: 'openai', models }, second: { kind: 'anthropic', models } },
    models: { first: deployment, second: deployment },
  });
});
afterAll(async () => site?.close());

async function ask(headers: Readonly<Record<string, string>>): Promise<string> {
  site.vendors['first']?.setFaults([{ kind: 'reset-after-chunks', chunks: 6 }]);
  const stream = await site
    .openai()
    .chat.completions.create(
      { model: 'twin', messages: [{ role: 'user', content: 'Count.' }], stream: true },
      { headers: { 'x-chorale-strategy': 'failover', ...headers } },
    );
  let text = '';
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
  return text;
}

test('[OA20] an answer that breaks off goes on at another deployment, where the caller asked for that', async () => {
  const text = await ask({ 'x-chorale-continue': 'true' });
  const [begun = '', continued = ''] = text.split(' | after ');
  expect(begun).toMatch(/^one/);
  expect(begun.length).toBeLessThan('one two three four five six seven eight nine ten eleven twelve'.length);
  expect(JSON.parse(continued)).toBe(begun);
  await expect(ask({})).rejects.toThrow(/broke off/);
});
