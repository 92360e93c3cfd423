// Whether every tenant gets its share: a lane with more work than workers, tenants that come and go, and claims of many
// sizes on the production engine. Rules F2, F3 and C2 of SPEC.md, checked after each claim.

import { SqliteEngine } from '@chorale/adapter-sqlite';
import { makeId, type TenantId, type WorkerId } from '@chorale/lib-ids';
import type { ClaimedTask, Command, PlanDefinition, Replies } from '@chorale/module-goals';
import { SeededRandom } from '../kernel/seeded-random.ts';

interface Share {
  readonly tenantId: TenantId;
  readonly weight: number;
  /** Since when it has had tasks waiting without a break. */
  backlogged: boolean;
  waiting: number;
  started: number;
}

const slotsMax = 6;

/** The first broken rule, or undefined. */
export function runFairHistory(seed: number): string | undefined {
  const history = new FairHistory(new SeededRandom(seed));
  try {
    for (let round = 0; round < 60; round++) {
      const failure = history.round();
      if (failure !== undefined) return failure;
    }
    return undefined;
  } finally {
    history.close();
  }
}

class FairHistory {
  readonly #random: SeededRandom;
  readonly #engine: SqliteEngine;
  readonly #shares: readonly Share[];
  readonly #workerId: WorkerId;
  #now = 1_800_000_000_000;
  #goals = 0;

  constructor(random: SeededRandom) {
    this.#random = random;
    this.#engine = SqliteEngine.open({ path: ':memory:', now: () => this.#now, random: random.fork().next });
    this.#shares = ['north', 'south', 'west'].slice(0, random.integer(2, 3)).map((name) => ({
      tenantId: name as TenantId,
      weight: random.integer(1, 4),
      backlogged: false,
      waiting: 0,
      started: 0,
    }));
    const tenantWeights = Object.fromEntries(this.#shares.map(({ tenantId, weight }) => [tenantId, weight]));
    this.#engine.configure({ lanes: [], tenantWeights, agingMs: 10_000_000, cancelGraceMs: 1_000, lossesMax: 5 });
    this.#workerId = makeId<'worker'>('worker', this.#now, random.next);
    const worker = { workerId: this.#workerId, name: 'fair', labels: [], version: '1' };
    this.#run({ command: 'register-worker', worker, leaseMs: 100_000_000 });
  }

  close(): void {
    this.#engine.close();
  }

  #run<C extends Command>(command: C): Replies[C['command']] {
    const [outcome] = this.#engine.runBatch([command]).outcomes;
    if (outcome === undefined || 'error' in outcome) throw new Error(`${command.command}: ${JSON.stringify(outcome)}`);
    return outcome.reply as Replies[C['command']];
  }

  /** Some tenants bring work, a claim takes some, and the shares are compared. */
  round(): string | undefined {
    this.#now += 10;
    for (const share of this.#shares) {
      if (share.waiting < slotsMax && this.#random.chance(share.backlogged ? 1 : 0.3)) this.#submit(share);
    }
    const slots = this.#random.integer(1, slotsMax);
    const { tasks } = this.#run({ command: 'claim-tasks', workerId: this.#workerId, slots });
    const waiting = this.#shares.reduce((sum, share) => sum + share.waiting, 0);
    if (tasks.length !== Math.min(slots, waiting))
      return `[F3] ${tasks.length} of ${waiting} tasks were given to ${slots} slots`;
    for (const task of tasks) this.#finish(task);
    return this.#compare();
  }

  #submit(share: Share): void {
    const count = this.#random.integer(slotsMax, 3 * slotsMax);
    this.#goals += 1;
    const definition: PlanDefinition = {
      workflow: 'fair',
      inputs: {},
      tasks: Array.from({ length: count }, (_, index) => ({ key: `t${index}`, kind: 'tool', tool: 'work', needs: [] })),
    };
    this.#run({
      command: 'submit-goal',
      tenantId: share.tenantId,
      goalId: makeId<'goal'>('goal', this.#now, this.#random.next),
      title: 'fair',
      definition,
      planHash: `fair-${this.#goals}`,
      inputs: {},
      priority: 2,
      requestedBy: 'fair',
    });
    share.waiting += count;
    if (share.backlogged) return;
    share.backlogged = true;
    // From now on it competes: what others had before is no debt (F2).
    for (const one of this.#shares) one.started = 0;
  }

  #finish({ task }: ClaimedTask): void {
    const share = this.#shares.find(({ tenantId }) => tenantId === task.tenantId);
    if (share !== undefined) {
      share.started += 1;
      share.waiting -= 1;
      if (share.waiting === 0) share.backlogged = false;
    }
    const { tenantId, goalId, no: taskNo, attempt } = task;
    this.#run({
      command: 'finish-attempt',
      tenantId,
      goalId,
      taskNo,
      attempt,
      result: { outcome: 'succeeded', output: null },
    });
  }

  #compare(): string | undefined {
    const backlogged = this.#shares.filter((share) => share.backlogged);
    for (const one of backlogged) {
      for (const other of backlogged) {
        const ahead = one.started / one.weight - other.started / other.weight;
        // One task of each, and as much again for where the lane's clock stood when the younger of them came.
        const bound = 2 * (1 / one.weight + 1 / other.weight);
        if (ahead > bound) {
          return `[F3] ${one.tenantId} (weight ${one.weight}) started ${one.started} tasks while ${other.tenantId} (weight ${other.weight}) started ${other.started}`;
        }
      }
    }
    return undefined;
  }
}
