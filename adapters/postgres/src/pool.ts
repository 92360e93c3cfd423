// What is known of a pool of the driver beside what it says itself: which of its connections closed, and how long anybody waits.
import type { Sql } from 'postgres';

export class Pool {
  /** How long a statement may take altogether, waiting for a connection included; 0: as long as it likes. */
  readonly answerMs: number;
  readonly #closings = new Map<number, number>();
  readonly #listeners = new Set<(id: number) => void>();
  /** Connections that are open and that nobody has, as far as is known: none after one closed. */
  idle = 0;
  /** When a statement was told to end: it may have hit the one after it. */
  cancelledAt = -Infinity;
  #inside = 0;
  readonly #waiting: (() => void)[] = [];
  #turn: Promise<unknown> = Promise.resolve();
  #taking = 0;

  constructor(answerMs: number) {
    this.answerMs = answerMs;
  }

  /** For the options of the driver. */
  readonly onclose = (id: number): void => {
    this.#closings.set(id, this.closingsOf(id) + 1);
    this.idle = 0;
    for (const listener of this.#listeners) listener(id);
  };

  closingsOf(id: number): number {
    return this.#closings.get(id) ?? 0;
  }

  onClosing(listener: (id: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves, in the order of asking, when fewer than `max` are inside, with what lets the next one in. */
  async enter(max: number, givenUp: Promise<never>): Promise<() => void> {
    if (this.#inside >= max) {
      let letIn: () => void = () => undefined;
      const turn = new Promise<void>((resolve) => (letIn = resolve));
      this.#waiting.push(letIn);
      await Promise.race([turn, givenUp]).catch((error: unknown) => {
        const at = this.#waiting.indexOf(letIn);
        // Let in at the same moment: the place goes to the next one.
        if (at === -1) this.#leave();
        else this.#waiting.splice(at, 1);
        throw error;
      });
    } else this.#inside += 1;
    let isInside = true;
    return () => {
      if (isInside) this.#leave();
      isInside = false;
    };
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#inside -= 1;
    else next();
  }

  /** One after the other. */
  async inTurn<T>(run: () => Promise<T>): Promise<T> {
    this.#taking += 1;
    const done = this.#turn.then(run).finally(() => (this.#taking -= 1));
    this.#turn = done.catch(() => undefined);
    return await done;
  }

  /** A connection was given back; where somebody asks for one just now, the driver may give it something to do first. */
  noteIdle(): void {
    if (this.#taking === 0) this.idle += 1;
  }
}

const pools = new WeakMap<object, Pool>();

export function registerPool(sql: Sql, pool: Pool): Sql {
  pools.set(sql, pool);
  return sql;
}

/** Undefined for what is no pool. */
export function poolOf(sql: object): Pool | undefined {
  return pools.get(sql);
}
