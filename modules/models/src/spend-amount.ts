// Sums of money, tokens and calls. Whole numbers that a double holds exactly: 2^53 nano-dollars are nine million dollars.
import { refused } from '@chorale/lib-errors';
import type { Amount } from './spend.ts';

export const amountKinds = ['cost', 'tokens', 'calls'] as const;

const countMax = Number.MAX_SAFE_INTEGER;

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

export function checkAmount(amount: Amount): void {
  for (const kind of amountKinds) {
    if (isCount(amount[kind])) continue;
    throw refused('amount-invalid', `The ${kind} of a call are ${String(amount[kind])}.`, {
      action: 'Give whole numbers from 0 to 2^53 - 1; cost is in nano-dollars.',
    });
  }
}

/** `to` with `add` added and `take` taken away; never below nothing, and never past what can be counted. */
export function changeAmount(to: Amount, { add, take }: { readonly add?: Amount; readonly take?: Amount }): Amount {
  const of = (kind: keyof Amount): number =>
    Math.min(countMax, Math.max(0, to[kind] + (add?.[kind] ?? 0) - (take?.[kind] ?? 0)));
  return { cost: of('cost'), tokens: of('tokens'), calls: of('calls') };
}

export function isSameAmount(one: Amount, other: Amount): boolean {
  return amountKinds.every((kind) => one[kind] === other[kind]);
}
