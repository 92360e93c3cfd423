// Many clients spend one key's budget over every route while the server is killed and started again; what the providers
// would charge, by their own meters, is held against the budget.

import { APIConnectionError, APIError, type OpenAI, toFile } from 'openai';
import { createMeter, type Price, type VendorKind } from '../stand-ins/index.ts';
import { type ModelSite, openModelSite } from './model-site.ts';

export interface OverspendSize {
  readonly clients: number;
  readonly callsEach: number;
  readonly budgetUsd: number;
  /** Killed each time the providers have charged another part of the budget. */
  readonly crashes: number;
}

export interface OverspendFinding {
  readonly answered: number;
  readonly refusedByBudget: number;
  /** Cut off by a crash, or met no server. */
  readonly cutOff: number;
  /** Neither; should be empty. */
  readonly otherErrors: readonly string[];
  readonly answeredByRoute: Readonly<Record<string, number>>;
  readonly chargedUsd: number;
  /** As the server counts: spent, and held for calls whose end is not known. */
  readonly countedUsd: number;
  readonly overspentUsd: number;
}

const nanoDollars = 1_000_000_000;
/** Dear, so that a budget of cents is some hundred calls. */
const dear: Price = { input: 20 * nanoDollars, output: 80 * nanoDollars };
const asConfigured = { input: 20, output: 80 };
const outputTokensMax = 60;

const chat = ['tools', 'streaming'];
const models = {
  acme: [
    { name: 'gpt-4.1-mini', capabilities: chat },
    { name: 'text-embedding-3-small', capabilities: ['embeddings'] },
    { name: 'gpt-4o-mini-tts', capabilities: ['speech'] },
    { name: 'gpt-4o-mini-transcribe', capabilities: ['transcription'] },
  ],
  rival: [{ name: 'claude-haiku-4-5', capabilities: chat }],
};
const kinds: Readonly<Record<keyof typeof models, VendorKind>> = { acme: 'openai', rival: 'anthropic' };

const words = 'Say something of no importance, at some length, to somebody who has the time to listen to it.';
const messages = [{ role: 'user' as const, content: words }];

async function readAll(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _piece of stream);
}

/** Every way to spend. */
const routes: Readonly<Record<string, (client: OpenAI) => Promise<unknown>>> = {
  chat: (client) =>
    client.chat.completions.create({ model: 'gpt-4.1-mini', messages, max_completion_tokens: outputTokensMax }),
  'chat, streamed': async (client) =>
    readAll(
      await client.chat.completions.create({
        model: 'gpt-4.1-mini',
        messages,
        max_completion_tokens: outputTokensMax,
        stream: true,
      }),
    ),
  'chat, translated': (client) =>
    client.chat.completions.create({ model: 'claude-haiku-4-5', messages, max_completion_tokens: outputTokensMax }),
  'chat, streamed and translated': async (client) =>
    readAll(
      await client.chat.completions.create({
        model: 'claude-haiku-4-5',
        messages,
        max_completion_tokens: outputTokensMax,
        stream: true,
      }),
    ),
  responses: (client) =>
    client.responses.create({ model: 'gpt-4.1-mini', input: words, max_output_tokens: outputTokensMax }),
  'responses, streamed': async (client) =>
    readAll(
      await client.responses.create({
        model: 'gpt-4.1-mini',
        input: words,
        max_output_tokens: outputTokensMax,
        stream: true,
      }),
    ),
  embeddings: (client) => client.embeddings.create({ model: 'text-embedding-3-small', input: words }),
  speech: async (client) =>
    (await client.audio.speech.create({ model: 'gpt-4o-mini-tts', voice: 'alloy', input: words })).arrayBuffer(),
  transcription: async (client) =>
    client.audio.transcriptions.create({
      model: 'gpt-4o-mini-transcribe',
      file: await toFile(Buffer.from('RIFFsound'), 'sound.wav'),
    }),
};

