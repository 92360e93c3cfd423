// The deployments there are now: of the providers that are configured, that the environment has keys for, and that run
// on this machine. Looked for at the start, again and again, and when somebody asks.
//
// Owns:       the fleet and the accounts at the providers, both replaced as a whole.
// Invariants: FK1 a provider that cannot be asked takes nothing from the others, and keeps the deployments it had.
//             FK2 one look at a time: who asks during one is told of its result.
import {
  discoverDeployments,
  type Discovered,
  type ProviderAccount,
  type ProviderConfig,
} from '@chorale/adapter-models';
import { ChoraleError } from '@chorale/lib-errors';
import type { Clock } from '@chorale/lib-time';
import type { Deployment, Fleet } from '@chorale/module-models';
import type { ModelsConfig, ProviderConfig as ConfiguredProvider } from '../config/models-config.ts';
import type { Log } from '../process/log.ts';
import { readAll, type SecretReader } from '../secrets/secret-reader.ts';
import { nanoDollars } from './configured-budgets.ts';
import { readPatience } from './read-patience.ts';
import type { ProbedProvider, ProbeReport } from './model-services.ts';

export interface FleetKeeper {
  readonly fleet: () => Fleet;
  readonly findAccount: (provider: string) => ProviderAccount | undefined;
  readonly probe: () => Promise<ProbeReport>;
  readonly lastProbe: () => ProbeReport;
  close(): void;
}

export interface FleetParts {
  readonly config: ModelsConfig;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly log: Log;
  readonly read: SecretReader;
  /** Told of every key at a provider, wherever it was found. */
  readonly onKey: (provider: string, key: string) => void;
}

export function createFleetKeeper(parts: FleetParts): FleetKeeper {
  const { config, env, clock, log, read, onKey } = parts;
  const closing = new AbortController();
  let fleet: Fleet = { deployments: [], aliases: config.aliases };
  let accounts: ReadonlyMap<string, ProviderAccount> = new Map();
  let last: ProbeReport = { at: clock.now(), providers: [] };
  let looking: Promise<ProbeReport> | undefined;

  async function look(): Promise<ProbeReport> {
    const { providers, unreadable } = await readProviders(config.providers, read);
    const found = await discoverDeployments({
      providers,
      ...(config.discover ? { environment: env } : {}),
      local: config.discover,
      clock,
      signal: closing.signal,
    });
    if (closing.signal.aborted) return last;
    const deployments = keepKnown(found, fleet);
    if (!isSame(deployments, fleet.deployments)) {
      fleet = { deployments, aliases: config.aliases };
      log.info('models', { deployments: deployments.length, providers: found.providers.length });
    }
    accounts = found.accounts;
    for (const [name, { apiKey, aws }] of accounts)
      for (const secret of [apiKey, aws?.secretAccessKey, aws?.sessionToken])
        if (secret !== undefined) onKey(name, secret);
    last = { at: clock.now(), providers: [...found.providers.map((one) => describeProvider(one)), ...unreadable] };
    for (const { name, problem } of last.providers)
      if (problem !== undefined) log.warn('a provider of models could not be asked', { provider: name, problem });
    return last;
  }

  return {
    fleet: () => fleet,
    findAccount: (provider) => accounts.get(provider),
    probe: () => {
      looking ??= look().finally(() => {
        looking = undefined;
      });
      return looking;
    },
    lastProbe: () => last,
    close: () => closing.abort(),
  };
}

interface ReadProviders {
  readonly providers: readonly ProviderConfig[];
  /** Those whose secrets cannot be read. */
  readonly unreadable: readonly ProbedProvider[];
}

async function readProviders(configured: readonly ConfiguredProvider[], read: SecretReader): Promise<ReadProviders> {
  const providers: ProviderConfig[] = [];
  const unreadable: ProbedProvider[] = [];
  for (const provider of configured) {
    try {
      providers.push(await readProvider(provider, read));
    } catch (error) {
      if (!(error instanceof ChoraleError)) throw error;
      const { name, kind } = provider;
      unreadable.push({ name, kind, found: 'configured', deployments: 0, problem: error.message });
    }
  }
  return { providers, unreadable };
}

async function readProvider(provider: ConfiguredProvider, reader: SecretReader): Promise<ProviderConfig> {
  const { apiKey, aws, headers, models, patience, ...rest } = provider;
  const what = `The account of provider ${provider.name}`;
  const read = (reference: string): Promise<string> => reader(reference, what);
  return {
    ...rest,
    ...(apiKey === undefined ? {} : { apiKey: await read(apiKey) }),
    ...(aws === undefined ? {} : { aws: await readAws(aws, read) }),
    ...(headers === undefined ? {} : { headers: await readAll(headers, read) }),
    ...(models === undefined ? {} : { models: models.map(readModel) }),
    ...(patience === undefined ? {} : { patience: readPatience(patience) }),
  };
}

async function readAws(
  { accessKeyId, secretAccessKey, sessionToken }: NonNullable<ConfiguredProvider['aws']>,
  read: (reference: string) => Promise<string>,
): Promise<NonNullable<ProviderConfig['aws']>> {
  return {
    accessKeyId: await read(accessKeyId),
    secretAccessKey: await read(secretAccessKey),
    ...(sessionToken === undefined ? {} : { sessionToken: await read(sessionToken) }),
  };
}

type ConfiguredModel = NonNullable<ConfiguredProvider['models']>[number];

function readModel(model: ConfiguredModel): NonNullable<ProviderConfig['models']>[number] {
  if (typeof model === 'string') return model;
  const { prices, ...rest } = model;
  if (prices === undefined) return rest;
  const nano = (usd: number): number => Math.round(usd * nanoDollars);
  const { input, output, cachedInput = input, cacheWrite = input } = prices;
  return {
    ...rest,
    prices: { input: nano(input), output: nano(output), cachedInput: nano(cachedInput), cacheWrite: nano(cacheWrite) },
  };
}

const foundNames = { configuration: 'configured', environment: 'environment', local: 'local' } as const;

function describeProvider({ name, kind, from, deployments, problem }: Discovered['providers'][number]): ProbedProvider {
  return { name, kind, found: foundNames[from], deployments, problem: problem?.message };
}

/** A provider that did not answer this time is not gone. */
function keepKnown(found: Discovered, before: Fleet): readonly Deployment[] {
  const silent = new Set(
    found.providers
      .filter(({ problem, deployments }) => problem !== undefined && deployments === 0)
      .map(({ name }) => name),
  );
  return [...found.deployments, ...before.deployments.filter(({ provider }) => silent.has(provider))];
}

function isSame(left: readonly Deployment[], right: readonly Deployment[]): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
