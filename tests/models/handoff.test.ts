// A conversation goes from any provider to any other over HTTP, and the strict stand-ins refuse none of it.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openUpstream, type OpenUpstream } from '@chorale/adapter-models';
import {
  UpstreamFailure,
  type ChatReply,
  type ChatRequest,
  type Deployment,
  type Message,
  type ProviderKind,
  type Wire,
} from '@chorale/module-models';
import { startVendor, type Brain, type Vendor, type VendorKind } from '../stand-ins/index.ts';
import { randomFrom } from '../stand-ins/core/random-from.ts';
import { randomConversation } from './random-conversation.ts';

interface Speaker {
  readonly vendor: VendorKind;
  readonly kind: ProviderKind;
  readonly wire: Wire;
  readonly model: string;
}

const speakers: Readonly<Record<string, Speaker>> = {
  'openai chat': { vendor: 'openai', kind: 'openai', wire: 'openai-chat', model: 'gpt-4.1-mini' },
  'openai responses': { vendor: 'openai', kind: 'openai', wire: 'openai-responses', model: 'gpt-5' },
  anthropic: { vendor: 'anthropic', kind: 'anthropic', wire: 'anthropic-messages', model: 'claude-sonnet-4-5' },
  google: { vendor: 'google', kind: 'google', wire: 'google-generate', model: 'gemini-3-pro-preview' },
  'a local server': { vendor: 'openai-compatible', kind: 'vllm', wire: 'openai-chat', model: 'llama-3.3-70b' },
};
const names = Object.keys(speakers);

/** 1,000 are the goal; as many as take seconds are run each time. */
const rounds = Number(process.env.CHORALE_HANDOFF_ROUNDS ?? 25);
const repliesOfEach = 6;

const brain: Brain = ({ callNo, reasons, tools }) => ({
  ...(reasons ? { reasoning: `thought ${callNo}` } : {}),
  ...(callNo % 3 === 0 ? {} : { text: `answer ${callNo}` }),
  ...(tools.length > 0 && callNo % 2 === 0
    ? {
        toolCalls: [
          { name: 'look', arguments: { at: `${callNo}` } },
          { name: 'fetch_page', arguments: {} },
        ],
      }
    : { text: `answer ${callNo}` }),
});

const tools: ChatRequest['tools'] = ['look', 'fetch_page'].map((name) => ({
  name,
  description: 'Looks.',
  inputSchema: { type: 'object', properties: { at: { type: 'string' } } },
}));

const vendors = new Map<VendorKind, Vendor>();
let upstream: OpenUpstream;
const clock = {
  now: () => Date.now(),
  schedule(delayMs: number, callback: () => void) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

beforeAll(async () => {
  for (const kind of ['openai', 'anthropic', 'google', 'openai-compatible'] as const) {
    vendors.set(kind, await startVendor({ kind, brain }));
  }
  upstream = openUpstream({ findAccount: () => ({ apiKey: 'test-key' }), clock });
});
afterAll(async () => {
  await upstream.close();
  for (const vendor of vendors.values()) await vendor.close();
});

function deploymentOf({ vendor, kind, wire, model }: Speaker): Deployment {
  return {
    id: `${kind}/${model}`,
    provider: kind,
    kind,
    wire,
    model,
    baseUrl: vendors.get(vendor)?.baseUrl ?? '',
    region: undefined,
    retention: 'none',
    capabilities: ['tools', 'parallel-tools', 'json-schema', 'images', 'reasoning', 'prompt-cache', 'streaming'],
    contextTokens: 128_000,
    outputTokensMax: 8_192,
    prices: undefined,
    quality: 0.5,
    factsFrom: '2026-01-01',
  };
}

interface Asking {
  readonly messages: readonly Message[];
  readonly stream: boolean;
  readonly thinks: boolean;
}

async function ask(speaker: Speaker, { messages, stream, thinks }: Asking): Promise<ChatReply> {
  const request: ChatRequest = {
    messages,
    tools: tools ?? [],
    cacheKey: 'talk',
    ...(thinks ? { reasoningEffort: 'low' as const, outputTokensMax: 4_096 } : {}),
  };
  const call = {
    deployment: deploymentOf(speaker),
    body: { form: 'chat' as const, request },
    stream,
    firstByteMsMax: 10_000,
    silenceMsMax: 10_000,
  };
  const answer = await upstream.open(call, new AbortController().signal);
  if (answer.form !== 'chat') throw new Error(answer.form);
  for await (const event of answer.events) if (event.type === 'end') return event.reply;
  throw new Error('no end');
}

/** What that provider really answered, streamed and whole, thinking and not. */
async function repliesOf(speaker: Speaker): Promise<readonly ChatReply[]> {
  const messages: readonly Message[] = [{ role: 'user', parts: [{ type: 'text', text: 'go' }] }];
  const replies: ChatReply[] = [];
  for (let index = 0; index < repliesOfEach; index++) {
    replies.push(await ask(speaker, { messages, stream: index % 2 === 0, thinks: index % 3 > 0 }));
  }
  return replies;
}

describe('a conversation handed over HTTP', () => {
  for (const from of names) {
    for (const to of names) {
      test(`[HO1, HO2] from ${from} to ${to}: no random history is refused`, async () => {
        const [speaker, target] = [speakers[from], speakers[to]];
        if (speaker === undefined || target === undefined) throw new Error('no speaker');
        const replies = await repliesOf(speaker);
        const random = randomFrom(names.indexOf(from) * 31 + names.indexOf(to));
        const refused: object[] = [];
        for (let round = 0; round < rounds && refused.length === 0; round++) {
          const messages = randomConversation(random, replies);
          const asking = { messages, stream: round % 2 === 0, thinks: round % 3 === 0 };
          try {
            await ask(target, asking);
          } catch (error) {
            if (!(error instanceof UpstreamFailure)) throw error;
            refused.push({ round, kind: error.kind, message: error.message, messages });
          }
        }
        expect(refused).toEqual([]);
      });
    }
  }

  test('[HO2] what a provider signed is still there when the conversation comes back to it', async () => {
    for (const name of ['anthropic', 'openai responses', 'google']) {
      const speaker = speakers[name];
      if (speaker === undefined) throw new Error(name);
      const reply = (await repliesOf(speaker)).find((each) => each.parts.some((part) => 'signature' in part));
      if (reply === undefined) throw new Error(`${name} signed nothing`);
      const signed = reply.parts.flatMap((part) => ('signature' in part && part.signature !== undefined ? [part] : []));
      expect([name, signed.length > 0]).toEqual([name, true]);
      const messages: Message[] = [
        { role: 'user', parts: [{ type: 'text', text: 'go' }] },
        { role: 'assistant', parts: reply.parts, by: reply.by },
      ];
      for (const part of reply.parts) {
        if (part.type !== 'tool-call') continue;
        const { id: callId, name: tool } = part;
        messages.push({
          role: 'tool',
          parts: [{ type: 'tool-result', callId, name: tool, content: '1', isError: false }],
        });
      }
      messages.push({ role: 'user', parts: [{ type: 'text', text: 'and now' }] });
      await ask(speaker, { messages, stream: false, thinks: true });
      const sent = vendors.get(speaker.vendor)?.log.entries.at(-1);
      expect([name, sent?.body]).toEqual([
        name,
        expect.stringMatching(/encrypted_content|"signature"|thoughtSignature/i),
      ]);
    }
  });
});
