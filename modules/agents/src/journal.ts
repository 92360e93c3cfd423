// The journal of a task's run: one entry per call with an effect outside, so that a takeover goes on where the last
// worker stopped.
//
// Owns:       the numbers of the entries, and which of them are not written yet. Does not own the rows.
// Invariants: J1 a call begins only when its entry is durable; where the claim itself says that the one call may have
//                begun (`writeAhead: 'claim'`), the claim is that entry.
//             J2 a call whose end is on record is never made again: its output is given, or its failure thrown.
//             J3 a call that began and whose end is unknown is made again only when it is idempotent, or when a person
//                allowed it; otherwise `CallUncertain` is thrown.
//             J4 entries are met in the order in which they were written, and each must be the call that is asked for.
//             J5 a call that was cut off is on record as ended only when this run can never be taken over.
//             J6 a wait is an entry that only its answer ends; the attempt ends `waiting` with the entry open.
//             J7 what is thrown because the journal cannot be kept is a `JournalFault`, and never mistaken for the failure
//                of a call.

import { broken, fromErrorRecord, refused, toErrorRecord } from '@chorale/lib-errors';
import {
  canonicalJson,
  type Awaited,
  type GoalStore,
  type Hold,
  type Json,
  type Step,
  type StepKind,
  type StepRecord,
} from '@chorale/module-goals';
import type { AttemptStop, StopReason } from './attempt-stop.ts';

export interface JournalOptions {
  readonly hold: Hold;
  readonly store: Pick<GoalStore, 'execute'>;
  readonly now: () => number;
  readonly stop: AttemptStop;
  /** What earlier attempts of the same run have written. */
  readonly earlier: readonly Step[];
  /** A worker was lost during this run: a call of which no entry tells may have begun all the same (J1). */
  readonly workerLost: boolean;
  /** The database was restored while the goal was open: what it does not tell of may have been done after that moment. */
  readonly restored: boolean;
}

export interface JournalledCall {
  readonly kind: StepKind;
  readonly name: string;
  readonly idempotent: boolean;
  readonly input: Json;
  /** Default `entry`. */
  readonly writeAhead?: 'entry' | 'claim';
  /** The attempt ends with this call: its end is written by the transaction that finishes the attempt. */
  readonly last?: boolean;
}

/** A call began, its end is unknown, and it may not be made again without asking. */
export class CallUncertain extends Error {
  readonly step: StepRecord;

  constructor(step: StepRecord) {
    super(`call ${step.stepNo} (${step.name}) began and its end is unknown`);
    this.name = 'CallUncertain';
    this.step = step;
  }
}

/** The attempt ends until what it waits for is there (J6). */
export class AttemptWaits extends Error {
  readonly on: Awaited;

  constructor(on: Awaited) {
    super(`waits for a ${on.for}`);
    this.name = 'AttemptWaits';
    this.on = on;
  }
}

/** The journal cannot be written, or is not the journal of what is asked for; `cause` says why. */
export class JournalFault extends Error {
  constructor(cause: unknown) {
    super('the journal cannot be kept', { cause });
    this.name = 'JournalFault';
  }
}

/** True of what ends the attempt, whoever made the call; false of the failure of a call. */
export function endsAttempt(error: unknown): boolean {
  return (
    error instanceof CallUncertain ||
    error instanceof CallCutOff ||
    error instanceof AttemptWaits ||
    error instanceof JournalFault
  );
}

/** The attempt was told to stop while a call was under way. */
export class CallCutOff extends Error {
  readonly reason: StopReason;

  constructor(reason: StopReason) {
    super(`stopped: ${reason}`);
    this.name = 'CallCutOff';
    this.reason = reason;
  }
}

/** With this code a person has said that a call whose end is unknown may be made again. */
const repeatApproved = 'repeat-approved';

