// The log of a history: always hashed, kept as lines only when somebody wants to read it.

export class Trace {
  readonly lines: string[] | undefined;
  readonly #now: () => number;
  #high = 0x811c9dc5;
  #low = 0x01234567;

  constructor(now: () => number, keep: boolean) {
    this.#now = now;
    this.lines = keep ? [] : undefined;
  }

  /** Two histories with the same hash did the same things at the same times. */
  get hash(): string {
    return [this.#high, this.#low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }

  add(who: string, what: string): void {
    const line = `${this.#now() % 100_000_000} ${who} ${what}`;
    for (let at = 0; at < line.length; at++) {
      const code = line.charCodeAt(at);
      this.#high = Math.imul(this.#high ^ code, 0x01000193);
      this.#low = Math.imul(this.#low ^ code ^ (this.#high >>> 15), 0x85ebca6b) ^ (this.#low >>> 13);
    }
    this.lines?.push(line);
  }
}