export async function tryToOverspend(size: OverspendSize): Promise<OverspendFinding> {
  const names = Object.values(models).flatMap((all) => all.map(({ name }) => name));
  const meter = createMeter(Object.fromEntries(names.map((name) => [name, dear])));
  const site = await openModelSite({
    brain: ({ callNo }) => ({ text: 'word '.repeat(10 + (callNo % 30)) }),
    vendors: Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, { kind, meter }])),
    models: Object.fromEntries(
      Object.entries(models).map(([name, all]) => [
        name,
        all.map((model) => ({ ...model, contextTokens: 8_000, outputTokensMax: 500, prices: asConfigured })),
      ]),
    ),
  });
  try {
    const budget = size.budgetUsd * nanoDollars;
    const key = await makeKey(site, size.budgetUsd);
    const tally = newTally();
    const charged = (): number => meter.total().cost;
    await Promise.all([spendAll(site, { key, size, tally }), crashAt(site, { size, charged, tally })]);
    const countedUsd = await readCounted(site);
    const { answered, refusedByBudget, cutOff, answeredByRoute, otherErrors } = tally;
    return {
      answered,
      refusedByBudget,
      cutOff,
      answeredByRoute,
      otherErrors: [...otherErrors],
      chargedUsd: charged() / nanoDollars,
      countedUsd,
      overspentUsd: Math.max(0, charged() - budget) / nanoDollars,
    };
  } finally {
    await site.close();
  }
}

interface Tally {
  answered: number;
  refusedByBudget: number;
  cutOff: number;
  readonly otherErrors: Set<string>;
  readonly answeredByRoute: Record<string, number>;
  isOver: boolean;
  /** Resolves when the server is there again. */
  serving: Promise<void>;
}

const newTally = (): Tally => ({
  answered: 0,
  refusedByBudget: 0,
  cutOff: 0,
  otherErrors: new Set(),
  answeredByRoute: {},
  isOver: false,
  serving: Promise.resolve(),
});

async function makeKey(site: ModelSite, usd: number): Promise<string> {
  return (await site.client.createModelKey({ name: 'trial', budget: { window: 'total', usd } })).key;
}

async function readCounted(site: ModelSite): Promise<number> {
  const budgets = await site.client.listBudgets();
  return budgets.reduce((sum, { spent, reserved }) => sum + spent.usd + reserved.usd, 0);
}

interface Spending {
  readonly key: string;
  readonly size: OverspendSize;
  readonly tally: Tally;
}

async function spendAll(site: ModelSite, { key, size, tally }: Spending): Promise<void> {
  const client = site.openai(key);
  const all = Object.entries(routes);
  const spend = async (no: number): Promise<void> => {
    for (let index = 0; index < size.callsEach; index++) {
      const [name, call] = all[(no + index) % all.length] ?? [];
      if (name !== undefined && call !== undefined) await spendOnce(tally, name, call(client));
    }
  };
  await Promise.all(Array.from({ length: size.clients }, (_, no) => spend(no)));
  tally.isOver = true;
}

async function spendOnce(tally: Tally, route: string, call: Promise<unknown>): Promise<void> {
  try {
    await call;
    tally.answered++;
    tally.answeredByRoute[route] = (tally.answeredByRoute[route] ?? 0) + 1;
  } catch (error) {
    if (error instanceof APIError && error.code === 'insufficient_quota') tally.refusedByBudget++;
    else if (error instanceof APIConnectionError || !(error instanceof APIError)) {
      tally.cutOff++;
      await tally.serving;
    } else tally.otherErrors.add(`${route}: ${error.message}`);
  }
}

interface Crashing {
  readonly size: OverspendSize;
  readonly charged: () => number;
  readonly tally: Tally;
}

async function crashAt(site: ModelSite, { size, charged, tally }: Crashing): Promise<void> {
  const part = (size.budgetUsd * nanoDollars) / (size.crashes + 2);
  for (let crash = 1; crash <= size.crashes; crash++) {
    while (charged() < crash * part) {
      if (tally.isOver) throw new Error(`the clients were done before crash ${crash} of ${size.crashes}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await (tally.serving = site.crash());
  }
}
