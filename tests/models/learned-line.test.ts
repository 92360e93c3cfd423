// Learned routing in a running server: outcomes of calls go in over HTTP, a line is drawn, and under "cost" easy prompts go to the
// weak model and hard ones to the strong one; another tenant's calls go where they went.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ChoraleClient, ClientError, createClient } from '@chorale/lib-client';
import type { BrainRequest } from '../stand-ins/index.ts';
import { type ModelSite, openModelSite } from './model-site.ts';

const [weak, strong] = ['gpt-5-mini', 'gpt-5'] as const;
const subjects = {
  hard: ['the tort of negligence', 'the duty of a court', 'the liability of a trustee', 'the estoppel of a tenant'],
  easy: ['the salted butter', 'the onion in the pan', 'the heat of the oven', 'the dough of a loaf'],
} as const;
type Kind = keyof typeof subjects;

/** The weak model knows cooking and no law. */
function think({ model, messages }: BrainRequest): { readonly text: string } {
  const isHard = subjects.hard.some((subject) => messages.at(-1)?.text.includes(subject));
  return { text: model === weak && isHard ? 'I do not know.' : 'It is so.' };
}

let site: ModelSite;
beforeAll(async () => {
  site = await openModelSite({
    brain: think,
    roles: 'api,scheduler',
    settings: { tenantStrategies: { other: 'performance' } },
    vendors: { acme: { kind: 'openai' } },
    models: {
      acme: [
        { name: weak, prices: { input: 0.1, output: 0.4 }, quality: 0.5 },
        { name: strong, prices: { input: 5, output: 20 }, quality: 0.9 },
      ],
    },
  });
});
afterAll(async () => site?.close());

const password = 'a pass phrase that is long enough';

async function openOther(): Promise<{ readonly client: ChoraleClient; readonly key: string }> {
  const { owner } = await site.client.createTenant({ tenantId: 'other', owner: 'ann' });
  const anybody = createClient({ baseUrl: site.url });
  await anybody.acceptInvitation(owner.invitation, password);
  const { key } = await anybody.logInForKey({ tenant: 'other', login: 'ann', password, label: 'test', days: 1 });
  const client = createClient({ baseUrl: site.url, key });
  return { client, key: (await client.createModelKey({ name: 'other' })).key };
}

const promptOf = (kind: Kind, no: number): string =>
  `Question ${1_000_000 + ((no * 7919) % 8_000_000)}: what is to be said of ${subjects[kind][(no >> 2) % 4]} when it comes to number ${no % 13}?`;

interface Answered {
  readonly callId: string;
  readonly deploymentId: string;
  readonly good: boolean;
}

async function ask(
  prompt: string,
  strategy: 'cost' | 'performance' | 'balanced' | undefined,
  key?: string,
): Promise<Answered> {
  const { data, response } = await site
    .openai(key)
    .chat.completions.create(
      { model: 'auto', messages: [{ role: 'user', content: prompt }] },
      { headers: strategy === undefined ? {} : { 'x-chorale-strategy': strategy } },
    )
    .withResponse();
  return {
    callId: response.headers.get('x-chorale-call-id') ?? '',
    deploymentId: response.headers.get('x-chorale-deployment') ?? '',
    good: data.choices[0]?.message.content === 'It is so.',
  };
}

/** A record is written a moment after its answer. */
async function rate({ callId, good }: Answered): Promise<void> {
  for (let time = 0; ; time++) {
    try {
      await site.client.rateModelCall(callId, good);
      return;
    } catch (error) {
      if (!(error instanceof ClientError) || time > 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

const atOnce = 40;

test('[LR10] after outcomes were learned, easy prompts go to the weak model and hard ones to the strong one', async () => {
  const other = await openOther();
  // Until something is learned, price decides.
  expect(await ask(promptOf('hard', 1), 'cost')).toMatchObject({ deploymentId: `acme/${weak}`, good: false });
  expect((await site.client.getModelLearning()).learned).toBeUndefined();
  for (let no = 0; no < 1_120; no += atOnce) {
    const batch = Array.from({ length: atOnce }, (_, at) => no + at);
    await Promise.all(
      batch.map(async (one) => {
        const kind = one % 4 < 2 ? 'hard' : 'easy';
        await rate(await ask(promptOf(kind, one), one % 2 === 0 ? 'cost' : 'performance'));
      }),
    );
  }
  const hasLine = async (): Promise<boolean> => (await site.client.getModelLearning()).learned?.lines.length === 1;
  await expect.poll(hasLine, { timeout: 60_000, interval: 500 }).toBe(true);
  const { learned } = await site.client.getModelLearning();
  expect(learned?.lines[0]).toMatchObject({ weak, strong });
  const line = learned!.lines[0]!.strategies.find(({ strategy }) => strategy === 'cost');
  expect(line!.kept).toBeGreaterThanOrEqual(0.5);
  expect(line!.strongShare).toBeLessThan(0.6);

  const count = async (kind: Kind, key?: string): Promise<{ toStrong: number; good: number }> => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, at) => ask(promptOf(kind, 50_000 + at), 'balanced', key)),
    );
    return {
      toStrong: answers.filter(({ deploymentId }) => deploymentId === `acme/${strong}`).length,
      good: answers.filter(({ good }) => good).length,
    };
  };
  const asked = async (kind: Kind) =>
    Promise.all(Array.from({ length: 40 }, (_, at) => ask(promptOf(kind, 60_000 + at), 'cost')));
  // Half of the advantage is to be kept under "cost", four fifths under "balanced".
  const hard = await asked('hard');
  expect(hard.filter(({ deploymentId }) => deploymentId === `acme/${strong}`).length).toBeGreaterThanOrEqual(14);
  const easy = await asked('easy');
  expect(easy.filter(({ deploymentId, good }) => deploymentId === `acme/${weak}` && good).length).toBeGreaterThan(36);
  expect((await count('hard')).toStrong).toBeGreaterThanOrEqual(28);
  expect((await count('easy')).toStrong).toBeLessThanOrEqual(4);

  // Why, in words and in numbers.
  const toStrong = hard.find(({ deploymentId }) => deploymentId === `acme/${strong}`)!;
  const known = () => site.client.getModelCall(toStrong.callId).catch(() => undefined);
  await expect.poll(known).toBeDefined();
  const call = (await known())!;
  expect(call.explanation[0]).toMatch(new RegExp(`expected to gain [\\d.]+ on ${weak}, beyond the line at`));
  expect(call.candidates[0]?.score).toMatchObject({ learned: true, line: { weak } });

  // What is learned belongs to one tenant.
  expect((await other.client.getModelLearning()).outcomes).toEqual([]);
  for (const kind of ['hard', 'easy'] as const)
    expect((await ask(promptOf(kind, 70_000), 'cost', other.key)).deploymentId).toBe(`acme/${weak}`);
  // So does the strategy that the configuration names for it: the best model there is, where nothing narrower is said.
  expect((await ask(promptOf('easy', 70_001), undefined, other.key)).deploymentId).toBe(`acme/${strong}`);
}, 240_000);
