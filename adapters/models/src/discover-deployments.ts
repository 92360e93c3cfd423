// Finds what calls can be sent to: the providers of the configuration, those the environment has keys for, and the
// servers that run on this machine; each asked for its models.
//
// A configured provider always has the models that it names, answered or not: what is down now may be up later. Without
// names it has what it lists. A key is handed to no deployment, and stands in no problem.

import type { CancelSignal, Clock } from '@chorale/lib-time';
import {
  UpstreamFailure,
  type Capability,
  type Deployment,
  type FailureKind,
  type Prices,
  type ProviderKind,
} from '@chorale/module-models';
import { findKnownModel, knownFrom } from './known-models.ts';
import { listModels, type ListedModel } from './list-models.ts';
import { openTransport, type Transport } from './open-transport.ts';
import {
  baseUrlOf,
  kindDefaults,
  localProviders,
  providersOfEnvironment,
  type Environment,
  type ModelConfig,
  type ProviderConfig,
} from './provider-config.ts';
import type { ProviderAccount } from './vendor-headers.ts';

export interface DiscoverOptions {
  /** Of the configuration; a name here keeps the environment's provider of the same name out. */
  readonly providers: readonly ProviderConfig[];
  /** Default: none. */
  readonly environment?: Environment;
  /** Also looks for servers at their well-known ports. Default true. */
  readonly local?: boolean;
  readonly clock: Clock;
  readonly signal: CancelSignal;
  /** Default 5 s; servers on this machine get a tenth. */
  readonly timeoutMs?: number;
}

export interface ProviderReport {
  readonly name: string;
  readonly kind: ProviderKind;
  readonly from: 'configuration' | 'environment' | 'local';
  readonly deployments: number;
  /** Why its list could not be read. */
  readonly problem?: { readonly kind: FailureKind; readonly message: string };
}

export interface Discovered {
  readonly deployments: readonly Deployment[];
  /** For `openUpstream`: who we are at each provider. */
  readonly accounts: ReadonlyMap<string, ProviderAccount>;
  /** A server that was only looked for and is not there is not in it. */
  readonly providers: readonly ProviderReport[];
}

const timeoutMsDefault = 5_000;

type Source = ProviderReport['from'];

export async function discoverDeployments(options: DiscoverOptions): Promise<Discovered> {
  const candidates = candidatesOf(options);
  const transport = openTransport();
  try {
    const found = await Promise.all(candidates.map((each) => askProvider(each, transport, options)));
    const there = found.filter((each) => each.report.from !== 'local' || each.report.problem === undefined);
    return {
      deployments: there.flatMap((each) => each.deployments),
      accounts: new Map(
        there.map(({ provider: { name, apiKey, aws, region, headers } }) => [name, { apiKey, aws, region, headers }]),
      ),
      providers: there.map((each) => each.report),
    };
  } finally {
    await transport.close();
  }
}

interface Candidate {
  readonly provider: ProviderConfig;
  readonly from: Source;
}

function candidatesOf({ providers, environment = {}, local = true }: DiscoverOptions): readonly Candidate[] {
  const candidates: Candidate[] = providers.map((provider) => ({ provider, from: 'configuration' }));
  const isNew = (provider: ProviderConfig): boolean =>
    candidates.every(
      (each) => each.provider.name !== provider.name && baseUrlOf(each.provider) !== baseUrlOf(provider),
    );
  for (const provider of providersOfEnvironment(environment)) {
    if (isNew(provider)) candidates.push({ provider, from: 'environment' });
  }
  if (local) {
    for (const provider of localProviders()) if (isNew(provider)) candidates.push({ provider, from: 'local' });
  }
  return candidates;
}

async function askProvider(
  { provider, from }: Candidate,
  transport: Transport,
  { clock, signal, timeoutMs = timeoutMsDefault }: DiscoverOptions,
): Promise<{ provider: ProviderConfig; deployments: readonly Deployment[]; report: ProviderReport }> {
  let listed: readonly ListedModel[] = [];
  let problem: ProviderReport['problem'];
  try {
    const limit = from === 'local' ? timeoutMs / 10 : timeoutMs;
    listed = await listModels(provider, { transport, clock, signal, timeoutMs: limit });
  } catch (error) {
    if (!(error instanceof UpstreamFailure)) throw error;
    problem = { kind: error.kind, message: error.message };
  }
  const today = new Date(clock.now()).toISOString().slice(0, 10);
  const deployments = modelsOf(provider, listed).map((model) => describe(provider, model, today));
  const base = { name: provider.name, kind: provider.kind, from, deployments: deployments.length };
  return { provider, deployments, report: problem === undefined ? base : { ...base, problem } };
}

interface FoundModel {
  readonly config: ModelConfig;
  readonly listed: ListedModel | undefined;
}

function modelsOf({ kind, models }: ProviderConfig, listed: readonly ListedModel[]): readonly FoundModel[] {
  if (models !== undefined) {
    return models.map((each) => {
      const config = typeof each === 'string' ? { name: each } : each;
      return { config, listed: listed.find((model) => model.name === config.name) };
    });
  }
  // Vendors list hundreds, of which most are old, dated twins, or not for chat: those of the registry are enough.
  const wanted = (model: ListedModel): boolean => {
    if (kindDefaults[kind].local || kind === 'openai-compatible' || kind === 'nvidia') return true;
    return findKnownModel(kind, model.name) !== undefined;
  };
  return listed.filter(wanted).map((model) => ({ config: { name: model.name }, listed: model }));
}

const contextUnknown = 8_192;
const outputUnknown = 4_096;
const qualityUnknown = 0.5;
const free: Prices = { input: 0, output: 0, cachedInput: 0, cacheWrite: 0 };

function describe(provider: ProviderConfig, { config, listed }: FoundModel, today: string): Deployment {
  const { kind } = provider;
  const defaults = kindDefaults[kind];
  const known = findKnownModel(kind, config.name);
  const contextTokens = config.contextTokens ?? listed?.contextTokens ?? known?.contextTokens ?? contextUnknown;
  const outputTokensMax = config.outputTokensMax ?? listed?.outputTokensMax ?? known?.outputTokensMax ?? outputUnknown;
  const prices = config.prices === undefined ? (known?.prices ?? (defaults.local ? free : undefined)) : config.prices;
  return {
    id: `${provider.name}/${config.name}`,
    provider: provider.name,
    kind,
    wire: provider.wire ?? defaults.wire,
    model: config.name,
    baseUrl: baseUrlOf(provider) ?? '',
    region: provider.region,
    retention: provider.retention ?? defaults.retention,
    capabilities: config.capabilities ?? known?.capabilities ?? guessed(config.name),
    contextTokens,
    outputTokensMax: Math.min(outputTokensMax, contextTokens),
    prices: prices ?? undefined,
    quality: config.quality ?? known?.quality ?? qualityUnknown,
    factsFrom: known === undefined ? today : knownFrom,
    ...(provider.patience === undefined ? {} : { patience: provider.patience }),
  };
}

/** A name is all there is; a model that turns out not to take tools says so once, and that is learned. */
function guessed(model: string): readonly Capability[] {
  return /embed|bge-|e5-|minilm/i.test(model) ? ['embeddings'] : ['tools', 'streaming'];
}
