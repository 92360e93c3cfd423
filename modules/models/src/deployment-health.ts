// What was seen of one deployment lately: whether it may be tried, how fast it answers, how often it fails.
//
// Owns:       the breaker, the cooling, the latency and the failure share. Time is passed in; every move gives a new state.
// Invariants: DH1 after a cooling one probe is let through; only its success ends the cooling.
//             DH2 an answer that began before a cooling does not end it.
//             DH3 a failure that is the request's own says nothing against the deployment.

import { failureRules, type FailureKind } from './failure.ts';

export interface CoolingDown {
  readonly kind: FailureKind;
  readonly until: number;
  /** How many in a row, each ended by a probe that failed; each lasts longer than the one before. */
  readonly repeats: number;
}

export interface Health {
  /** Tries that have not ended, answers that are being streamed included. */
  readonly inFlight: number;
  readonly failuresInARow: number;
  readonly cooling: CoolingDown | undefined;
  /** When the one probe after a cooling was sent. */
  readonly probeStartedAt: number | undefined;
  /** Decayed counts. */
  readonly failed: number;
  readonly tried: number;
  readonly countedAt: number;
  /** Milliseconds to the first byte: a slow mean, and a peak that decays towards it. */
  readonly firstByteMeanMs: number;
  readonly firstBytePeakMs: number;
  readonly timedAt: number;
  /** Milliseconds for each token of an answer. */
  readonly tokenMs: number;
}

/** Told of a try when it begins and given back when it ends. */
export interface TryTicket {
  readonly deploymentId: string;
  readonly startedAt: number;
  readonly isProbe: boolean;
}

export interface SeenFailure {
  readonly kind: FailureKind;
  readonly retryAfterMs?: number | undefined;
}

export const breakerFailures = 5;
const breakerMs = 10_000;
/** A cooling whose end the provider does not name doubles with each failed probe, up to this many times the first. */
const coolingGrowthMax = 16;
/** A provider that names a time weeks away is asked again within a day: accounts are topped up. */
const coolingMsMax = 24 * 3_600_000;
/** A probe whose end was never reported is given up. */
const probeMsMax = 120_000;

const countKept = 0.9;
const countHalfLifeMs = 120_000;
/** So that one failure of a deployment nobody knows is a third, not all of its tries. */
const countPrior = 2;

const peakDecayMs = 10_000;
const meanGain = 0.1;
/** Before anything was measured. */
const firstByteMsPrior = 800;
const tokenMsPrior = 15;

export const freshHealth: Health = {
  inFlight: 0,
  failuresInARow: 0,
  cooling: undefined,
  probeStartedAt: undefined,
  failed: 0,
  tried: 0,
  countedAt: 0,
  firstByteMeanMs: firstByteMsPrior,
  firstBytePeakMs: firstByteMsPrior,
  timedAt: 0,
  tokenMs: tokenMsPrior,
};

export type Availability =
  | { readonly state: 'closed' }
  /** One try may be made. */
  | { readonly state: 'half-open' }
  | { readonly state: 'open'; readonly until: number; readonly kind: FailureKind };

const closed: Availability = { state: 'closed' };
const halfOpen: Availability = { state: 'half-open' };

export function availabilityOf(health: Health, now: number): Availability {
  const { cooling, probeStartedAt } = health;
  if (cooling === undefined) return closed;
  if (now < cooling.until) return { state: 'open', until: cooling.until, kind: cooling.kind };
  if (probeStartedAt === undefined || now - probeStartedAt >= probeMsMax) return halfOpen;
  return { state: 'open', until: probeStartedAt + probeMsMax, kind: cooling.kind };
}

function decayCounts(health: Health, now: number): number {
  return health.tried === 0 ? 1 : 0.5 ** (Math.max(0, now - health.countedAt) / countHalfLifeMs);
}

/** The share of its tries that failed lately, 0 to 1. */
export function failureShare(health: Health, now: number): number {
  if (health.failed === 0) return 0;
  const decay = decayCounts(health, now);
  return (health.failed * decay) / (health.tried * decay + countPrior);
}

