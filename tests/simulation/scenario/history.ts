// One history: a seed makes a cluster, goals, trouble and people; at its end everything must have come to an end.

import { defaultTenant, type TenantId } from '@chorale/lib-ids';
import type { EngineLimits } from '@chorale/module-goals';
import { startScheduler } from '../cluster/scheduler-process.ts';
import { startWorker } from '../cluster/worker-process.ts';
import { World } from '../cluster/world.ts';
import type { SeededRandom } from '../kernel/seeded-random.ts';
import { checkOutcomes } from '../oracle/check-outcomes.ts';
import { isGoalOver } from '../oracle/rows.ts';
import { Client } from './client.ts';
import { labels } from './random-plan.ts';

export interface HistoryResult {
  readonly seed: number;
  /** The first rule that was broken; undefined when all held. */
  readonly failure: string | undefined;
  readonly hash: string;
  readonly steps: number;
  readonly goals: number;
  /** Goals whose outcome was compared with the model's. */
  readonly predicted: number;
  readonly hits: ReadonlyMap<string, number>;
  readonly trace: readonly string[] | undefined;
}

/** After the faults have stopped, everything ends within this; the longest wait is a minute's backoff, three times. */
const livenessMs = 15 * 60_000;
const stepsMax = 60_000;

const tenants = [defaultTenant, 'north' as TenantId, 'south' as TenantId];

function drawLimits(random: SeededRandom): EngineLimits {
  const lanes = random.chance(0.5)
    ? []
    : [
        { scope: 'queue:narrow', maxRunning: random.integer(1, 2) },
        ...(random.chance(0.5) ? [{ scope: 'agent:scout', maxRunning: 1 }] : []),
        ...(random.chance(0.3) ? [{ scope: 'queue:slow', ratePerSecond: random.pick([0.5, 5]) }] : []),
      ];
  return {
    lanes,
    tenantWeights: { north: random.integer(1, 4), south: 1 },
    agingMs: random.pick([2_000, 60_000]),
    cancelGraceMs: random.pick([500, 5_000]),
    lossesMax: random.pick([1, 5]),
  };
}

export async function runHistory(
  seed: number,
  { trace = false }: { readonly trace?: boolean } = {},
): Promise<HistoryResult> {
  const world = new World(seed, { limits: drawLimits, trace });
  try {
    await live(world);
    const predicted =
      world.failure === undefined ? checkOutcomes(world.rows, (rule, what) => world.fail(rule, what)) : 0;
    return {
      seed,
      failure: world.failure,
      hash: world.trace.hash,
      steps: world.time.steps,
      goals: world.rows.goals().length,
      predicted,
      hits: world.faults.hits,
      trace: world.trace.lines,
    };
  } finally {
    world.store.close();
  }
}

async function live(world: World): Promise<void> {
  startCluster(world);
  const client = new Client(world, 'client');
  // The longest is more than two leases: what a scheduler does about a lost worker happens under fire as well.
  const safetyMs = world.random.pick([5_000, 12_000, 30_000, 75_000]);
  planVisits(world, client, safetyMs);
  const broken = (): boolean => world.failure !== undefined || world.time.steps > stepsMax;
  await world.time.run({ untilAt: world.time.now + safetyMs, until: broken });
  world.trace.add('world', 'nothing goes wrong any more');
  world.faults.stop();
  answerAll(world, client);
  await world.time.run({ untilAt: world.time.now + livenessMs, until: () => broken() || world.oracle.allOver });
  if (world.failure === undefined && !world.oracle.allOver) world.fail('G2', `never ends: ${describeOpen(world)}`);
  if (world.failure === undefined) world.oracle.finish();
}

function startCluster(world: World): void {
  const { random } = world;
  const count = random.integer(1, 3);
  for (let index = 1; index <= count; index++) {
    // The first has every label, so that no task waits for a worker that never comes.
    startWorker(world, {
      name: `worker${index}`,
      labels: index === 1 ? labels : random.pickSome(labels, 1),
      slots: random.integer(1, 4),
    });
  }
  for (let index = random.integer(1, 2); index > 0; index--) startScheduler(world, `scheduler${index}`);
}

function planVisits(world: World, client: Client, safetyMs: number): void {
  const { random, time } = world;
  const shape = { tasksMax: random.pick([2, 5, 9]), failing: random.pick([0, 0.1, 0.3]) };
  for (let goals = random.integer(1, 4); goals > 0; goals--) {
    const tenantId = random.pick(tenants);
    time.schedule(random.integer(0, safetyMs / 3), () => void client.submit(tenantId, shape));
  }
  for (let visits = random.pick([0, 0, 1, 3, 8]); visits > 0; visits--) {
    time.schedule(random.integer(100, safetyMs), () => void client.intervene());
  }
  for (let visits = random.integer(0, 4); visits > 0; visits--) {
    time.schedule(random.integer(500, safetyMs), () => void client.answer({ all: false }));
  }
}

function answerAll(world: World, client: Client): void {
  void client.answer({ all: true });
  world.time.schedule(2_000, () => answerAll(world, client));
}

function describeOpen({ rows }: World): string {
  const open = rows.goals().filter(({ state }) => !isGoalOver(state));
  return open
    .map(({ goal_id: goalId, state }) => {
      const tasks = rows
        .tasks(goalId)
        .map((task) => `${task.key} ${task.state}${task.reason === null ? '' : ` (${task.reason})`}`);
      return `goal ${goalId.slice(-4)} is ${state}: ${tasks.join(', ')}`;
    })
    .join('; ');
}
