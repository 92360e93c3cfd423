// What a process does beside what it is asked for, and leaves off for a while when much is asked: trying models out, learning from
// outcomes, looking for the meaning of a question, and telling a collector of each call that went well.
//
// Invariants: EX1 they are off before anybody is refused for want of room, and on again a few seconds after.

export interface Extras {
  readonly isOff: boolean;
}

export class WatchedExtras implements Extras {
  #isShort: () => boolean = () => false;

  get isOff(): boolean {
    return this.#isShort();
  }

  /** Whether there is much to do; nobody says so where nothing is asked for over the API. */
  watch(isShort: () => boolean): void {
    this.#isShort = isShort;
  }
}