export function firstByteMs(health: Health, now: number): number {
  const age = Math.max(0, now - health.timedAt);
  return health.firstByteMeanMs + (health.firstBytePeakMs - health.firstByteMeanMs) * Math.exp(-age / peakDecayMs);
}

/** Peak-EWMA times what is under way: what two choices are compared by. */
export function loadOf(health: Health, now: number): number {
  return firstByteMs(health, now) * (health.inFlight + 1);
}

function counted(health: Health, now: number, failed: boolean): Health {
  const kept = decayCounts(health, now) * countKept;
  return { ...health, failed: health.failed * kept + (failed ? 1 : 0), tried: health.tried * kept + 1, countedAt: now };
}

export function onTryStarted(health: Health, now: number): { readonly health: Health; readonly isProbe: boolean } {
  const isProbe = availabilityOf(health, now).state === 'half-open';
  return {
    isProbe,
    health: { ...health, inFlight: health.inFlight + 1, probeStartedAt: isProbe ? now : health.probeStartedAt },
  };
}

function timed(health: Health, ticket: TryTicket, now: number): Health {
  const took = Math.max(0, now - ticket.startedAt);
  const age = Math.max(0, now - health.timedAt);
  const peak = firstByteMs(health, now);
  const first = health.timedAt === 0;
  return {
    ...health,
    firstByteMeanMs: first ? took : health.firstByteMeanMs + meanGain * (took - health.firstByteMeanMs),
    firstBytePeakMs: first || took > peak ? took : took + (peak - took) * Math.exp(-age / peakDecayMs),
    timedAt: now,
  };
}

export function onFirstByte(health: Health, ticket: TryTicket, now: number): Health {
  return onAlive(counted(timed(health, ticket, now), now, false), ticket);
}

/** Somebody else was faster: it takes at least this long, else it would look as fast as it was before. */
export function onTooSlow(health: Health, ticket: TryTicket, now: number): Health {
  return timed(health, ticket, now);
}

/** It answered. That ends a cooling only when it was asked for that, and clears what was counted before a cooling. */
function onAlive(health: Health, ticket: TryTicket): Health {
  if (ticket.isProbe) return { ...health, failuresInARow: 0, cooling: undefined, probeStartedAt: undefined };
  return health.cooling === undefined ? { ...health, failuresInARow: 0 } : health;
}

/** The answer has ended, well or badly; `tokens` in `tookMs` after the first byte, where that is known. */
export function onTryEnded(health: Health, pace?: { readonly tokens: number; readonly tookMs: number }): Health {
  const inFlight = Math.max(0, health.inFlight - 1);
  if (pace === undefined || pace.tokens <= 0) return { ...health, inFlight };
  return { ...health, inFlight, tokenMs: health.tokenMs + meanGain * (pace.tookMs / pace.tokens - health.tokenMs) };
}

export function onTryFailed(health: Health, ticket: TryTicket, seen: SeenFailure & { readonly at: number }): Health {
  const rule = failureRules[seen.kind];
  if (seen.kind === 'cancelled') return ticket.isProbe ? { ...health, probeStartedAt: undefined } : health;
  if (rule.cooling === 'none') return onAlive(health, ticket);
  const failed = { ...counted(health, seen.at, true), failuresInARow: health.failuresInARow + 1 };
  if (rule.cooling === 'breaker' && !ticket.isProbe && failed.failuresInARow < breakerFailures) return failed;
  // What was sent before the cooling began and fails during it tells nothing new, unless it knows a later end.
  const repeats = ticket.isProbe ? (health.cooling?.repeats ?? 0) + 1 : (health.cooling?.repeats ?? 0);
  const growth = Math.min(coolingGrowthMax, 2 ** repeats);
  const lasts = seen.retryAfterMs ?? (rule.coolingMs ?? breakerMs) * growth;
  const until = seen.at + Math.min(coolingMsMax, Math.max(0, lasts));
  const probeStartedAt = ticket.isProbe ? undefined : health.probeStartedAt;
  const { cooling } = failed;
  if (!ticket.isProbe && cooling !== undefined && cooling.until >= until) return { ...failed, probeStartedAt };
  return { ...failed, probeStartedAt, cooling: { kind: seen.kind, until, repeats } };
}
