// Everything of one history, in one place: time, chance, trouble, the store, and the checker that looks at it.

import type { Command, EngineLimits } from '@chorale/module-goals';
import type { GoalId } from '@chorale/lib-ids';
import { Faults } from '../kernel/faults.ts';
import { SeededRandom } from '../kernel/seeded-random.ts';
import { Trace } from '../kernel/trace.ts';
import { VirtualTime } from '../kernel/virtual-time.ts';
import { Oracle } from '../oracle/oracle.ts';
import { Rows } from '../oracle/rows.ts';
import { SimStore, type BatchOutcome } from './sim-store.ts';
import type { Effect } from './tool-world.ts';
import { Watch } from './watch.ts';

const beginning = 1_800_000_000_000;

export class World {
  readonly random: SeededRandom;
  readonly engineRandom: SeededRandom;
  readonly time: VirtualTime;
  readonly trace: Trace;
  readonly faults: Faults;
  readonly store: SimStore;
  readonly rows: Rows;
  readonly watch: Watch;
  readonly oracle: Oracle;
  /** The first broken rule; the history ends there. */
  failure: string | undefined;

  constructor(
    seed: number,
    { limits, trace }: { readonly limits: (random: SeededRandom) => EngineLimits; readonly trace: boolean },
  ) {
    this.random = new SeededRandom(seed);
    this.engineRandom = this.random.fork();
    this.time = new VirtualTime(beginning, this.random.fork());
    this.trace = new Trace(() => this.time.now, trace);
    this.faults = new Faults(this.random.fork());
    const drawn = limits(this.random.fork());
    this.store = new SimStore(this, drawn);
    this.rows = new Rows(this.store.database);
    this.watch = new Watch(this.rows);
    const report = (rule: string, what: string): void => this.fail(rule, what);
    this.oracle = new Oracle({ rows: this.rows, limits: drawn, now: () => this.time.now, report });
  }

  fail(rule: string, what: string): void {
    this.trace.add('BROKEN', `[${rule}] ${what}`);
    this.failure ??= `[${rule}] ${what}`;
  }

  onBatch(commands: readonly Command[], outcome: BatchOutcome): void {
    for (const [index, command] of commands.entries())
      this.trace.add('store', describe(command, outcome.outcomes[index]));
    try {
      this.oracle.afterBatch(commands, outcome);
    } catch (error) {
      this.fail('checker', error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  }

  onAcknowledged(goalId: GoalId): void {
    this.oracle.onAcknowledged(goalId);
  }

  readonly onEffect = (effect: Effect): void => {
    this.trace.add(
      effect.process,
      `acts for task ${effect.taskNo} of ${effect.goalId.slice(-4)}, run ${effect.run}, attempt ${effect.attempt}`,
    );
    this.oracle.onEffect(effect);
  };
}

function describe(command: Command, outcome: BatchOutcome['outcomes'][number] | undefined): string {
  const fields = command as {
    goalId?: string;
    taskNo?: number;
    attempt?: number;
    workerId?: string;
    result?: { outcome: string };
    taskKey?: string;
    name?: string;
  };
  const about = [
    fields.goalId?.slice(-4),
    fields.taskKey ?? fields.taskNo ?? fields.name,
    fields.attempt === undefined ? undefined : `attempt ${fields.attempt}`,
    fields.workerId?.slice(-4),
    fields.result?.outcome,
  ].filter((part) => part !== undefined);
  return `${command.command} ${about.join(' ')} -> ${outcome === undefined ? 'nothing' : endOf(outcome)}`;
}

function endOf(outcome: BatchOutcome['outcomes'][number]): string {
  if ('error' in outcome) return outcome.error.code;
  if (!('tasks' in outcome.reply)) return 'done';
  return (
    outcome.reply.tasks.map(({ task }) => `${task.goalId.slice(-4)}/${task.key}#${task.attempt}`).join(' ') || 'nothing'
  );
}
