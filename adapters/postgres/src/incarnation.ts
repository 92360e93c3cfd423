// How often this database was restored. A process that was opened before the last time knows what is not so any more, and may hold
// what others hold by now: it does nothing, and ends.
import { temporary } from '@chorale/lib-errors';
import type { Sql } from 'postgres';
import { schedulerRole } from './tenant-roles.ts';

const newest = 'SELECT no, began_at FROM incarnations ORDER BY no DESC LIMIT 1';

export class Incarnation {
  readonly no: number;
  /** Undefined: it never was. */
  readonly restored: { readonly no: number; readonly at: number } | undefined;
  readonly over: Promise<Error>;
  #end: (error: Error) => void = () => undefined;

  private constructor(restored: Incarnation['restored']) {
    this.restored = restored;
    this.no = restored?.no ?? 0;
    this.over = new Promise((resolve) => (this.#end = resolve));
  }

  static async read(owner: Sql): Promise<Incarnation> {
    const [row] = await owner.unsafe(newest).values();
    return new Incarnation(row === undefined ? undefined : { no: row[0] as number, at: row[1] as number });
  }

  /** @throws `database-restored`. */
  check(found: number): void {
    if (found === this.no) return;
    const error = temporary(
      'database-restored',
      `The database was restored (incarnation ${found}) while this process worked on incarnation ${this.no}.`,
      { action: 'The process ends; start it again.', retryAfterMs: 1_000 },
    );
    this.#end(error);
    throw error;
  }
}

/**
 * Says that the database was restored: leases are over, and goals that are open are marked, so that what the journal does not
 * tell of is asked about instead of done again. On a database whose schema is the newest. Gives the number and the goals marked.
 */
export function beginIncarnation(
  owner: Sql,
  { reason, now }: { readonly reason: string; readonly now: number },
): Promise<{ readonly no: number; readonly goals: number }> {
  return owner.begin(async (sql) => {
    // The rows of all tenants.
    await sql.unsafe(`SET LOCAL ROLE ${schedulerRole}`);
    await sql`LOCK TABLE incarnations IN EXCLUSIVE MODE`;
    const [row] = await sql<{ no: number }[]>`INSERT INTO incarnations (no, began_at, reason)
      SELECT coalesce(max(no), 0) + 1, ${now}, ${reason} FROM incarnations RETURNING no`;
    const no = row!.no;
    await sql`DELETE FROM workers`;
    const marked = await sql`UPDATE goals SET restored_in = ${no}, version = version + 1
      WHERE state IN ('scheduled', 'running', 'paused', 'failing', 'cancelling')`;
    return { no, goals: marked.count };
  });
}
