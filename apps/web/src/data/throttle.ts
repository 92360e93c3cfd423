// Runs a piece of work soon after it is asked for, but never twice within an interval and never twice at once. Asking
// while it runs makes it run once more: what was asked for is never lost.
export class Throttle {
  readonly #work: () => Promise<void>;
  readonly #intervalMs: number;
  #asked = false;
  #busy = false;

  /** `work` handles its own errors. */
  constructor(intervalMs: number, work: () => Promise<void>) {
    this.#intervalMs = intervalMs;
    this.#work = work;
  }

  ask(): void {
    this.#asked = true;
    if (!this.#busy) void this.#run();
  }

  async #run(): Promise<void> {
    this.#busy = true;
    while (this.#asked) {
      this.#asked = false;
      const interval = new Promise((resolve) => setTimeout(resolve, this.#intervalMs));
      await this.#work();
      await interval;
    }
    this.#busy = false;
  }
}
