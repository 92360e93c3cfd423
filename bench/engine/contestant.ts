// What every engine that is measured looks like to the benchmark: a program of its own that answers a few calls.
//
// Owns:       the calls and their answers, and the loop that keeps a number of goals in flight.
// Does not own the clocks of CPU, memory and disk: those are read from outside (`measure/`), in the same way for all.
// Invariants: C1 a goal counts as finished when the engine has acknowledged its end durably, not when its last task ran.
//             C2 `countFinished` asks the engine's own store, never a counter of this program, wherever it keeps one.

/** The plan that everybody runs: each task needs all tasks of the layer before, and does nothing. */
export const layersPerGoal = 5;
export const tasksPerLayer = 4;
export const tasksPerGoal = layersPerGoal * tasksPerLayer;

export interface Surroundings {
  /** A database of its own, empty; undefined for those that need none. */
  readonly postgresUrl: string | undefined;
  /** A folder of its own, empty. */
  readonly folder: string;
}

export interface GoalOrder {
  readonly goals: number;
  /** Submitted and not finished at any moment. */
  readonly inFlight: number;
  /** Begin no task before every goal has been acknowledged. Only Chorale's own programs know how. */
  readonly submitFirst?: boolean;
}

export interface GoalRun {
  readonly goals: number;
  readonly tasks: number;
  /** From the first submission to the acknowledged end of the last goal. */
  readonly elapsedMs: number;
  /** The part of `elapsedMs` that drained a backlog, where submitting and draining are separate. */
  readonly drainMs?: number;
  /** From the submission of a goal to its end; absent where the goals only end together. */
  readonly goalMs?: Quantiles;
  /** From the moment a worker held a task to the durable end of it; only where the engine shows both. */
  readonly claimToCompleteMs?: Quantiles;
  /** Tasks finished by a time, for those who want rates within the run. */
  readonly progress?: readonly Progress[];
}

export interface Progress {
  readonly atMs: number;
  readonly tasks: number;
}

export interface Quantiles {
  readonly p50: number;
  readonly p99: number;
}

export interface PickUp {
  /** From the call that submits one task to an idle engine to the first line of that task. */
  readonly fromCallMs: readonly number[];
  /** From the moment that call was answered; below zero when the task began first. */
  readonly fromAnswerMs: readonly number[];
}

/** What the engine's store says of everything done since it was opened. */
interface Finished {
  readonly tasks: number;
  /** Tasks that are neither finished nor gone. */
  readonly open: number;
}

export interface Contestant {
  readonly versions: Readonly<Record<string, string>>;
  /** Server processes that were started for it; their CPU counts as the server's, not the application's. */
  readonly serverProcesses: readonly number[];
  runGoals(order: GoalOrder): Promise<GoalRun>;
  pickUp(samples: number): Promise<PickUp>;
  countFinished(): Promise<Finished>;
  close(): Promise<void>;
}

export interface Calls {
  readonly open: { readonly argument: Surroundings; readonly result: Pick<Contestant, 'versions' | 'serverProcesses'> };
  readonly runGoals: { readonly argument: GoalOrder; readonly result: GoalRun };
  readonly pickUp: { readonly argument: number; readonly result: PickUp };
  readonly countFinished: { readonly argument: undefined; readonly result: Finished };
  readonly close: { readonly argument: undefined; readonly result: undefined };
}
export type CallName = keyof Calls;
export interface CallMessage {
  readonly call: CallName;
  readonly argument: unknown;
}
export type AnswerMessage = { readonly result: unknown } | { readonly error: string };

/** Answers the benchmark's calls until it hangs up. Calls come one at a time. */
export function serveContestant(open: (surroundings: Surroundings) => Promise<Contestant>): void {
  let contestant: Contestant | undefined;
  const answer = async ({ call, argument }: CallMessage): Promise<unknown> => {
    if (call === 'open') {
      // Opened a second time it is the same program, warm, on another store.
      await contestant?.close();
      contestant = await open(argument as Surroundings);
      return { versions: contestant.versions, serverProcesses: contestant.serverProcesses };
    }
    if (contestant === undefined) throw new Error(`'${call}' came before 'open'.`);
    if (call === 'runGoals') return await contestant.runGoals(argument as GoalOrder);
    if (call === 'pickUp') return await contestant.pickUp(argument as number);
    if (call === 'countFinished') return await contestant.countFinished();
    const closing = contestant;
    contestant = undefined;
    return await closing.close();
  };
  process.on('message', (message: CallMessage) => {
    answer(message).then(
      (result) => process.send?.({ result } satisfies AnswerMessage),
      (error: unknown) => process.send?.({ error: describe(error) } satisfies AnswerMessage),
    );
  });
  // The benchmark is gone: nobody will read a result, and a server started here would outlive everyone.
  process.on('disconnect', () => process.exit(1));
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
