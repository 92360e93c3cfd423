// Rows that left `ready_tasks` stay in its index until a vacuum, and every search for work walks over them. The server's
// own vacuum looks once a minute at best; half a million tasks may have passed through by then.
import type { Task, Written } from '@chorale/module-goals';
import type { Sql } from 'postgres';

/** The table is small: cleaning it takes a few milliseconds. */
const cleanAfterRows = 20_000;

export class ReadyTasksCleaner {
  readonly #sql: Sql;
  #gone = 0;
  #isCleaning = false;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** To be told of what was committed. Nobody waits for the cleaning, and only speed hangs on it. */
  note(changed: readonly Written<Task>[]): void {
    for (const { row, before } of changed) if (before?.state === 'ready' && row.state !== 'ready') this.#gone += 1;
    if (this.#gone < cleanAfterRows || this.#isCleaning) return;
    this.#gone = 0;
    this.#isCleaning = true;
    void this.#sql
      .unsafe('VACUUM (TRUNCATE off) ready_tasks')
      .catch(() => undefined)
      .finally(() => (this.#isCleaning = false));
  }
}
