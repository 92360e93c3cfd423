// Choosing which ready tasks a worker gets.
//
// Owns:       limits, placement, fairness and order. Does not own how waiting tasks are found: it asks for them, and
//             a store answers, at once or after a round trip.
// Invariants: C1 no limit of a queue or an agent is passed.
//             C2 a higher class goes first; in a class, tenants by their shares; of a tenant, the oldest goal first.
//             C3 a task whose required labels the worker lacks is never given to it.
import type { TenantId } from '@chorale/lib-ids';
import {
  allot,
  allowances,
  laneSuits,
  parseLane,
  refill,
  scopesOf,
  type Allotment,
  type RateState,
} from '@chorale/module-scheduling';
import type { ClaimedTask } from './command.ts';
import type { EngineLimits } from './goal-store.ts';
import type { Worker } from './records.ts';
import { startTask } from './task-life.ts';
import type { Task } from './task.ts';
import type { WorkingSet } from './working-set.ts';

/** The ready tasks of one tenant in one lane and class. */
export interface Flow {
  readonly lane: string;
  readonly priority: number;
  readonly tenantId: TenantId;
}

/** Asks the store for the first `count` ready tasks of the flow, oldest goal first. */
export type FlowRequest = Flow & { readonly count: number };

/** To be added to the tenant's virtual time in the lane, from `floor` at least. */
export interface ShareCost {
  readonly tenantId: TenantId;
  readonly lane: string;
  readonly floor: number;
  readonly cost: number;
}

export interface Claim {
  readonly tasks: readonly ClaimedTask[];
  readonly costs: readonly ShareCost[];
  /** The virtual time of each lane that gave tasks. */
  readonly clocks: ReadonlyMap<string, number>;
}

/** What the store shows about limits; undefined in a plan when no limit is set and nobody had to count. */
export interface Occupancy {
  /** By lane. */
  readonly running: ReadonlyMap<string, number>;
  readonly runningOfTenants: ReadonlyMap<string, number>;
  readonly rates: ReadonlyMap<string, RateState>;
}

/** Whether a claim must know what runs. */
export function needsOccupancy({ lanes, tenantRunningMax = {} }: EngineLimits): boolean {
  return lanes.length > 0 || Object.keys(tenantRunningMax).length > 0;
}

/** The lanes a worker may take from. */
export function suitableLanes(lanes: Iterable<string>, worker: Worker): readonly string[] {
  const labels = new Set(worker.labels);
  return [...lanes].filter((name) => laneSuits(parseLane(name), labels));
}

export interface ClaimRequest {
  readonly worker: Worker;
  readonly slots: number;
  /** Those the store shows; what the batch itself made ready is added to them. */
  readonly flows: readonly Flow[];
  /** Virtual times of the tenants, by `shareKey`, for these flows and the fresh ones. */
  readonly served: ReadonlyMap<string, number>;
  /** Virtual times of the lanes; 0 for one that is not there. */
  readonly clocks: ReadonlyMap<string, number>;
  readonly occupancy: Occupancy | undefined;
}

interface FlowState extends Flow {
  readonly served: number | undefined;
  /** Nothing of it is left to give. */
  spent: boolean;
  /** Ready in this batch: the store does not show these. */
  readonly fresh: Task[];
  started: number;
}

/**
 * Starts up to `slots` tasks. A generator, so that one text serves stores that answer at once and stores that do not:
 * it yields what it wants to see and is resumed with the rows, one list for each request.
 */
export function* claimTasks(
  set: WorkingSet,
  request: ClaimRequest,
): Generator<readonly FlowRequest[], Claim, readonly (readonly Task[])[]> {
  const allowed = request.occupancy === undefined ? new Map<string, number>() : allowedNow(set, request.occupancy);
  const flows = joinFlows(set, request);
  const clocks = new Map<string, number>();
  const tasks: ClaimedTask[] = [];
  for (let left = request.slots; left > 0; left = request.slots - tasks.length) {
    const chosen = chooseFlows({ flows, allowed, clocks, given: request.clocks, limits: set.context.limits }, left);
    if (chosen.length === 0) break;
    const taken = set.countTaken();
    const answers = yield chosen.map(({ flow, count }) => ({ ...keyOf(flow), count: count + taken }));
    for (const [index, { flow, count }] of chosen.entries()) {
      const found = waitingOf(set, flow, answers[index] ?? []).slice(0, count);
      flow.spent = found.length < count;
      for (const task of found) tasks.push(set.run(() => start(set, task, request.worker)));
      flow.started += found.length;
      spend(allowed, flow, found.length);
    }
  }
  return { tasks, costs: costsOf(flows, request.clocks, set.context.limits), clocks };
}

