// Tries the deployments of a decision in their order until one answers. Free to move on, because nothing has been
// delivered yet; what a failure leads to stands in the failure table.
//
// Invariants: OA1 every deployment is tried at most once, but for one second try somewhere within the retry budget.
//             OA2 a deployment that works is tried however little is left of the retry budget; one that fails is not.
//             OA3 nothing is sent before it is reserved.

import { ChoraleError } from '@chorale/lib-errors';
import { mostWith, reserveTry, withReason, type CallRun } from './call-run.ts';
import { failingShare } from './decide-route.ts';
import type { Deployment } from './deployment.ts';
import { availabilityOf } from './deployment-health.ts';
import { failureRules } from './failure.ts';
import { findCooling } from './filter-deployments.ts';
import { callCutOff, failedTries, nothingToTry } from './route-error.ts';
import {
  dropTry,
  isBudgetError,
  startTry,
  type OpenedTry,
  type PreparedTry,
  type RunningTry,
} from './try-deployment.ts';
import type { UpstreamFailure } from './upstream.ts';

/** A refused reservation is a commit each; after so many no cheaper deployment is looked for. */
const budgetRefusalsMax = 3;
const retryAfterMsDefault = 1_000;

/** Whether the retry budget lets this try be made; the first of a call always. */
function mayTry(run: CallRun, { id }: Deployment): boolean {
  if (run.tries.length + run.underWay.size === 0) return true;
  const { health, retries, ports } = run.state;
  if (retries.canSpend()) return true;
  const now = ports.clock.now();
  return health.failureShare(id, now) < failingShare && availabilityOf(health.read(id), now).state === 'closed';
}

/** A hiccup may be over: one of those that failed, once all others were asked. */
function findSecondTry(run: CallRun): Deployment | undefined {
  const { health, retries, ports } = run.state;
  const distinct = new Set(run.tries.map(({ deploymentId }) => deploymentId));
  if (run.tries.length === 0 || distinct.size < run.tries.length || !retries.canSpend()) return undefined;
  const now = ports.clock.now();
  return run.decision.order.find(({ id, model }) => {
    const kind = run.tries.find(({ deploymentId }) => deploymentId === id)?.failure?.kind as UpstreamFailure['kind'];
    if (kind === undefined || run.closedModels.has(model) || run.passedOver.has(id)) return false;
    const rule = failureRules[kind];
    return (
      (rule.cooling === 'breaker' || rule.next === 'retry-here') &&
      availabilityOf(health.read(id), now).state === 'closed'
    );
  });
}

function findUntried(run: CallRun): Deployment | undefined {
  const { health, ports } = run.state;
  const last = run.tries.at(-1);
  if (last?.failure !== undefined && failureRules[last.failure.kind as UpstreamFailure['kind']].next === 'retry-here') {
    const here = findSecondTry(run);
    if (here?.id === last.deploymentId) return here;
  }
  for (const deployment of run.decision.order) {
    const { id, model } = deployment;
    const wasTried = run.underWay.has(deployment) || run.tries.some(({ deploymentId }) => deploymentId === id);
    if (wasTried || run.passedOver.has(id) || run.closedModels.has(model)) continue;
    const cooling = findCooling(deployment, health, ports.clock.now());
    if (cooling !== undefined) run.passedOver.set(id, cooling);
    else if (mayTry(run, deployment)) return deployment;
  }
  return undefined;
}

/** Reserved and made ready, or passed over with the reason. */
async function prepare(run: CallRun, deployment: Deployment): Promise<PreparedTry | undefined> {
  const pass = (why: 'capability' | 'budget', detail: string): undefined =>
    void run.passedOver.set(deployment.id, { why, detail });
  const made = run.bodyFor(deployment);
  if (made === undefined) return pass('capability', `the request cannot be said in ${deployment.wire}`);
  const { costMax } = run.call.context;
  const { cost } = mostWith(run, deployment);
  if (costMax !== undefined && cost > costMax)
    return pass('budget', `with earlier tries it may cost ${cost} nano-dollars, and the call may cost ${costMax}`);
  run.masked = Math.max(run.masked, made.masked);
  try {
    await reserveTry(run, deployment);
  } catch (error) {
    if (!(error instanceof ChoraleError) || !isBudgetError(error)) throw error;
    run.budgetError ??= error;
    return pass('budget', error.message);
  }
  // Much may have happened while the store was busy; what is seen now holds until the try is under way.
  const { health, ports } = run.state;
  const now = ports.clock.now();
  const cooling = findCooling(deployment, health, now);
  if (cooling !== undefined) return void run.passedOver.set(deployment.id, cooling);
  return { deployment, body: made.body, ticket: health.begin(deployment.id, now) };
}

