// Runs a batch of commands of one part in one transaction; where that cannot be committed as a whole, as much of it as
// can.
import type { ErrorRecord } from '@chorale/lib-errors';
import type { Outcome } from '@chorale/module-goals';
import type { SqliteDatabase } from './sqlite-database.ts';

export interface PartBatch {
  readonly outcomes: readonly Outcome<unknown>[];
}

export interface BatchWork<Command, Result extends PartBatch> {
  readonly database: SqliteDatabase;
  /** One transaction. Where it fails, every outcome has the same error, and nothing was written. */
  transact(commands: readonly Command[]): Result;
  /** Whether it keeps or ends what is there, and so goes on while the disk is nearly full. */
  isKeeping(command: Command): boolean;
}

export function runBatch<Command, Result extends PartBatch>(
  work: BatchWork<Command, Result>,
  commands: readonly Command[],
): Result | PartBatch {
  const nearlyFull = work.database.whyFull();
  if (nearlyFull !== undefined) return runKeeping(work, commands, nearlyFull);
  const result = work.transact(commands);
  const error = errorOfAll(result);
  if (error?.code === 'row-exists' && commands.length > 1) {
    // One of the commands breaks the transaction of them all: each in its own, so that the others live.
    return { outcomes: commands.flatMap((command) => work.transact([command]).outcomes) };
  }
  if (error?.code !== 'disk-full') return result;
  work.database.makeRoomInLog();
  return runKeeping(work, commands, error);
}

function runKeeping<Command, Result extends PartBatch>(
  work: BatchWork<Command, Result>,
  commands: readonly Command[],
  why: ErrorRecord,
): Result | PartBatch {
  const keeping = commands.filter((command) => work.isKeeping(command));
  if (keeping.length === 0) return { outcomes: commands.map(() => ({ error: why })) };
  const result = work.transact(keeping);
  let next = 0;
  return {
    ...result,
    outcomes: commands.map((command) => (work.isKeeping(command) ? result.outcomes[next++]! : { error: why })),
  };
}

/** The error that every command of the batch met, if they met the same. */
function errorOfAll({ outcomes: [first, ...rest] }: PartBatch): ErrorRecord | undefined {
  if (first === undefined || !('error' in first)) return undefined;
  const { error } = first;
  return rest.every((outcome) => 'error' in outcome && outcome.error.code === error.code) ? error : undefined;
}