function keyOf({ lane, priority, tenantId }: Flow): Flow {
  return { lane, priority, tenantId };
}

export function shareKey({ tenantId, lane }: Pick<Flow, 'tenantId' | 'lane'>): string {
  return `${tenantId} ${lane}`;
}

/** Tenants and lanes that this batch made tasks ready in: a store reads their virtual times too. */
export function freshShares(set: WorkingSet): readonly Pick<Flow, 'tenantId' | 'lane'>[] {
  return [
    ...new Map(
      set.readyTasks().map(({ tenantId, lane }) => [shareKey({ tenantId, lane }), { tenantId, lane }]),
    ).values(),
  ];
}

/** The flows the store shows together with what this batch made ready. */
function joinFlows(set: WorkingSet, { flows, served, worker }: ClaimRequest): readonly FlowState[] {
  const joined = new Map<string, FlowState>();
  const find = (flow: Flow): FlowState => {
    const key = `${flow.priority} ${shareKey(flow)}`;
    let state = joined.get(key);
    if (state === undefined) {
      state = { ...flow, served: served.get(shareKey(flow)), spent: false, fresh: [], started: 0 };
      joined.set(key, state);
    }
    return state;
  };
  for (const flow of flows) find(flow);
  const labels = new Set(worker.labels);
  for (const task of set.readyTasks()) if (laneSuits(parseLane(task.lane), labels)) find(keyOf(task)).fresh.push(task);
  return [...joined.values()];
}

interface Choice {
  readonly flows: readonly FlowState[];
  readonly allowed: ReadonlyMap<string, number>;
  /** Virtual times as this claim has moved them. */
  readonly clocks: Map<string, number>;
  readonly given: ReadonlyMap<string, number>;
  readonly limits: EngineLimits;
}

/** Shares `slots` out among the flows of the highest class that has any: its lanes alike, tenants by their weights. */
function chooseFlows(choice: Choice, slots: number): readonly { readonly flow: FlowState; readonly count: number }[] {
  const { stoppedTenants = [] } = choice.limits;
  const open = choice.flows.filter(
    (flow) => !flow.spent && !stoppedTenants.includes(flow.tenantId) && allowance(choice.allowed, flow) > 0,
  );
  const highest = Math.min(...open.map(({ priority }) => priority));
  // Lanes of one queue or agent share its limit: what one is given, the next may not have.
  const allowed = new Map(choice.allowed);
  const lanes = new Map<string, FlowState[]>();
  for (const flow of open) if (flow.priority === highest) lanes.set(flow.lane, [...(lanes.get(flow.lane) ?? []), flow]);
  const chosen: { flow: FlowState; count: number }[] = [];
  let left = slots;
  let lanesLeft = lanes.size;
  for (const [lane, flows] of lanes) {
    const most = Math.min(Math.ceil(left / lanesLeft), leftOf(allowed, scopesOf(parseLane(lane))));
    lanesLeft -= 1;
    if (most <= 0) continue;
    const { counts, clock } = allotLane(choice, flows, most);
    choice.clocks.set(lane, clock);
    for (const [index, flow] of flows.entries()) {
      const count = Math.min(counts[index] ?? 0, leftOf(allowed, [tenantScope(flow.tenantId)]));
      if (count > 0) chosen.push({ flow, count });
      left -= count;
      spend(allowed, flow, count);
    }
  }
  return chosen;
}

function allotLane({ clocks, given, limits }: Choice, flows: readonly FlowState[], slots: number): Allotment {
  const lane = flows[0]?.lane ?? '';
  const clock = clocks.get(lane) ?? given.get(lane) ?? 0;
  const backlogs = flows.map(({ tenantId, served, started }) => {
    const weight = limits.tenantWeights[tenantId] ?? 1;
    const servedNow = started === 0 ? served : Math.max(served ?? 0, given.get(lane) ?? 0) + started / weight;
    return { served: servedNow, weight, waiting: slots };
  });
  return allot(backlogs, clock, slots);
}