export class Journal {
  readonly #options: JournalOptions;
  readonly #earlier: ReadonlyMap<number, Step>;
  readonly #unwritten = new Map<number, StepRecord>();
  #stepNo = 0;
  #busyMs = 0;

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#earlier = new Map(options.earlier.map((step) => [step.stepNo, step]));
  }

  /** Entries that the transaction which finishes the attempt has to write. */
  get unwritten(): readonly StepRecord[] {
    return [...this.#unwritten.values()];
  }

  /** What is on record where the next call will be met; undefined when from here on nothing is. */
  get next(): Step | undefined {
    return this.#earlier.get(this.#stepNo + 1);
  }

  /** Whether it is known what the run has done: until then a new run might do it again. */
  get isCaughtUp(): boolean {
    return this.#stepNo >= this.#earlier.size && (this.#stepNo > 0 || !this.#options.workerLost);
  }

  get nextStepNo(): number {
    return this.#stepNo + 1;
  }

  /** Spent in calls that have ended, in this attempt and those before it. */
  get busyMs(): number {
    return this.#busyMs;
  }

  /** Puts on record what was found out or decided without a call, or gives what was then. One write. */
  async note(entry: Pick<JournalledCall, 'kind' | 'name' | 'input'>, find: () => Json | Promise<Json>): Promise<Json> {
    this.#stepNo += 1;
    const earlier = this.#earlier.get(this.#stepNo);
    const startedAt = this.#options.now();
    const step: StepRecord = { stepNo: this.#stepNo, ...entry, idempotent: true, startedAt };
    if (earlier !== undefined) {
      checkSameCall(earlier, step);
      return earlier.output ?? null;
    }
    const output = await find();
    await this.#write({ ...step, ended: { finishedAt: this.#options.now(), output } });
    return output;
  }

  /** Gives the answer, or ends the attempt until it is there. */
  wait(entry: Pick<JournalledCall, 'name' | 'input'>, on: () => Awaited): Json {
    this.#stepNo += 1;
    const earlier = this.#earlier.get(this.#stepNo);
    const startedAt = earlier?.startedAt ?? this.#options.now();
    const step: StepRecord = { stepNo: this.#stepNo, kind: 'wait', ...entry, idempotent: true, startedAt };
    if (earlier !== undefined) checkSameCall(earlier, step);
    if (earlier?.state === 'finished') return earlier.output ?? null;
    this.#unwritten.set(step.stepNo, step);
    throw new AttemptWaits(on());
  }

  /** Makes the call, unless the journal shows its end. `perform` gives what is kept of its result. */
  async call(call: JournalledCall, perform: () => Promise<Json>): Promise<Json> {
    const { kind, name, idempotent, input } = call;
    this.#stepNo += 1;
    const earlier = this.#earlier.get(this.#stepNo);
    const startedAt = earlier?.startedAt ?? this.#options.now();
    const step: StepRecord = { stepNo: this.#stepNo, kind, name, idempotent, input, startedAt };
    if (earlier !== undefined) {
      checkSameCall(earlier, step);
      this.#busyMs += Math.max((earlier.finishedAt ?? startedAt) - startedAt, 0);
      if (earlier.state === 'finished') return earlier.output ?? null;
      if (earlier.state === 'failed' && earlier.failure?.code !== repeatApproved) throw failureOf(earlier);
    }
    if (!idempotent && this.#mayHaveBegun(call, earlier)) throw this.#uncertain(step);
    const begun = { ...step, startedAt: this.#options.now() };
    // An allowance to repeat is used up by the repeat: the claim says nothing of that, so the entry has to.
    if (call.writeAhead === 'claim' && earlier?.state !== 'failed') this.#unwritten.set(begun.stepNo, begun);
    else await this.#write(begun);
    return this.#perform(call, { step: begun, perform });
  }

  #mayHaveBegun(call: JournalledCall, earlier: Step | undefined): boolean {
    if (earlier !== undefined) return earlier.state === 'started';
    return this.#options.restored || (call.writeAhead === 'claim' && this.#options.workerLost);
  }

  async #perform(
    call: JournalledCall,
    { step, perform }: { step: StepRecord; perform: () => Promise<Json> },
  ): Promise<Json> {
    let output: Json;
    try {
      output = await perform();
    } catch (error) {
      const { reason } = this.#options.stop;
      if (reason !== undefined) throw this.#cutOff(step, reason);
      await this.#end(call, { ...step, ended: { finishedAt: this.#options.now(), failure: toErrorRecord(error) } });
      throw error;
    }
    await this.#end(call, { ...step, ended: { finishedAt: this.#options.now(), output } });
    return output;
  }

  /** J5: after a cancel nothing goes on, and a timeout of what may be repeated is retried as a new run. */
  #cutOff(step: StepRecord, reason: StopReason): Error {
    if (reason === 'timeout' && !step.idempotent) return this.#uncertain(step);
    if (reason === 'cancel' || reason === 'timeout') {
      const failure = toErrorRecord(
        refused('call-cut-off', `The call was cut off (${reason}); what it did until then is unknown.`),
      );
      this.#unwritten.set(step.stepNo, { ...step, ended: { finishedAt: this.#options.now(), failure } });
    } else this.#unwritten.set(step.stepNo, step);
    return new CallCutOff(reason);
  }

  #uncertain(step: StepRecord): CallUncertain {
    this.#unwritten.set(step.stepNo, step);
    return new CallUncertain(step);
  }

  async #end(call: JournalledCall, step: StepRecord): Promise<void> {
    this.#busyMs += (step.ended?.finishedAt ?? step.startedAt) - step.startedAt;
    // Also before it is written: when that fails, the end goes with whatever ends the attempt.
    this.#unwritten.set(step.stepNo, step);
    if (call.last === true) return;
    await this.#write(step);
    this.#unwritten.delete(step.stepNo);
  }

  async #write(step: StepRecord): Promise<void> {
    try {
      await this.#options.store.execute({ command: 'record-step', ...this.#options.hold, step });
    } catch (error) {
      throw new JournalFault(error);
    }
  }
}

/** J4. The same run with other calls means that the agent, its skill or its tools changed in between. */
function checkSameCall(earlier: Step, step: StepRecord): void {
  if (
    earlier.kind === step.kind &&
    earlier.name === step.name &&
    canonicalJson(earlier.input) === canonicalJson(step.input)
  )
    return;
  const mismatch = broken(
    'journal-mismatch',
    `Entry ${step.stepNo} of the journal is ${earlier.kind} ${earlier.name}; now ${step.kind} ${step.name} is asked for, or with another input.`,
    { action: 'Retry the task: that starts a new journal.' },
  );
  throw new JournalFault(mismatch);
}

function failureOf(step: Step): Error {
  if (step.failure === undefined)
    return new JournalFault(broken('journal-damaged', `Entry ${step.stepNo} failed and does not say how.`));
  return fromErrorRecord(step.failure);
}
