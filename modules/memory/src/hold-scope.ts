// Legal holds: what keeps a whole scope from being deleted, what comes into it later included.

import { refused } from '@chorale/lib-errors';
import type { LegalHold, LiftHold, PlaceHold } from './erasure.ts';
import { scopeKey } from './memory.ts';
import type { MemorySet } from './memory-set.ts';
import { fromHoldRow, toHoldRow } from './memory-tables.ts';

const reasonMax = 1_000;

/** One whose id is known stays as it was placed. */
export function placeHold(set: MemorySet, { tenantId, hold }: PlaceHold): LegalHold {
  const row = toHoldRow({ ...hold, tenantId, placedAt: set.now });
  const there = set.findHoldById(row);
  if (there !== undefined) return fromHoldRow(there);
  if (hold.reason.trim() === '' || hold.reason.length > reasonMax) {
    throw refused('memory-invalid', `The reason of a hold has ${hold.reason.trim().length} characters.`, {
      action: `Say in 1 to ${reasonMax} characters why nothing may be deleted.`,
    });
  }
  set.putHold(row);
  return fromHoldRow(row);
}

export function liftHold(set: MemorySet, { tenantId, scope, holdId }: LiftHold): boolean {
  return set.dropHold({ tenantId, scope: scopeKey(scope), holdId });
}
