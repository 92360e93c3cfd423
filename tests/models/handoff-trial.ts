// Conversations that go from any provider to any other over HTTP, in front of the strict stand-ins.
//
// Owns: the stand-ins and the connections to them.

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
import { awsSecretOf, startVendor, type Brain, type Vendor, type VendorKind } from '../stand-ins/index.ts';
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
  bedrock: {
    vendor: 'bedrock',
    kind: 'bedrock',
    wire: 'bedrock-converse',
    model: 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0',
  },
  'a local server': { vendor: 'openai-compatible', kind: 'vllm', wire: 'openai-chat', model: 'llama-3.3-70b' },
};
export const speakerNames: readonly string[] = Object.keys(speakers);

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

const clock = {
  now: () => Date.now(),
  schedule(delayMs: number, callback: () => void) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

export interface Asking {
  readonly messages: readonly Message[];
  readonly stream: boolean;
  readonly thinks: boolean;
}

export interface HandoffTrial {
  /** @throws UpstreamFailure when the provider refuses it. */
  ask(name: string, asking: Asking): Promise<ChatReply>;
  /** What that provider really answered, streamed and whole, thinking and not. */
  repliesOf(name: string): Promise<readonly ChatReply[]>;
  /** Hands random histories with replies of the one to the other; gives those that were refused, and stops at one. */
  handOver(pair: Pair): Promise<readonly object[]>;
  /** The last request that the provider got. */
  lastSent(name: string): string | undefined;
  close(): Promise<void>;
}

export interface Pair {
  readonly from: string;
  readonly to: string;
  readonly histories: number;
}

function speakerOf(name: string): Speaker {
  const speaker = speakers[name];
  if (speaker === undefined) throw new Error(`nobody is called ${name}`);
  return speaker;
}

export async function openHandoffTrial(): Promise<HandoffTrial> {
  const vendors = new Map<VendorKind, Vendor>();
  for (const kind of ['openai', 'anthropic', 'google', 'bedrock', 'openai-compatible'] as const)
    vendors.set(kind, await startVendor({ kind, brain }));
  const aws = { accessKeyId: 'test-key', secretAccessKey: awsSecretOf('test-key') };
  const upstream = openUpstream({
    findAccount: (provider) => (provider === 'bedrock' ? { aws, region: 'eu-west-1' } : { apiKey: 'test-key' }),
    clock,
  });
  const ask = (name: string, asking: Asking): Promise<ChatReply> => {
    const speaker = speakerOf(name);
    return askUpstream(upstream, deploymentOf(speaker, vendors.get(speaker.vendor)?.baseUrl ?? ''), asking);
  };
  const repliesOf = async (name: string): Promise<readonly ChatReply[]> => {
    const messages: readonly Message[] = [{ role: 'user', parts: [{ type: 'text', text: 'go' }] }];
    const replies: ChatReply[] = [];
    for (let index = 0; index < repliesOfEach; index++)
      replies.push(await ask(name, { messages, stream: index % 2 === 0, thinks: index % 3 > 0 }));
    return replies;
  };
  return {
    ask,
    repliesOf,
    handOver: async ({ from, to, histories }) => {
      const replies = await repliesOf(from);
      const random = randomFrom(speakerNames.indexOf(from) * 31 + speakerNames.indexOf(to));
      for (let round = 0; round < histories; round++) {
        const messages = randomConversation(random, replies);
        try {
          await ask(to, { messages, stream: round % 2 === 0, thinks: round % 3 === 0 });
        } catch (error) {
          if (!(error instanceof UpstreamFailure)) throw error;
          return [{ round, kind: error.kind, message: error.message, messages }];
        }
      }
      return [];
    },
    lastSent: (name) => vendors.get(speakerOf(name).vendor)?.log.entries.at(-1)?.body,
    close: async () => {
      await upstream.close();
      for (const vendor of vendors.values()) await vendor.close();
    },
  };
}

function deploymentOf({ kind, wire, model }: Speaker, baseUrl: string): Deployment {
  return {
    id: `${kind}/${model}`,
    provider: kind,
    kind,
    wire,
    model,
    baseUrl,
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

async function askUpstream(
  upstream: OpenUpstream,
  deployment: Deployment,
  { messages, stream, thinks }: Asking,
): Promise<ChatReply> {
  const request: ChatRequest = {
    messages,
    tools: tools ?? [],
    cacheKey: 'talk',
    ...(thinks ? { reasoningEffort: 'low' as const, outputTokensMax: 4_096 } : {}),
  };
  const call = {
    deployment,
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
