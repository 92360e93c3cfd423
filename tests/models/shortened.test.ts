// A conversation that no model can take, and a caller who would rather have its beginning summarised.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ModelSite, openModelSite } from './model-site.ts';

let site: ModelSite;
beforeAll(async () => {
  const sized = { contextTokens: 2_000, outputTokensMax: 500 };
  site = await openModelSite({
    brain: ({ system, messages }) =>
      system.startsWith('Summarise this part')
        ? { text: 'the bridge has 1,200 m' }
        : { text: `asked with ${messages.map(({ text }) => text).join(' ')}` },
    vendors: { acme: { kind: 'openai', models: [{ id: 'short', ...sized }] } },
    models: { acme: [{ name: 'short', ...sized, prices: { input: 1, output: 2 } }] },
  });
});
afterAll(async () => site?.close());

const ask = (headers: Readonly<Record<string, string>>) =>
  site.openai().chat.completions.create(
    {
      model: 'short',
      messages: [
        { role: 'user', content: 'The bridge is 1,200 m long. '.repeat(300) },
        { role: 'assistant', content: 'Noted.' },
        { role: 'user', content: 'And the tower?' },
      ],
      max_tokens: 200,
    },
    { headers },
  );

test('[OA21] its oldest turns become a summary where the caller asked for that, and else it is refused', async () => {
  const { choices } = await ask({ 'x-chorale-shorten': 'true' });
  const text = choices[0]?.message.content ?? '';
  expect(text).toContain('the bridge has 1,200 m');
  expect(text).toContain('And the tower?');
  expect(text).not.toContain('m long');
  await expect(ask({})).rejects.toMatchObject({
    status: 422,
    message: expect.stringContaining('No deployment may take this call'),
  });
});
