// Ends the process when its store has failed: a server that goes on without one answers everything with errors, while a
// new process opens what was acknowledged.

import type { Service } from '../process/service.ts';

export class StoreWatch implements Service {
  readonly name = 'store';
  readonly #failed: Promise<Error>;
  #end: () => void = () => undefined;
  readonly #ended = new Promise<void>((resolve) => (this.#end = resolve));

  constructor(failed: Promise<Error>) {
    this.#failed = failed;
  }

  run(): Promise<void> {
    const failing = this.#failed.then((error) => {
      throw error;
    });
    return Promise.race([failing, this.#ended]);
  }

  async drain(): Promise<void> {
    this.#end();
  }

  async stop(): Promise<void> {
    this.#end();
  }
}
