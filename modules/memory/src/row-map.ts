// Rows of one kind by their key, as they were read and as they are now.

export interface RowChange<Row> {
  readonly before: Row | undefined;
  readonly after: Row | undefined;
}

export class RowMap<Row> {
  readonly #before = new Map<string, Row>();
  /** Undefined: dropped. */
  readonly #after = new Map<string, Row | undefined>();

  /** A row that is in the store; what this batch made of it stays. */
  note(key: string, row: Row): void {
    this.#before.set(key, row);
  }

  find(key: string): Row | undefined {
    return this.#after.has(key) ? this.#after.get(key) : this.#before.get(key);
  }

  put(key: string, row: Row | undefined): void {
    this.#after.set(key, row);
  }

  values(): readonly Row[] {
    const untouched = [...this.#before].flatMap(([key, row]) => (this.#after.has(key) ? [] : [row]));
    return [...untouched, ...[...this.#after.values()].flatMap((row) => row ?? [])];
  }

  /** What came and went within the batch is not there. */
  changes(): readonly RowChange<Row>[] {
    return [...this.#after].flatMap(([key, after]) => {
      const before = this.#before.get(key);
      return before === undefined && after === undefined ? [] : [{ before, after }];
    });
  }
}

export function keyOf(...parts: readonly (string | number)[]): string {
  return JSON.stringify(parts);
}
