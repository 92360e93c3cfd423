// Pages of lists that the store gives whole and in order of a number of theirs.
import { refused } from '@chorale/lib-errors';

export interface PageRequest {
  readonly limit?: number;
  readonly after?: string;
}

const limitDefault = 1000;

/** Throws `cursor-invalid`. */
export function pageByNumber<T>(
  all: readonly T[],
  numberOf: (item: T) => number,
  { limit = limitDefault, after }: PageRequest,
): { readonly items: readonly T[]; readonly next?: string } {
  if (after !== undefined && !/^\d{1,15}$/.test(after)) throw invalidCursor();
  const rest = after === undefined ? all : all.filter((item) => numberOf(item) > Number(after));
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return rest.length > items.length && last !== undefined ? { items, next: String(numberOf(last)) } : { items };
}

export function invalidCursor(): Error {
  return refused('cursor-invalid', '`after` is not one that this list gave', {
    action: 'leave it out to begin again',
  });
}
