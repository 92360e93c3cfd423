// Names that stand for sensitive values in one request, and lead back to them.
//
// Owns:       the pairs of one request. Lives as long as its answer and is never kept.
// Invariants: PL1 one value has one placeholder, and one placeholder one value.
//             PL2 no placeholder begins another: each ends with the nonce.
//             PL3 what is not known is left as it is: a guessed or older placeholder leads to nothing.

import { broken } from '@chorale/lib-errors';
import type { SensitiveKind } from './finding.ts';

/** Letters, digits and low lines only: the same bytes in JSON, in addresses and in every encoding. */
export const placeholderLead = 'MASKED_';

export interface Placeholders {
  readonly count: number;
  /** The length of the longest. */
  readonly lengthMax: number;
  nameFor(value: string, kind: SensitiveKind): string;
  /** What stands at `at`; `open` when the text ends before that can be told. */
  match(text: string, at: number): FoundPlaceholder | 'open' | undefined;
}

export interface FoundPlaceholder {
  readonly length: number;
  readonly value: string;
}

/**
 * @param nonce At least 12 small letters and digits that nobody can guess, new for each request; or for each
 * conversation, where the provider's prompt cache is to recognise what was sent before.
 */
export function createPlaceholders(nonce: string): Placeholders {
  if (!/^[a-z0-9]{12,64}$/.test(nonce)) {
    throw broken('placeholder-nonce-invalid', 'a nonce of placeholders must be 12 to 64 small letters and digits.');
  }
  const nameOf = new Map<string, string>();
  const valueOf = new Map<string, string>();
  let lengthMax = 0;
  // Made when it is needed: most requests hold nothing to be masked.
  let form: RegExp | undefined;
  return {
    get count() {
      return valueOf.size;
    },
    get lengthMax() {
      return lengthMax;
    },
    nameFor(value, kind) {
      const known = nameOf.get(value);
      if (known !== undefined) return known;
      const label = kind.toUpperCase().replaceAll('-', '_');
      const name = `${placeholderLead}${label}_${valueOf.size + 1}_${nonce}`;
      nameOf.set(value, name);
      valueOf.set(name, value);
      lengthMax = Math.max(lengthMax, name.length);
      return name;
    },
    match(text, at) {
      form ??= new RegExp(`${placeholderLead}[A-Z_]{1,20}_\\d{1,9}_${nonce}`, 'y');
      form.lastIndex = at;
      const found = form.exec(text)?.[0];
      if (found !== undefined) {
        const value = valueOf.get(found);
        return value === undefined ? undefined : { length: found.length, value };
      }
      const rest = text.length - at;
      if (rest >= lengthMax) return undefined;
      const tail = text.slice(at);
      for (const name of valueOf.keys()) if (name.startsWith(tail)) return 'open';
      return undefined;
    },
  };
}