/** Ready tasks of the flow: those the store shows, less what this batch has changed, and those it made ready. */
function waitingOf(set: WorkingSet, flow: FlowState, shown: readonly Task[]): readonly Task[] {
  const fresh = flow.fresh.filter((task) => set.touchedTask(task.goalId, task.no)?.state === 'ready');
  return [...shown.filter((task) => set.touchedTask(task.goalId, task.no) === undefined), ...fresh].toSorted(byGoal);
}

function byGoal(a: Task, b: Task): number {
  if (a.goalId !== b.goalId) return a.goalId < b.goalId ? -1 : 1;
  return a.no - b.no;
}

function start(set: WorkingSet, candidate: Task, worker: Worker): ClaimedTask {
  const goal = set.editGoal(candidate.tenantId, candidate.goalId);
  const task = set.editTask(candidate.goalId, candidate.no);
  startTask({ set, goal, task }, worker.workerId);
  const { projectId, title, workflow, inputs, planHash, requestedBy, deadlineAt, depth, restoredIn } = goal;
  return { task, goal: { projectId, title, workflow, inputs, planHash, requestedBy, deadlineAt, depth, restoredIn } };
}

function costsOf(
  flows: readonly FlowState[],
  clocks: ReadonlyMap<string, number>,
  limits: EngineLimits,
): readonly ShareCost[] {
  const costs = new Map<string, ShareCost>();
  for (const { tenantId, lane, started } of flows) {
    if (started === 0) continue;
    const cost = (costs.get(`${tenantId} ${lane}`)?.cost ?? 0) + started / (limits.tenantWeights[tenantId] ?? 1);
    costs.set(`${tenantId} ${lane}`, { tenantId, lane, floor: clocks.get(lane) ?? 0, cost });
  }
  return [...costs.values()];
}

function allowedNow(set: WorkingSet, occupancy: Occupancy): Map<string, number> {
  const { limits, now } = set.context;
  const running = new Map(occupancy.running);
  for (const [lane, delta] of set.runningDelta('lane')) running.set(lane, (running.get(lane) ?? 0) + delta);
  const rates = new Map(
    limits.lanes.map((limit) => [limit.scope, refill(limit, occupancy.rates.get(limit.scope), now)]),
  );
  const allowed = allowances(limits.lanes, running, rates);
  const delta = set.runningDelta('tenantId');
  for (const [tenantId, most] of Object.entries(limits.tenantRunningMax ?? {})) {
    const runs = (occupancy.runningOfTenants.get(tenantId) ?? 0) + (delta.get(tenantId) ?? 0);
    allowed.set(tenantScope(tenantId), Math.max(0, most - runs));
  }
  return allowed;
}

function tenantScope(tenantId: string): string {
  return `tenant:${tenantId}`;
}

function scopesOfFlow({ lane, tenantId }: Pick<Flow, 'lane' | 'tenantId'>): readonly string[] {
  return [...scopesOf(parseLane(lane)), tenantScope(tenantId)];
}

function allowance(allowed: ReadonlyMap<string, number>, flow: Flow): number {
  return leftOf(allowed, scopesOfFlow(flow));
}

function leftOf(allowed: ReadonlyMap<string, number>, scopes: readonly string[]): number {
  return Math.min(...scopes.map((scope) => allowed.get(scope) ?? Number.POSITIVE_INFINITY));
}

function spend(allowed: Map<string, number>, flow: Flow, count: number): void {
  for (const scope of scopesOfFlow(flow)) {
    const left = allowed.get(scope);
    if (left !== undefined) allowed.set(scope, left - count);
  }
}

/** The buckets after these starts, for the scopes that have a rate. */
export function spendRates(
  set: WorkingSet,
  rates: ReadonlyMap<string, RateState>,
  started: readonly ClaimedTask[],
): Map<string, RateState> {
  const spent = new Map<string, number>();
  for (const { task } of started) {
    for (const scope of scopesOf(parseLane(task.lane))) spent.set(scope, (spent.get(scope) ?? 0) + 1);
  }
  const after = new Map<string, RateState>();
  for (const limit of set.context.limits.lanes) {
    const count = spent.get(limit.scope);
    if (limit.ratePerSecond === undefined || count === undefined) continue;
    const state = refill(limit, rates.get(limit.scope), set.now);
    after.set(limit.scope, { tokens: state.tokens - count, at: state.at });
  }
  return after;
}
