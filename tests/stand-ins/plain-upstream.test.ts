import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { plainUpstreamScript } from './index.ts';

test('[PU2] as its own process it prints its port, answers and streams 64 chunks, and ends with its input', async () => {
  const child = spawn(process.execPath, [plainUpstreamScript], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const client = new OpenAI({ apiKey: 'any', baseURL: `${(JSON.parse(line) as { url: string }).url}/v1` });
  const request = { model: 'plain', messages: [{ role: 'user' as const, content: 'x' }] };
  const reply = await client.chat.completions.create(request);
  expect(reply.choices[0]?.message.content?.split(' ')).toHaveLength(64);
  let pieces = 0;
  let usage: unknown;
  for await (const chunk of await client.chat.completions.create({ ...request, stream: true })) {
    if ((chunk.choices[0]?.delta.content ?? '') !== '') pieces += 1;
    usage ??= chunk.usage;
  }
  expect(pieces).toBe(64);
  expect(usage).toMatchObject({ completion_tokens: 64 });
  child.stdin.end();
  expect(await once(child, 'exit')).toEqual([0, null]);
});
