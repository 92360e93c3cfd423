// A process of the cluster as the simulator sees it: the code inside is the production code, and everything it waits
// for passes through here, where it may be crashed, frozen, or cut off from the store.
//
// Invariants: PR1 a process that has crashed does nothing more: what it waits for never comes.
//             PR2 a frozen process goes on where it was when it thaws; meanwhile the world has moved on.
//             PR3 a command that was lost, or whose reply was, is told to the process as a temporary failure: it
//                 cannot tell the two apart.

import { temporary, type ChoraleError } from '@chorale/lib-errors';
import type { Clock } from '@chorale/lib-time';
import type { Command, CommitHint, ReplyOf } from '@chorale/module-goals';
import {
  claimFaults,
  clientFaults,
  commandFaults,
  hintFaults,
  localFaults,
  readFaults,
  toolFaults,
} from '../kernel/faults.ts';
import type { StoreReads } from './sim-store.ts';
import type { World } from './world.ts';

/** How long a frozen process stands still: from a pause nobody notices to one that outlives the lease. */
const freezeMs = [200, 5_000, 25_000, 45_000, 70_000] as const;
const lateMs = [300, 3_000, 12_000, 35_000] as const;
/** After this a process no longer waits for the answer to a command. */
const answerTimeoutMs = 3_000;

export class SimProcess {
  readonly name: string;
  readonly world: World;
  readonly #role: string;
  #alive = true;
  #thawAt = 0;
  /** Called once when the process has crashed or ended. */
  onEnd: () => void = () => {};

  constructor(world: World, role: string, name: string) {
    this.world = world;
    this.name = name;
    this.#role = role;
  }

  get alive(): boolean {
    return this.#alive;
  }

  crash(why: string): void {
    if (!this.#alive) return;
    this.world.trace.add(this.name, `crashes: ${why}`);
    this.end();
  }

  end(): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.onEnd();
  }

