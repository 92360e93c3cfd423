// The models of this process: the deployments that are configured or found, the router over them, and what the API
// needs of both.
//
// Owns:       the fleet (replaced as a whole when something changes), the connections to providers, the keys looked up.
// Invariants: OM1 a provider that cannot be asked takes nothing from the others, and keeps the deployments it had.
import { hash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { openUpstream } from '@chorale/adapter-models';
import type { ModelTelemetry } from '@chorale/adapter-telemetry';
import { makeId, type TenantId } from '@chorale/lib-ids';
import type { Clock } from '@chorale/lib-time';
import {
  type CallPrivacy,
  type ContinuingWorld,
  createModelRouter,
  createPrivacy,
  createQualityPredictor,
  createRoutingKnowledge,
  defaultDetectors,
  type Fleet,
  type ModelRouter,
  type ReplyKeeper,
  type RouteCall,
  routeContinued,
  routeShortened,
  type RoutedCall,
  type RouterPorts,
  type SpendStore,
} from '@chorale/module-models';
import type { Config } from '../config/config-schema.ts';
import { isAskedFromHere } from '../config/load-config.ts';
import { systemClock } from '../process/clock.ts';
import type { Extras } from '../process/extras.ts';
import type { Log } from '../process/log.ts';
import type { SecretReader } from '../secrets/secret-reader.ts';
import { createFleetKeeper } from './fleet-keeper.ts';
import { createLearnedBook } from './learned-book.ts';
import { openAnswerCaches } from './open-answer-caches.ts';
import { createQualityLearner } from './quality-learner.ts';
import { trainInThread } from './train-in-thread.ts';
import { productVersion } from '../platform/product.ts';
import { observeCalls } from './observe-calls.ts';
import { createKeyRing } from './model-keys.ts';
import type { ModelServices } from './model-services.ts';
import { readPatience } from './read-patience.ts';
import { rememberClean } from './remember-clean.ts';
import { putConfiguredBudgets } from './configured-budgets.ts';

export interface OpenModels extends ModelServices {
  readonly router: ModelRouter;
  /**
   * Of all askers in memory: kept answers may repeat what is to be forgotten, and those of other processes go by their age.
   * Rows of answers are the tenant's.
   */
  forgetAnswers(tenantId: TenantId): Promise<void>;
  /** Where metrics are sent. */
  readonly watchLoad: ModelTelemetry['watchLoad'] | undefined;
  /** After the last call was begun: waits for what is still to be written down. */
  close(): Promise<void>;
}

export interface ModelParts {
  readonly config: Config;
  readonly env: NodeJS.ProcessEnv;
  readonly spend: SpendStore;
  /** Where answers to agents are kept until their journals hold them. */
  readonly replies?: ReplyKeeper;
  readonly extras: Extras;
  readonly log: Log;
  readonly read: SecretReader;
  readonly onKey: (provider: string, key: string) => void;
}

/** The start does not wait longer for providers; what answers later is there a moment later. */
const firstLookMsMax = 2_000;

export async function openModels(parts: ModelParts): Promise<OpenModels> {
  const { config, env, spend, replies, extras, log, read, onKey } = parts;
  const { models } = config;
  const clock = systemClock;
  await putConfiguredBudgets(models.budgets, { spend, now: clock.now(), random: Math.random });
  const keeper = createFleetKeeper({ config: models, env, clock, log, read, onKey });
  const looked = keeper.probe().catch((error: unknown) => log.error('models could not be looked for', { error }));
  await Promise.race([looked, new Promise<void>((resolve) => void clock.schedule(firstLookMsMax, resolve))]);
  const upstream = openUpstream({ findAccount: keeper.findAccount, clock });
  const report = ({ what, ...about }: { readonly what: string; readonly error: unknown }): void =>
    log.error(`models: ${what}`, about);
  const privacy = makePrivacy(models.privacy);
  const telemetry = await startTelemetry(config);
  const observed = telemetry === undefined ? spend : observing({ spend, telemetry, extras }, keeper.fleet);
  const { book, learner } = openLearning({ spend, clock, report, fleet: keeper.fleet, extras });
  const route = (call: RouteCall): Promise<RoutedCall> => router.routeCall(call);
  const embedding = { route, privacy, dataClass: models.privacy.dataClass };
  const caches = openAnswerCaches({ config: models.cache, spend, clock, models: embedding });
  const ports: RouterPorts = {
    clock,
    random: Math.random,
    spend: observed,
    upstream,
    fleet: keeper.fleet,
    knowledge: createRoutingKnowledge({ spend, clock, report }),
    report,
    ...(models.learn
      ? {
          predictQuality: createQualityPredictor(book.find),
          exploreShare: () => (extras.isOff ? 0 : models.exploreShare),
        }
      : {}),
    ...(replies === undefined ? {} : { replies }),
    ...(privacy === undefined ? {} : { privacy }),
    ...caches.ports,
  };
  const router = createModelRouter(ports, { patience: readPatience(models.patience) });
  const continuing = {
    fleet: keeper.fleet,
    newCallId: () => makeId<'model-call'>('call', clock.now(), Math.random),
  };
  const { keyless } = models;
  return {
    router,
    spend,
    keys: createKeyRing(spend, () => clock.now()),
    keyless: keyless === 'always' || (keyless === 'loopback' && isAskedFromHere(config)),
    fleet: keeper.fleet,
    route: routeBy(models, router.routeCall, continuing),
    listStatus: () => router.listStatus(),
    privacy,
    dataClass: models.privacy.dataClass,
    caches: caches.ports.cache !== undefined || caches.ports.similar !== undefined,
    forgetAnswers: caches.forget,
    listFacts: () => spend.listFacts(),
    rate: learner.rate,
    noteOutcome: (record, good) =>
      void learner.rate(record, good).catch((error: unknown) => report({ what: 'outcome-not-kept', error })),
    probe: keeper.probe,
    lastProbe: keeper.lastProbe,
    watchLoad: telemetry?.watchLoad,
    close: async () => {
      keeper.close();
      await learner.close();
      await router.drain();
      await upstream.close();
      await telemetry?.close();
    },
  };
}

/** Under the words of the installation and the tenant, and as the call asks. */
function routeBy(
  { strategy, tenantStrategies, hedgeAfterMs }: Config['models'],
  routeCall: ModelServices['route'],
  world: Omit<ContinuingWorld, 'routeCall'>,
): ModelServices['route'] {
  const answer: ModelServices['route'] = (call) =>
    call.context.continues === true ? routeContinued({ ...world, routeCall }, call) : routeCall(call);
  return (call) => {
    const ofTenant = { strategy: tenantStrategies[call.context.tenantId], by: 'tenant' } as const;
    const overrides = [{ strategy, by: 'installation' } as const, ofTenant, ...(call.overrides ?? [])];
    const hedged = { ...call, overrides, ...(hedgeAfterMs > 0 ? { hedgeAfterMs } : {}) };
    return call.context.shorten === true ? routeShortened({ ...world, routeCall: answer }, hedged) : answer(hedged);
  };
}

interface LearningParts {
  readonly spend: SpendStore;
  readonly clock: Clock;
  readonly report: (problem: { readonly what: string; readonly error: unknown }) => void;
  readonly fleet: () => Fleet;
  readonly extras: Extras;
}

function openLearning({ spend, clock, report, fleet, extras }: LearningParts) {
  const book = createLearnedBook({ spend, now: () => clock.now(), report });
  const learner = createQualityLearner({
    spend,
    clock,
    book,
    train: trainInThread,
    hasTime: () => !extras.isOff,
    report,
    // A deployment that is gone is named after its model.
    modelOf: (deploymentId) =>
      fleet().deployments.find(({ id }) => id === deploymentId)?.model ??
      deploymentId.slice(deploymentId.indexOf('/') + 1),
  });
  return { book, learner };
}

interface Observed extends Pick<ModelParts, 'spend' | 'extras'> {
  readonly telemetry: ModelTelemetry;
}

function observing({ spend, telemetry, extras }: Observed, fleet: () => Fleet): SpendStore {
  return observeCalls(spend, (record) => {
    const { deployments } = fleet();
    const deployment = deployments.find(({ id }) => id === record.deploymentId);
    telemetry.observe({ record, deployment }, !extras.isOff || record.failure !== undefined);
  });
}

/** Loaded only where it is wanted. */
async function startTelemetry({ telemetry: { otlp, seconds } }: Config): Promise<ModelTelemetry | undefined> {
  if (otlp === '') return undefined;
  const { openTelemetry } = await import('@chorale/adapter-telemetry');
  const instanceId = `${hostname()}:${process.pid}`;
  return openTelemetry({ url: otlp, everyMs: seconds * 1_000, serviceVersion: productVersion, instanceId });
}

const nonceLength = 24;

/** Placeholders of one conversation are the same in each of its calls, so that its prompt cache stays warm. */
function makePrivacy({ detect, personal, secret }: Config['models']['privacy']): CallPrivacy | undefined {
  if (!detect) return undefined;
  const key = randomBytes(32).toString('hex');
  return createPrivacy({
    policyFor: () => ({ personal, secret }),
    nonceFor: ({ tenantId, session, callId }) =>
      hash('sha256', `${key} ${tenantId} ${session ?? callId}`, 'hex').slice(0, nonceLength),
    detectors: rememberClean(defaultDetectors),
  });
}
