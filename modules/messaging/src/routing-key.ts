// Keys of the bus: tenant, goal, task and kind, each one word; `-` where there is none.
import { refused } from '@chorale/lib-errors';

export interface KeyParts {
  readonly tenantId?: string;
  readonly goalId?: string;
  readonly task?: string;
  readonly kind: string;
}

const word = /^[A-Za-z0-9_-]{1,100}$/;

/** Throws `routing-key-invalid` for what is no word. */
export function makeRoutingKey({ tenantId = '-', goalId = '-', task = '-', kind }: KeyParts): string {
  const words = [tenantId, goalId, task, kind];
  const wrong = words.find((one) => !word.test(one));
  if (wrong !== undefined)
    throw refused('routing-key-invalid', `${JSON.stringify(wrong.slice(0, 120))} is no word of a key.`);
  return words.join('.');
}

/** As brokers with topic exchanges match: `*` is one word, `#` any number. */
export function keyMatches(pattern: string, key: string): boolean {
  return matches(pattern.split('.'), key.split('.'));
}

function matches([first, ...rest]: readonly string[], words: readonly string[]): boolean {
  if (first === undefined) return words.length === 0;
  if (first === '#') return matches(rest, words) || (words.length > 0 && matches([first, ...rest], words.slice(1)));
  return words.length > 0 && (first === '*' || first === words[0]) && matches(rest, words.slice(1));
}
