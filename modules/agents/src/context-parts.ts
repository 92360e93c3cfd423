// Who wrote what a session's model has read. What others wrote may hold orders of theirs, and a model may obey them; so what
// counts is not what was asked for, but what had been read when it was asked for.
//
// Invariants: CP1 nothing that was read is ever forgotten, also not when the conversation is summarised.
//             CP2 it is a function of the journal, so that it is the same wherever the session goes on.
//             CP3 a part counts from the next answer on: what a model asked for beforehand does not come from it.

import { isPlaced, splitAddress } from './find-address.ts';
import type { NotesTrust } from './notes-port.ts';

export type PartOrigin = 'input' | 'task' | 'notes' | 'tool' | 'tool-description' | 'agent' | 'artifact';

/** What somebody wrote whose will does not count here. What the owner of the goal, people and the agent's file say is not listed. */
export interface UntrustedPart {
  readonly origin: PartOrigin;
  /** The tool, the task or the like. */
  readonly name: string;
  /** Anybody may read it: there is nothing in it to keep. */
  readonly isPublic: boolean;
}

/** Characters of public text that addresses are looked for in. */
const publicLengthMax = 8_000_000;

export class ContextParts {
  readonly #untrusted = new Map<string, UntrustedPart>();
  readonly #trusted: string[] = [];
  #public: string[] = [];
  #publicLength = 0;
  readonly #origins = new Set<string>();
  #unread: (() => void)[] = [];

  /** Of people whose will counts. */
  addTrusted(text: string): void {
    this.#unread.push(() => void this.#trusted.push(text));
  }

  addUntrusted(part: UntrustedPart, text = ''): void {
    this.#unread.push(() => {
      this.#untrusted.set(describePart(part), part);
      if (!part.isPublic || this.#publicLength + text.length > publicLengthMax) return;
      this.#public = [...this.#public, text];
      this.#publicLength += text.length;
    });
  }

  /** An address was called, so that places of its server may be named without the server. */
  addAddress(address: string): void {
    const { origin } = splitAddress(address);
    if (origin !== undefined) this.#unread.push(() => void this.#origins.add(origin));
  }

  /** The model is about to read all that was added. */
  read(): void {
    for (const add of this.#unread) add();
    this.#unread = [];
  }

  /** What others wrote, in words; in the order in which it was read. */
  get untrusted(): readonly string[] {
    return [...this.#untrusted.keys()];
  }

  /** The worst of what was read or is about to be. */
  get trust(): NotesTrust {
    this.read();
    const parts = [...this.#untrusted.values()];
    return parts.length === 0 ? 'people' : parts.every(({ isPublic }) => isPublic) ? 'public' : 'private';
  }

  /**
   * Whether a text that leaves tells nobody anything new: the owner of the goal or a person wrote it, or it stood on a public
   * page while nothing else of others was read that it could be chosen by.
   */
  tellsNothing(text: string): boolean {
    if (this.#trusted.some((said) => isPlaced(text, said, this.#origins))) return true;
    return (
      [...this.#untrusted.values()].every(({ isPublic }) => isPublic) &&
      this.#public.some((page) => isPlaced(text, page, this.#origins))
    );
  }
}

function describePart({ origin, name }: Pick<UntrustedPart, 'origin' | 'name'>): string {
  switch (origin) {
    case 'tool':
      return `what ${name} gave`;
    case 'tool-description':
      return `how ${name} describes itself`;
    case 'agent':
      return `what other agents gave to ${name}`;
    case 'task':
      return `what the task ${name} gave`;
    case 'input':
      return name === '' ? 'inputs of a goal that an agent opened' : name;
    case 'notes':
      return 'notes of earlier work';
    case 'artifact':
      return `the artifact ${name}`;
  }
}
