// Gathers commands that come while others are being written, so that many share one commit.
//
// Owns:       the line of commands that wait. Does not own what running them means.
// Invariants: CB1 commands are handed on in the order they came; each promise is settled by its own outcome.
//             CB2 the line is bounded: past `waitingMax` new commands are refused as temporary.
import { ChoraleError, fromErrorRecord, temporary, type ErrorRecord } from '@chorale/lib-errors';
import type { Command, Replies } from './command.ts';

export type Outcome<Reply = Replies[Command['command']]> = { readonly reply: Reply } | { readonly error: ErrorRecord };

export interface BatchLimits {
  /** Commands in one transaction. */
  readonly batchMax: number;
  /** Batches handed on and not answered. */
  readonly inFlightMax: number;
  readonly waitingMax: number;
  /** When the next batch is put together. Default: at the end of the running turn. */
  readonly defer?: (handOn: () => void) => void;
}

interface Waiting<Each> {
  readonly command: Each;
  readonly resolve: (reply: never) => void;
  readonly reject: (error: ChoraleError) => void;
}

/** `Answers` has the reply to each command by its name. */
export class CommandBatcher<Each extends { readonly command: string } = Command, Answers = Replies> {
  readonly #run: (commands: readonly Each[]) => Promise<readonly Outcome<unknown>[]>;
  readonly #limits: BatchLimits;
  #waiting: Waiting<Each>[] = [];
  #inFlight = 0;
  #scheduled = false;

  constructor(run: (commands: readonly Each[]) => Promise<readonly Outcome<unknown>[]>, limits: BatchLimits) {
    this.#run = run;
    this.#limits = limits;
  }

  execute<C extends Each>(command: C): Promise<Answers[C['command'] & keyof Answers]> {
    if (this.#waiting.length >= this.#limits.waitingMax) {
      const overloaded = temporary('store-overloaded', `${this.#waiting.length} commands wait to be written.`, {
        retryAfterMs: 500,
      });
      return Promise.reject(overloaded);
    }
    return new Promise<Answers[C['command'] & keyof Answers]>((resolve, reject) => {
      this.#waiting.push({ command, resolve, reject });
      this.#schedule();
    });
  }

  /** Waits for the end of the running turn, so that commands issued together go together. */
  #schedule(): void {
    if (this.#scheduled || this.#inFlight >= this.#limits.inFlightMax) return;
    this.#scheduled = true;
    const handOn = (): void => {
      this.#scheduled = false;
      this.#handOn();
    };
    if (this.#limits.defer === undefined) void Promise.resolve().then(handOn);
    else this.#limits.defer(handOn);
  }

  #handOn(): void {
    const batch = this.#waiting.slice(0, this.#limits.batchMax);
    if (batch.length === 0) return;
    this.#waiting = this.#waiting.slice(batch.length);
    this.#inFlight += 1;
    void this.#settle(batch);
    if (this.#waiting.length > 0) this.#schedule();
  }

  async #settle(batch: readonly Waiting<Each>[]): Promise<void> {
    let outcomes: readonly Outcome<unknown>[] = [];
    let failure: ChoraleError | undefined;
    try {
      outcomes = await this.#run(batch.map(({ command }) => command));
    } catch (cause) {
      failure =
        cause instanceof ChoraleError
          ? cause
          : temporary('store-failed', `The store failed: ${String(cause)}`, { cause });
    }
    this.#inFlight -= 1;
    for (const [index, { resolve, reject }] of batch.entries()) {
      const outcome = outcomes[index];
      if (outcome !== undefined && 'reply' in outcome) resolve(outcome.reply as never);
      else
        reject(
          failure ??
            (outcome === undefined
              ? temporary('store-failed', 'The store gave no answer.')
              : fromErrorRecord(outcome.error)),
        );
    }
    if (this.#waiting.length > 0) this.#schedule();
  }
}
