// Owners are made, changed and let in by owners alone.
import { refused } from '@chorale/lib-errors';
import type { Caller } from './caller.ts';

/** `touched`: roles of whom it is about, before and after. @throws refused `not-permitted`. */
export function refuseOwners({ roles }: Caller, ...touched: readonly (readonly string[])[]): void {
  if (roles.includes('owner') || !touched.some((held) => held.includes('owner'))) return;
  throw refused('not-permitted', 'owners are made and changed by owners alone', { action: 'ask an owner' });
}
