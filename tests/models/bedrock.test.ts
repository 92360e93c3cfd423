// Bedrock's Converse over HTTP: signed or with a key, whole or in binary frames, in front of a stand-in that checks
// signatures and order.

import { openUpstream, type ProviderAccount } from '@chorale/adapter-models';
import { UpstreamFailure, type ChatEvent, type ChatRequest, type Deployment } from '@chorale/module-models';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { awsSecretOf, startVendor, type Vendor } from '../stand-ins/index.ts';

let vendor: Vendor;
beforeAll(async () => {
  vendor = await startVendor({
    kind: 'bedrock',
    brain: ({ tools }) => ({
      text: 'Größe: 5 μm.',
      ...(tools.length > 0 ? { toolCalls: [{ name: 'look', arguments: { at: 'the "sky"' } }] } : {}),
    }),
  });
});
afterAll(async () => vendor?.close());

const clock = {
  now: () => Date.now(),
  schedule(delayMs: number, callback: () => void) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

const aws = { accessKeyId: 'test-key', secretAccessKey: awsSecretOf('test-key') };
const signed: ProviderAccount = { aws, region: 'eu-west-1' };

const tools: ChatRequest['tools'] = [
  { name: 'look', description: 'Looks.', inputSchema: { type: 'object', properties: { at: { type: 'string' } } } },
];

async function ask(account: ProviderAccount, stream: boolean, more: Partial<ChatRequest> = {}): Promise<ChatEvent[]> {
  const upstream = openUpstream({ findAccount: () => account, clock });
  const deployment: Deployment = {
    id: 'aws/nova',
    provider: 'aws',
    kind: 'bedrock',
    wire: 'bedrock-converse',
    model: 'amazon.nova-pro-v1:0',
    baseUrl: vendor.baseUrl,
    region: 'eu-west-1',
    retention: 'none',
    capabilities: ['tools', 'streaming'],
    contextTokens: 300_000,
    outputTokensMax: 10_000,
    prices: undefined,
    quality: 0.5,
    factsFrom: '2026-01-01',
  };
  const request: ChatRequest = { messages: [{ role: 'user', parts: [{ type: 'text', text: 'go' }] }], ...more };
  try {
    const body = { form: 'chat', request } as const;
    const answer = await upstream.open(
      { deployment, body, stream, firstByteMsMax: 5_000, silenceMsMax: 5_000 },
      new AbortController().signal,
    );
    const events: ChatEvent[] = [];
    if (answer.form === 'chat') for await (const event of answer.events) events.push(event);
    return events;
  } finally {
    await upstream.close();
  }
}

async function failureOf(account: ProviderAccount, stream = true): Promise<UpstreamFailure> {
  const failure: unknown = await ask(account, stream).catch((error: unknown) => error);
  if (!(failure instanceof UpstreamFailure)) throw new Error('it was answered');
  return failure;
}

test('[MA22] a signed request and one with a key are answered alike, whole and in frames', async () => {
  for (const account of [
    signed,
    { aws: { ...aws, sessionToken: 'token' }, region: 'us-east-1' },
    { apiKey: 'test-key' },
  ])
    for (const stream of [true, false]) {
      const events = await ask(account, stream, { tools });
      expect(events.at(-1)).toMatchObject({
        type: 'end',
        reply: {
          parts: [
            { type: 'text', text: 'Größe: 5 μm.' },
            { type: 'tool-call', name: 'look', arguments: { at: 'the "sky"' } },
          ],
          finish: 'tool-calls',
        },
      });
      const end = events.at(-1);
      expect(end?.type === 'end' && end.reply.usage.inputTokens > 0 && end.reply.usage.outputTokens > 0).toBe(true);
    }
});

test('[MA22] another secret, another time and no region are refused, and no secret is told', async () => {
  const wrong = { aws: { ...aws, secretAccessKey: 'another' }, region: 'eu-west-1' };
  const failure = await failureOf(wrong);
  expect(failure.kind).toBe('permission');
  expect(failure.message).toContain('signature');
  expect(failure.message).not.toContain('another');
  expect((await failureOf({ aws: { ...aws, accessKeyId: 'nobody' }, region: 'eu-west-1' })).kind).toBe(
    'authentication',
  );
  expect(await failureOf({ aws })).toMatchObject({
    kind: 'authentication',
    message: expect.stringContaining('region'),
  });
});

test('[MA22] exceptions in the stream, a break and an end that comes too early are failures of their kind', async () => {
  vendor.setFaults([{ kind: 'error-event', chunks: 3 }]);
  expect((await failureOf(signed)).kind).toBe('rate-limited');
  vendor.setFaults([{ kind: 'reset-after-chunks', chunks: 3 }]);
  expect((await failureOf(signed)).kind).toBe('connection');
  vendor.setFaults([{ kind: 'cut-short', chunks: 3 }]);
  expect((await failureOf(signed)).kind).toBe('connection');
  vendor.setFaults([{ kind: 'rate-limited' }]);
  expect((await failureOf(signed)).kind).toBe('rate-limited');
  vendor.setFaults([]);
});

test('[MA22] what it refuses means what it means at other providers', async () => {
  const meant = {
    'rate-limited': 'rate-limited',
    quota: 'quota-exhausted',
    'billing-limit': 'quota-exhausted',
    'payment-required': 'credit-exhausted',
    unauthorized: 'authentication',
    forbidden: 'permission',
    'not-found': 'model-not-found',
    'context-length': 'context-too-long',
    'content-policy': 'content-policy',
    'server-error': 'server-error',
  } as const;
  for (const [kind, means] of Object.entries(meant)) {
    vendor.setFaults([{ kind: kind as keyof typeof meant }]);
    expect([kind, (await failureOf(signed)).kind]).toEqual([kind, means]);
  }
  vendor.setFaults([]);
});
