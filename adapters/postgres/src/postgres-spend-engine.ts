// Runs batches of spend commands, each in one transaction of two round trips: lock and read, run the engine, write and
// commit.
//
// Invariants: a reply is made only after COMMIT has been answered. What happens to one that
// met another transaction: run-batch.ts.
import { toErrorRecord } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import type { Outcome } from '@chorale/module-goals';
import { executeSpend, SpendSet, type SpendCommand } from '@chorale/module-models';
import type { Sql } from 'postgres';
import { Connection, together } from './connection.ts';
import { runBatch } from './run-batch.ts';
import { LoadedSpendRows } from './spend-load.ts';
import { writeSpend } from './spend-write.ts';
import type { Reserved } from './reserve.ts';

const clock = 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint';

export class PostgresSpendEngine {
  readonly #sql: Sql;
  /** Instead of the server's clock, which all processes share. */
  readonly #now: (() => number) | undefined;

  constructor(sql: Sql, now?: () => number) {
    this.#sql = sql;
    this.#now = now;
  }

  runBatch(commands: readonly SpendCommand[]): Promise<readonly Outcome<unknown>[]> {
    return runBatch(this.#sql, commands, (sql, batch) => this.#transact(sql, batch));
  }

  async #transact(sql: Reserved, commands: readonly SpendCommand[]): Promise<readonly Outcome<unknown>[]> {
    const connection = new Connection(sql);
    const rows = new LoadedSpendRows();
    const begun = connection.begin(commands.map(tenantOf));
    const time = connection.values(clock).then(([row]) => this.#now?.() ?? (row?.[0] as number));
    const [, now] = await together([begun, time, rows.load(connection, commands, time)]);
    const set = new SpendSet(rows, now);
    const outcomes = commands.map((command) => attempt(set, command));
    await together([...writeSpend(connection, set.changes(), now), connection.values('COMMIT')]);
    return outcomes;
  }
}

/** None: what is due of all tenants, or what is of none. */
function tenantOf(command: SpendCommand): TenantId | undefined {
  if (command.command === 'put-learned') return command.learned.tenantId;
  return 'tenantId' in command ? command.tenantId : undefined;
}

function attempt(set: SpendSet, command: SpendCommand): Outcome<unknown> {
  try {
    return { reply: executeSpend(set, command) };
  } catch (error) {
    return { error: toErrorRecord(error) };
  }
}
