// The models of this process: the deployments that are configured or found, the router over them, and what the API
// needs of both.
//
// Owns:       the fleet (replaced as a whole when something changes), the connections to providers, the keys looked up.
// Invariants: OM1 a provider that cannot be asked takes nothing from the others, and keeps the deployments it had.
import { openUpstream } from '@chorale/adapter-models';
import {
  createModelRouter,
  createRoutingKnowledge,
  type ModelRouter,
  type ReplyKeeper,
  type SpendStore,
} from '@chorale/module-models';
import type { Config } from '../config/config-schema.ts';
import { isLoopback } from '../config/load-config.ts';
import { systemClock } from '../process/clock.ts';
import type { Log } from '../process/log.ts';
import { createFleetKeeper } from './fleet-keeper.ts';
import { createKeyRing } from './model-keys.ts';
import type { ModelServices } from './model-services.ts';
import { putConfiguredBudgets } from './configured-budgets.ts';

export interface OpenModels extends ModelServices {
  readonly router: ModelRouter;
  /** After the last call was begun: waits for what is still to be written down. */
  close(): Promise<void>;
}

export interface ModelParts {
  readonly config: Config;
  readonly env: NodeJS.ProcessEnv;
  readonly spend: SpendStore;
  /** Where answers to agents are kept until their journals hold them. */
  readonly replies?: ReplyKeeper;
  readonly log: Log;
}

export async function openModels({ config, env, spend, replies, log }: ModelParts): Promise<OpenModels> {
  const { models } = config;
  const clock = systemClock;
  const random = Math.random;
  await putConfiguredBudgets(models.budgets, { spend, now: clock.now(), random });
  const keeper = createFleetKeeper({ config: models, env, log, now: () => clock.now() });
  await keeper.probe();
  const upstream = openUpstream({ findAccount: keeper.findAccount, clock });
  const report = ({ what, ...about }: { readonly what: string; readonly error: unknown }): void =>
    log.error(`models: ${what}`, about);
  const router = createModelRouter({
    clock,
    random,
    spend,
    upstream,
    fleet: keeper.fleet,
    knowledge: createRoutingKnowledge({ spend, clock, report }),
    report,
    ...(replies === undefined ? {} : { replies }),
  });
  const { strategy, hedgeAfterMs, keyless } = models;
  return {
    router,
    spend,
    keys: createKeyRing(spend, () => clock.now()),
    keyless: keyless === 'always' || (keyless === 'loopback' && isLoopback(config)),
    fleet: keeper.fleet,
    route: (call) =>
      router.routeCall({
        ...call,
        overrides: [{ strategy }, ...(call.overrides ?? [])],
        ...(hedgeAfterMs > 0 ? { hedgeAfterMs } : {}),
      }),
    listStatus: () => router.listStatus(),
    privacy: undefined,
    caches: models.cache.enabled,
    listFacts: () => spend.listFacts(),
    probe: keeper.probe,
    lastProbe: keeper.lastProbe,
    close: async () => {
      await router.drain();
      await upstream.close();
    },
  };
}