  #freeze(why: string): void {
    const forMs = this.world.random.pick(freezeMs);
    this.#thawAt = Math.max(this.#thawAt, this.world.time.now + forMs);
    this.world.trace.add(this.name, `freezes for ${forMs} ms: ${why}`);
  }

  /** Runs code of the process: at once, when it thaws, or never. */
  resume(run: () => void): void {
    if (!this.#alive) return;
    const leftMs = this.#thawAt - this.world.time.now;
    if (leftMs > 0) this.world.time.schedule(leftMs, () => this.resume(run));
    else run();
  }

  readonly clock: Clock = {
    now: () => this.world.time.now,
    schedule: (delayMs, callback) => {
      let takenBack = false;
      const takeBack = this.world.time.schedule(delayMs, () =>
        this.resume(() => {
          if (!takenBack) callback();
        }),
      );
      return () => {
        takenBack = true;
        takeBack();
      };
    },
  };

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.clock.schedule(delayMs, resolve));
  }

  // To the store and back

  execute<C extends Command>(command: C): Promise<ReplyOf<C>> {
    return new Promise((resolve, reject) => {
      this.resume(() => this.#send(command, { resolve: (reply) => resolve(reply as ReplyOf<C>), reject }));
    });
  }

  #send(command: Command, answer: Answer): void {
    const point = `${this.#role} ${command.command}`;
    const fault = this.world.faults.draw(point, this.#role === 'client' ? clientFaults : faultsOf(command));
    if (fault !== undefined) this.world.trace.add(this.name, `${command.command}: ${fault}`);
    if (fault === 'crash-before-send') return this.crash(`before it sends ${command.command}`);
    if (fault === 'freeze-before-send') {
      this.#freeze(`before it sends ${command.command}`);
      return this.resume(() => this.#transmit(command, answer));
    }
    this.#transmit(command, answer, fault);
    if (fault === 'crash-after-send') this.crash(`having sent ${command.command}`);
  }

  #transmit(command: Command, answer: Answer, fault?: (typeof commandFaults)[number]): void {
    const { time, random, store } = this.world;
    const giveUp = () => {
      const unknown = temporary('store-unreachable', `The store gave no answer to ${command.command}.`);
      this.clock.schedule(answerTimeoutMs, () => answer.reject(unknown));
    };
    if (fault === 'request-lost') return giveUp();
    if (fault === 'reply-lost') giveUp();
    const settle = (run: () => void): void => {
      const delayMs = fault === 'reply-late' ? random.pick(lateMs) : random.integer(0, 4);
      if (fault === 'reply-lost') return;
      time.schedule(delayMs, () => this.#arrive(run, { fault, what: `the reply to ${command.command}` }));
    };
    const deliver = (): void => {
      store.execute(command).then(
        (reply) => settle(() => answer.resolve(reply)),
        (error: ChoraleError) => settle(() => answer.reject(error)),
      );
    };
    time.schedule(fault === 'request-late' ? random.pick(lateMs) : random.integer(0, 4), deliver);
    if (fault === 'delivered-twice') {
      time.schedule(random.pick(lateMs), () => void store.execute(command).catch(() => {}));
    }
  }

  #arrive(run: () => void, { fault, what }: { readonly fault: string | undefined; readonly what: string }): void {
    if (!this.#alive) return;
    if (fault === 'crash-on-reply') return this.crash(`at ${what}`);
    if (fault === 'freeze-on-reply') this.#freeze(`at ${what}`);
    this.resume(run);
  }

  read<Value>(name: string, ask: (reads: StoreReads) => Value): Promise<Value> {
    return new Promise((resolve, reject) => {
      this.resume(() => {
        const { time, random, faults, store } = this.world;
        const fault = faults.draw(`${this.#role} ${name}`, readFaults);
        if (fault === 'reply-lost') {
          const unknown = temporary('store-unreachable', `The store gave no answer to ${name}.`);
          this.clock.schedule(answerTimeoutMs, () => reject(unknown));
          return;
        }
        time.schedule(random.integer(0, 4), () => {
          const value = ask(store.reads);
          const delayMs = fault === 'reply-late' ? random.pick(lateMs) : random.integer(0, 4);
          time.schedule(delayMs, () => this.#arrive(() => resolve(value), { fault, what: `the reply to ${name}` }));
        });
      });
    });
  }

  onCommit(listener: (hint: CommitHint) => void): () => void {
    return this.world.store.onCommit((hint) => {
      if (!this.#alive) return;
      const fault = this.world.faults.draw(`${this.#role} hint`, hintFaults);
      if (fault === 'hint-lost') return;
      const delayMs = fault === 'hint-late' ? this.world.random.pick(lateMs) : this.world.random.integer(0, 3);
      this.world.time.schedule(delayMs, () => this.resume(() => listener(hint)));
    });
  }

  // Inside the process

  /** Work of the process's own that takes a while; `act` is the moment at which it has its effect. */
  perform<Value>(name: string, act: () => Value, durationMs = 1): Promise<Value> {
    return new Promise((resolve, reject) => {
      this.resume(() => {
        const point = `${this.#role} ${name}`;
        const fault = this.world.faults.draw(point, name === 'tool' ? toolFaults : localFaults);
        if (fault === 'crash-before') return this.crash(`before ${name}`);
        if (fault === 'freeze-before') this.#freeze(`before ${name}`);
        const takesMs = fault === 'slow' ? this.world.random.pick(lateMs) : durationMs;
        // The effect comes somewhere in the middle of the call, and the call may be cut off on either side of it.
        this.clock.schedule(takesMs / 2, () =>
          this.#effect({ act, fault, name, restMs: takesMs / 2, resolve, reject }),
        );
      });
    });
  }

  #effect<Value>(work: Effect<Value>): void {
    let end: () => void;
    try {
      const value = work.act();
      end = () => work.resolve(value);
    } catch (error) {
      end = () => work.reject(error as Error);
    }
    if (work.fault === 'crash-after') return this.crash(`after ${work.name}`);
    if (work.fault === 'freeze-after') this.#freeze(`after ${work.name}`);
    this.clock.schedule(work.restMs, end);
  }
}

interface Answer {
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface Effect<Value> {
  readonly act: () => Value;
  readonly fault: string | undefined;
  readonly name: string;
  readonly restMs: number;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: Error) => void;
}

function faultsOf({ command }: Command): readonly (typeof commandFaults)[number][] {
  return command === 'claim-tasks' ? claimFaults : commandFaults;
}
