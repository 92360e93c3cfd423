// Every action of the page is a command: the palette, the keyboard, menus and buttons run the same ones.
//
// Owns:       which commands there are now. A view adds its own while it is shown.
// Invariants: C1 a command with keys can be run from the keyboard wherever no text is being written and no dialog is open.
//             C2 a view's commands go when the view goes; of two commands with the same keys the later view's runs.
import type { ReactNode } from 'react';
import { createContext, use, useEffect, useId, useSyncExternalStore } from 'react';

export interface Command {
  /** Stable, noun first: `goal.pause`. */
  readonly id: string;
  readonly title: string;
  readonly group: string;
  /** `mod+k` for a chord, `g a` for one key after another. */
  readonly keys?: string;
  /** Further words it is found by. */
  readonly keywords?: string;
  readonly icon?: ReactNode;
  readonly run: () => void;
}

export class CommandRegistry {
  readonly #scopes = new Map<string, readonly Command[]>();
  readonly #listeners = new Set<() => void>();
  #all: readonly Command[] = [];

  put(scope: string, commands: readonly Command[]): void {
    this.#scopes.set(scope, commands);
    this.#renew();
  }

  drop(scope: string): void {
    this.#scopes.delete(scope);
    this.#renew();
  }

  /** Commands of views first: they are what the person is looking at. */
  readonly list = (): readonly Command[] => this.#all;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #renew(): void {
    this.#all = [...this.#scopes.values()].reverse().flat();
    for (const listener of this.#listeners) listener();
  }
}

const RegistryContext = createContext<CommandRegistry>(new CommandRegistry());

export const CommandProvider = RegistryContext.Provider;

function useRegistry(): CommandRegistry {
  return use(RegistryContext);
}

/** Adds commands for as long as the component is shown. Registered anew on every render, so that they see its state. */
export function useCommands(commands: readonly Command[]): void {
  const registry = useRegistry();
  const scope = useId();
  useEffect(() => registry.put(scope, commands));
  useEffect(() => () => registry.drop(scope), [registry, scope]);
}

export function useCommandList(): readonly Command[] {
  const registry = useRegistry();
  return useSyncExternalStore(registry.subscribe, registry.list);
}
