// Runs a batch of commands of one part in one transaction; where that cannot be committed as a whole, as much of it as can.
//
// Invariants: a batch that met another transaction is begun anew, which is safe because nothing of it was kept and every
// command that is repeated happens once.
import type { Outcome } from '@chorale/module-goals';
import type { Sql } from 'postgres';
import { isOneCommandsFault, isTransient, storeError } from './postgres-errors.ts';
import { reserve, type Reserved } from './reserve.ts';

/** One try: from BEGIN to the answer to COMMIT. */
export type Transact<Command> = (sql: Reserved, commands: readonly Command[]) => Promise<readonly Outcome<unknown>[]>;

/** How often a batch is begun anew because another transaction was in its way. */
const retriesMax = 8;

export async function runBatch<Command>(
  sql: Sql,
  commands: readonly Command[],
  transact: Transact<Command>,
): Promise<readonly Outcome<unknown>[]> {
  try {
    return await retrying(sql, commands, transact);
  } catch (cause) {
    if (!isOneCommandsFault(cause) || commands.length === 1) return commands.map(() => ({ error: storeError(cause) }));
  }
  // One of the commands breaks the transaction of them all: each in its own, so that the others live.
  const outcomes: Outcome<unknown>[] = [];
  for (const command of commands) outcomes.push(...(await runBatch(sql, [command], transact)));
  return outcomes;
}

async function retrying<Command>(
  sql: Sql,
  commands: readonly Command[],
  transact: Transact<Command>,
): Promise<readonly Outcome<unknown>[]> {
  for (let tries = 0; ; tries++) {
    const reserved = await reserve(sql);
    try {
      return await transact(reserved, commands);
    } catch (cause) {
      await reserved.unsafe('ROLLBACK').catch(() => undefined);
      if (tries >= retriesMax || !isTransient(cause)) throw cause;
    } finally {
      reserved.release();
    }
  }
}
