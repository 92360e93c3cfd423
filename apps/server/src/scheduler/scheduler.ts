// Turns time into commands: timers, retries, start times, deadlines, cron schedules, tasks of workers that are gone.
//
// Owns:       nothing but the moment at which it looks next. What is due is in the rows, and each command is checked
//             again when it runs, so that any number of schedulers may run side by side.
// Invariants: SC1 it looks at least once every `pollMs`, whatever hints are lost.
//             SC2 what cannot be done does not keep the rest from being done, and is not tried again without a pause.

import { toErrorRecord } from '@chorale/lib-errors';
import type { Clock } from '@chorale/lib-time';
import type { DueWork, GoalStore } from '@chorale/module-goals';
import { Sleeper } from '../process/clock.ts';
import type { Log } from '../process/log.ts';
import type { Service } from '../process/service.ts';

export interface SchedulerOptions {
  readonly store: Pick<GoalStore, 'findDue' | 'execute' | 'onCommit'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly pollMs?: number;
}

/** How much is taken on at once; more than that is found by looking again. */
const batchSize = 256;
const pollMsDefault = 1_000;

export class Scheduler implements Service {
  readonly name = 'scheduler';
  readonly #options: SchedulerOptions;
  readonly #sleeper: Sleeper;
  #ending = false;
  #ended: Promise<void> = Promise.resolve();
  /** When it looks again; hints may bring it forward. */
  #nextAt = 0;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#sleeper = new Sleeper(options.clock);
  }

  async run(): Promise<void> {
    const unsubscribe = this.#options.store.onCommit(({ wakeAt }) => {
      if (wakeAt === undefined || wakeAt >= this.#nextAt) return;
      this.#nextAt = wakeAt;
      this.#sleeper.wake();
    });
    this.#ended = this.#loop().finally(unsubscribe);
    return this.#ended;
  }

  async drain(): Promise<void> {
    this.#ending = true;
    this.#sleeper.wake();
    await this.#ended;
  }

  async stop(): Promise<void> {
    await this.drain();
  }

  async #loop(): Promise<void> {
    const { clock, log, pollMs = pollMsDefault } = this.#options;
    while (!this.#ending) {
      // Set before looking: a hint that comes meanwhile may still bring it forward.
      this.#nextAt = clock.now() + pollMs;
      try {
        const due = await this.#options.store.findDue(batchSize);
        const done = await this.#executeAll(due);
        if (done > 0 && due.commands.length === batchSize) continue;
        this.#nextAt = Math.min(this.#nextAt, due.nextAt ?? this.#nextAt);
      } catch (error) {
        log.warn('cannot look for what is due', { error });
      }
      await this.#sleeper.sleep(this.#nextAt - clock.now());
    }
  }

  /** How many were done. */
  async #executeAll({ commands }: DueWork): Promise<number> {
    const { store, log } = this.#options;
    const outcomes = await Promise.allSettled(commands.map((command) => store.execute(command)));
    let done = 0;
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === 'fulfilled') {
        done += 1;
        continue;
      }
      const fields = { command: commands[index]?.command, error: outcome.reason as unknown };
      // Refused: another scheduler was first, or the goal has moved on.
      if (toErrorRecord(outcome.reason).family === 'refused') log.debug('what was due is no longer', fields);
      else log.error('what is due cannot be done', fields);
    }
    return done;
  }
}
