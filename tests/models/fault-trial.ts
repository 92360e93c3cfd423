// Every fault that strikes before the first byte of an answer, at all deployments of a model but one, over HTTP: a server
// as people start it, in front of strict stand-ins.

import type OpenAI from 'openai';
import { type Fault, faultsBeforeFirstByte, type VendorKind } from '../stand-ins/index.ts';
import { type ModelSite, openModelSite } from './model-site.ts';

export interface FaultFinding {
  readonly fault: string;
  readonly calls: number;
  readonly answered: number;
  /** That reached a provider. */
  readonly requests: number;
  /** The most that one broken deployment got. */
  readonly requestsToOneBroken: number;
  /** What was said to callers that were not answered. */
  readonly failures: readonly string[];
}

export interface FaultTrial {
  readonly callsEach: number;
}

const broken: Readonly<Record<string, VendorKind>> = { left: 'openai', middle: 'anthropic' };
const healthy = 'right';
/** A provider that is silent is told apart from a slow one by nothing but time: so much is enough here. */
const patience = { firstByteSeconds: 0.5, silenceSeconds: 0.5, tokenMilliseconds: 0 };
const strategies = ['failover', 'balanced'];
const isStall = ({ kind }: Fault): boolean => kind.startsWith('stall');

/** The kinds after which a deployment must be left alone until its time has come. */
export const outOfMoney: ReadonlySet<string> = new Set(['quota', 'billing-limit', 'payment-required']);

const nameOf = ({ kind, ...rest }: Fault): string =>
  [kind, ...Object.entries(rest).map(([name, value]) => `${name} ${String(value)}`)].join(', ');
const modelOf = (fault: Fault): string => `model-${faultsBeforeFirstByte.indexOf(fault)}`;

export async function tryFaults({ callsEach }: FaultTrial): Promise<readonly FaultFinding[]> {
  const stalls = faultsBeforeFirstByte.filter(isStall);
  const others = faultsBeforeFirstByte.filter((fault) => !isStall(fault));
  return [...(await tryAtSite(others, callsEach, {})), ...(await tryAtSite(stalls, callsEach, { patience }))];
}

async function tryAtSite(
  faults: readonly Fault[],
  callsEach: number,
  settings: Readonly<Record<string, unknown>>,
): Promise<readonly FaultFinding[]> {
  const requests = new Map<string, number>();
  const count = (vendor: string, model: string): void => {
    const key = `${vendor}/${model}`;
    requests.set(key, (requests.get(key) ?? 0) + 1);
  };
  const byModel = new Map(faults.map((fault) => [modelOf(fault), fault]));
  const models = [...byModel.keys()].map((id) => ({ id, contextTokens: 100_000, outputTokensMax: 8_000 }));
  const vendor = (name: string, kind: VendorKind) => ({
    kind,
    models,
    faults: ({ model }: { readonly model: string }): Fault | undefined => {
      count(name, model);
      return name === healthy ? undefined : byModel.get(model);
    },
  });
  const names = [...Object.keys(broken), healthy];
  const deployments = models.map(({ id }) => ({
    name: id,
    contextTokens: 100_000,
    outputTokensMax: 8_000,
    prices: { input: 1, output: 2 },
  }));
  const site = await openModelSite({
    brain: () => ({ text: 'Here you are.' }),
    vendors: Object.fromEntries(names.map((name) => [name, vendor(name, broken[name] ?? 'openai-compatible')])),
    models: Object.fromEntries(names.map((name) => [name, deployments])),
    settings,
  });
  try {
    const findings: FaultFinding[] = [];
    for (const [model, fault] of byModel) {
      const { answered, failures } = await callOften(site, {
        model,
        calls: callsEach,
      });
      const toBroken = Object.keys(broken).map((name) => requests.get(`${name}/${model}`) ?? 0);
      const toHealthy = requests.get(`${healthy}/${model}`) ?? 0;
      findings.push({
        fault: nameOf(fault),
        calls: callsEach,
        answered,
        requests: toBroken.reduce((sum, one) => sum + one, toHealthy),
        requestsToOneBroken: Math.max(...toBroken),
        failures,
      });
    }
    return findings;
  } finally {
    await site.close();
  }
}

async function callOften(
  site: ModelSite,
  { model, calls }: { readonly model: string; readonly calls: number },
): Promise<{ readonly answered: number; readonly failures: readonly string[] }> {
  const client = site.openai();
  const failures = new Set<string>();
  let answered = 0;
  for (let index = 0; index < calls; index++) {
    const strategy = strategies[index % strategies.length] ?? 'balanced';
    try {
      const said = await ask(client, { model, stream: index % 4 < 2, headers: { 'x-chorale-strategy': strategy } });
      if (said === 'Here you are.') answered++;
      else failures.add(`answered with ${JSON.stringify(said)}`);
    } catch (error) {
      failures.add(String(error));
    }
  }
  return { answered, failures: [...failures] };
}

interface Asked {
  readonly model: string;
  readonly stream: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

async function ask(client: OpenAI, { model, stream, headers }: Asked): Promise<string> {
  const messages = [{ role: 'user' as const, content: 'Give it to me.' }];
  if (!stream) {
    const reply = await client.chat.completions.create({ model, messages }, { headers });
    return reply.choices[0]?.message.content ?? '';
  }
  let text = '';
  for await (const chunk of await client.chat.completions.create({ model, messages, stream }, { headers }))
    text += chunk.choices[0]?.delta.content ?? '';
  return text;
}