async function prepareNext(run: CallRun): Promise<PreparedTry | undefined> {
  for (;;) {
    if (run.cancel.signal.aborted) return undefined;
    const refusals = [...run.passedOver.values()].filter(({ why }) => why === 'budget').length;
    if (refusals >= budgetRefusalsMax) return undefined;
    const deployment = findUntried(run) ?? findSecondTry(run);
    if (deployment === undefined) return undefined;
    const prepared = await prepare(run, deployment);
    if (prepared !== undefined) return prepared;
  }
}

function afterMs(run: CallRun, ms: number): { readonly over: Promise<'late'>; readonly forget: () => void } {
  let forget: () => void = () => undefined;
  const over = new Promise<'late'>((resolve) => {
    forget = run.state.ports.clock.schedule(ms, () => resolve('late'));
  });
  return { over, forget };
}

interface Racer {
  readonly running: RunningTry;
  /** Set when it has ended. */
  end: { readonly opened: OpenedTry | undefined } | undefined;
  readonly ended: Promise<unknown>;
}

function enterRace(run: CallRun, prepared: PreparedTry): Racer {
  const running = startTry(run, prepared);
  const ended = running.end.then((opened) => (racer.end = { opened }));
  const racer: Racer = { running, end: undefined, ended };
  return racer;
}

/**
 * Asks one more deployment each time that none has answered for so long, within the retry budget; the one that answers
 * first is taken. Undefined when all of them failed.
 */
async function openHedged(run: CallRun, prepared: PreparedTry, hedgeAfterMs: number): Promise<OpenedTry | undefined> {
  const { retries } = run.state;
  let racers = [enterRace(run, prepared)];
  let mayHedge = true;
  while (racers.length > 0) {
    const timer = mayHedge ? afterMs(run, hedgeAfterMs) : undefined;
    await Promise.race([...racers.map(({ ended }) => ended), ...(timer === undefined ? [] : [timer.over])]);
    timer?.forget();
    if (racers.every(({ end }) => end === undefined)) {
      const other = retries.canSpend() ? await prepareNext(run) : undefined;
      if (other === undefined) mayHedge = false;
      // One may have ended while the other was being reserved.
      else if (racers.some(({ end }) => end !== undefined)) dropTry(run, other);
      else {
        retries.spend();
        racers.push(enterRace(run, other));
      }
      continue;
    }
    const winner = racers.find(({ end }) => end?.opened !== undefined);
    racers = racers.filter(({ end }) => end === undefined);
    if (winner === undefined) continue;
    for (const { running } of racers) running.abandon();
    return winner.end?.opened;
  }
  return undefined;
}

function failure(run: CallRun): ChoraleError {
  const { health, ports } = run.state;
  const now = ports.clock.now();
  if (run.cancel.signal.aborted) return callCutOff(now >= run.endsAt ? 'deadline' : 'caller');
  const coolingMs = (id: string): number | undefined => {
    const availability = availabilityOf(health.read(id), now);
    return availability.state === 'open' ? availability.until - now : undefined;
  };
  const last = run.fatal ?? run.lastFailure;
  if (last === undefined) {
    if (run.budgetError !== undefined) return run.budgetError;
    return nothingToTry(
      run.decision.candidates.map((one) => withReason(one, run.passedOver)),
      coolingMs,
    );
  }
  const waits = run.decision.order.map(({ id }) => coolingMs(id) ?? retryAfterMsDefault);
  return failedTries(last, run.tries, Math.max(1, Math.min(...waits)));
}

/** @throws why nothing answered; what was reserved is still to be settled. */
export async function openAnswer(run: CallRun): Promise<OpenedTry> {
  const { retries } = run.state;
  for (;;) {
    const prepared = await prepareNext(run);
    if (prepared === undefined) throw failure(run);
    if (run.cancel.signal.aborted) {
      dropTry(run, prepared);
      throw failure(run);
    }
    const isFirst = run.tries.length === 0;
    if (!isFirst) retries.spend();
    const { hedgeAfterMs } = run.call;
    const opened =
      hedgeAfterMs !== undefined ? await openHedged(run, prepared, hedgeAfterMs) : await startTry(run, prepared).end;
    if (opened !== undefined) {
      if (isFirst && run.tries.length === 0) retries.earn();
      return opened;
    }
    if (run.fatal !== undefined) throw failure(run);
  }
}
