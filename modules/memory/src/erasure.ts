// What deletes, and what keeps from being deleted: erasing with a receipt, legal holds, and the sweeper.

import type { Id, TenantId } from '@chorale/lib-ids';
import type { MemoryId, MemoryScope } from './memory.ts';

export type ReceiptId = Id<'receipt'>;
export type HoldId = Id<'hold'>;

/** One of them: everything of a scope, of a session, by a speaker or about a subject in a scope, or single memories. */
export interface EraseSubject {
  readonly scope: MemoryScope;
  readonly sessionId?: string;
  readonly speaker?: string;
  readonly memoryIds?: readonly MemoryId[];
}

/** Deletes memories, what they were made of and everything derived from that. */
export interface Erase {
  readonly command: 'erase';
  readonly tenantId: TenantId;
  readonly receiptId: ReceiptId;
  readonly subject: EraseSubject;
  readonly requestedBy: string;
}

/** Proof of a deletion, without what was deleted. */
export interface EraseReceipt {
  readonly tenantId: TenantId;
  readonly receiptId: ReceiptId;
  readonly subject: EraseSubject;
  readonly requestedBy: string;
  readonly erasedAt: number;
  readonly memories: number;
  readonly episodes: number;
  /** Under legal hold, and therefore still there. */
  readonly held: number;
  /** Once everything was deleted: how many canaries were looked for in every row of the tenant, and where they were found. */
  readonly canaries: number | undefined;
  readonly traces: number | undefined;
  /** The receipt as a signed note (c2sp.org/signed-note); undefined until it is closed. */
  readonly note: string | undefined;
}

/** What the check found, and the note over it. A receipt that was closed stays as it is. */
export interface CloseReceipt {
  readonly command: 'close-receipt';
  readonly tenantId: TenantId;
  readonly receiptId: ReceiptId;
  readonly canaries: number;
  readonly traces: number;
  readonly note: string;
}

/** Nothing of the scope is deleted while there is a hold on it, whoever asks: not by erasing, nor the sweeper, nor a review. */
export interface LegalHold {
  readonly tenantId: TenantId;
  readonly holdId: HoldId;
  readonly scope: MemoryScope;
  readonly reason: string;
  readonly placedBy: string;
  readonly placedAt: number;
}

export interface PlaceHold {
  readonly command: 'place-hold';
  readonly hold: Omit<LegalHold, 'placedAt' | 'tenantId'>;
  readonly tenantId: TenantId;
}

/** Other holds on the scope stay. */
export interface LiftHold {
  readonly command: 'lift-hold';
  readonly tenantId: TenantId;
  readonly holdId: HoldId;
  readonly scope: MemoryScope;
}

/** Deletes what has expired, `sweepAtOnce` at most; pinned and held memories stay. */
export interface Sweep {
  readonly command: 'sweep';
  readonly tenantId: TenantId;
  readonly dryRun: boolean;
}

/** Few, so that no writer waits long for the sweeper. */
export const sweepAtOnce = 100;
