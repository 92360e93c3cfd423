// The deployments there are now: of the providers that are configured.
//
// Owns: the fleet, and the accounts at the providers. Keys are read where they are named, each time they are needed.
import type { ProviderAccount } from '@chorale/adapter-models';
import type { Capability, Deployment, Fleet, ProviderKind, Wire } from '@chorale/module-models';
import type { ModelsConfig, ProviderConfig } from '../config/models-config.ts';
import { readSecret } from '../config/read-secret.ts';
import type { Log } from '../process/log.ts';
import type { ProbedProvider, ProbeReport } from './model-services.ts';
import { nanoDollars } from './configured-budgets.ts';

export interface FleetKeeper {
  readonly fleet: () => Fleet;
  readonly findAccount: (provider: string) => ProviderAccount | undefined;
  readonly probe: () => Promise<ProbeReport>;
  readonly lastProbe: () => ProbeReport;
}

export interface FleetParts {
  readonly config: ModelsConfig;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
  readonly now: () => number;
}

const wireOfKind: Readonly<Record<ProviderKind, Wire>> = {
  openai: 'openai-chat',
  anthropic: 'anthropic-messages',
  google: 'google-generate',
  mistral: 'mistral-chat',
  bedrock: 'bedrock-converse',
  nvidia: 'openai-chat',
  ollama: 'openai-chat',
  'llama.cpp': 'openai-chat',
  vllm: 'openai-chat',
  'lm-studio': 'openai-chat',
  'openai-compatible': 'openai-chat',
};
const usual: readonly Capability[] = ['tools', 'json-schema', 'streaming'];

export function createFleetKeeper({ config, env, now }: FleetParts): FleetKeeper {
  let fleet: Fleet = { deployments: [], aliases: config.aliases };
  let last: ProbeReport = { at: now(), deployments: [], providers: [] };
  return {
    fleet: () => fleet,
    findAccount: (name) => {
      const found = config.providers.find((provider) => provider.name === name);
      return found === undefined ? undefined : accountOf(found, env);
    },
    probe: async () => {
      const providers: ProbedProvider[] = [];
      const deployments: Deployment[] = [];
      for (const provider of config.providers) {
        const made = deploymentsOf(provider, now());
        deployments.push(...made);
        const { name, kind, baseUrl = '' } = provider;
        providers.push({ name, kind, baseUrl, found: 'configured', deployments: made.length, problem: undefined });
      }
      fleet = { deployments, aliases: config.aliases };
      last = { at: now(), deployments, providers };
      return last;
    },
    lastProbe: () => last,
  };
}

function accountOf({ name, apiKey, headers }: ProviderConfig, env: NodeJS.ProcessEnv): ProviderAccount {
  const what = `The account of provider ${name}`;
  return {
    ...(apiKey === undefined ? {} : { apiKey: readSecret(apiKey, what, env) }),
    ...(headers === undefined
      ? {}
      : {
          headers: Object.fromEntries(
            Object.entries(headers).map(([header, reference]) => [header, readSecret(reference, what, env)]),
          ),
        }),
  };
}

function deploymentsOf(provider: ProviderConfig, now: number): readonly Deployment[] {
  const factsFrom = new Date(now).toISOString().slice(0, 10);
  return (provider.models ?? []).map((model): Deployment => {
    const prices = 'prices' in model ? model.prices : undefined;
    return {
      id: `${provider.name}/${model.name}`,
      provider: provider.name,
      kind: provider.kind,
      wire: provider.wire ?? wireOfKind[provider.kind],
      model: model.name,
      baseUrl: provider.baseUrl ?? '',
      region: provider.region,
      retention: provider.retention ?? 'keeps',
      capabilities: ('capabilities' in model ? model.capabilities : undefined) ?? usual,
      contextTokens: ('contextTokens' in model ? model.contextTokens : undefined) ?? 32_000,
      outputTokensMax: ('outputTokensMax' in model ? model.outputTokensMax : undefined) ?? 4_096,
      prices:
        prices === undefined
          ? undefined
          : {
              input: prices.input * nanoDollars,
              output: prices.output * nanoDollars,
              cachedInput: (prices.cachedInput ?? prices.input) * nanoDollars,
              cacheWrite: (prices.cacheWrite ?? prices.input) * nanoDollars,
            },
      quality: ('quality' in model ? model.quality : undefined) ?? 0.5,
      factsFrom,
    };
  });
}
