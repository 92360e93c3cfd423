// One choice of the person at this browser, kept across visits where storage is allowed.
import { useSyncExternalStore } from 'react';

export class StoredChoice<Value extends string> {
  readonly #key: string;
  readonly #values: readonly Value[];
  readonly #listeners = new Set<() => void>();
  #value: Value;

  readonly #accepts: (text: string) => boolean;

  /** The first of `values` is the default; others are taken where `accepts` says so. */
  constructor(key: string, values: readonly [Value, ...Value[]], accepts: (text: string) => boolean = () => false) {
    this.#key = key;
    this.#values = values;
    this.#accepts = accepts;
    this.#value = this.#read() ?? values[0];
  }

  readonly get = (): Value => this.#value;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set(value: Value): void {
    this.#value = value;
    try {
      localStorage.setItem(this.#key, value);
    } catch {
      // Storage may be forbidden; the choice holds until the page is closed.
    }
    for (const listener of this.#listeners) listener();
  }

  #read(): Value | undefined {
    try {
      const stored = localStorage.getItem(this.#key);
      if (stored !== null && this.#accepts(stored)) return stored as Value;
      return this.#values.find((value) => value === stored);
    } catch {
      return undefined;
    }
  }
}

export function useChoice<Value extends string>(choice: StoredChoice<Value>): Value {
  return useSyncExternalStore(choice.subscribe, choice.get);
}
