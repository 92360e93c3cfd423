// A lane is a line of ready tasks that the same workers may take and the same limits hold for: one queue, one agent,
// one set of required labels, and where a project has a limit of its own, that project. Limits stop whole lanes, so a claim never reads past thousands of tasks it may not take.

export interface Lane {
  readonly queue: string;
  /** Empty for tasks that no agent does. */
  readonly agent: string;
  /** Labels a worker must have, sorted. */
  readonly requires: readonly string[];
  /** `TENANT:PROJECT` for tasks of a project that has a limit; empty for all others. */
  readonly project: string;
}

export const defaultQueue = 'default';

/** One name for equal lanes: `queue/agent/label,label/project`, trailing empty parts left out. */
export function laneName(lane: Lane): string {
  if (lane.project !== '') return `${lane.queue}/${lane.agent}/${lane.requires.join(',')}/${lane.project}`;
  if (lane.requires.length > 0) return `${lane.queue}/${lane.agent}/${lane.requires.join(',')}`;
  return lane.agent === '' ? lane.queue : `${lane.queue}/${lane.agent}`;
}

export function parseLane(name: string): Lane {
  const [queue = defaultQueue, agent = '', requires = '', project = ''] = name.split('/');
  return { queue, agent, requires: requires === '' ? [] : requires.split(','), project };
}

export interface LaneLimit {
  /** `queue:NAME`, `agent:NAME` or `project:TENANT:PROJECT`. */
  readonly scope: string;
  readonly maxRunning?: number;
  /** Starts per second, with bursts of up to `burst` (default: one second's worth, at least 1). */
  readonly ratePerSecond?: number;
  readonly burst?: number;
}

/** A token bucket, as a row. */
export interface RateState {
  readonly tokens: number;
  readonly at: number;
}

export function scopesOf(lane: Lane): readonly string[] {
  const scopes = [`queue:${lane.queue}`];
  if (lane.agent !== '') scopes.push(`agent:${lane.agent}`);
  if (lane.project !== '') scopes.push(`project:${lane.project}`);
  return scopes;
}

export function burstOf(limit: LaneLimit): number {
  return limit.burst ?? Math.max(1, Math.ceil(limit.ratePerSecond ?? 1));
}

/** What the bucket holds at `now`; a bucket never seen is full. */
export function refill(limit: LaneLimit, state: RateState | undefined, now: number): RateState {
  const burst = burstOf(limit);
  if (state === undefined) return { tokens: burst, at: now };
  const gained = ((now - state.at) / 1000) * (limit.ratePerSecond ?? 0);
  return gained <= 0 ? state : { tokens: Math.min(burst, state.tokens + gained), at: now };
}

/**
 * How many more tasks each limit allows now. Only limited scopes are in the answer.
 * `running` counts tasks by lane; it is read from the rows, so that no counter can drift.
 */
export function allowances(
  limits: readonly LaneLimit[],
  running: ReadonlyMap<string, number>,
  rates: ReadonlyMap<string, RateState>,
): Map<string, number> {
  const byScope = new Map<string, number>();
  for (const [name, count] of running) {
    for (const scope of scopesOf(parseLane(name))) byScope.set(scope, (byScope.get(scope) ?? 0) + count);
  }
  const allowed = new Map<string, number>();
  for (const limit of limits) {
    let left = Number.POSITIVE_INFINITY;
    if (limit.maxRunning !== undefined) left = Math.max(0, limit.maxRunning - (byScope.get(limit.scope) ?? 0));
    if (limit.ratePerSecond !== undefined) {
      left = Math.min(left, Math.floor(rates.get(limit.scope)?.tokens ?? burstOf(limit)));
    }
    allowed.set(limit.scope, left);
  }
  return allowed;
}

export function laneSuits(lane: Lane, labels: ReadonlySet<string>): boolean {
  return lane.requires.every((label) => labels.has(label));
}
