// Events of a goal as they are kept: those of one commit together in one row.
//
// A task that starts and ends makes two events, and goals work on layers of tasks: a page for each goal and commit
// holds about eight, which is an eighth of the rows, of their keys and of the work to write them.
import type { GoalId, TenantId } from '@chorale/lib-ids';
import type { Json } from './json.ts';
import type { EventType, GoalEvent } from './records.ts';

export interface EventPage {
  readonly tenantId: TenantId;
  readonly goalId: GoalId;
  /** Number of the page's last event. */
  readonly seq: number;
  readonly events: readonly PackedEvent[];
}

/** In the order of their numbers, up to the page's. */
export type PackedEvent = readonly [
  type: EventType,
  at: number,
  taskNo: number | null,
  data: { readonly [key: string]: Json },
];

/** `events` are in the order they were emitted; numbers of one goal follow each other. */
export function packEvents(events: readonly GoalEvent[]): readonly EventPage[] {
  const pages = new Map<GoalId, { tenantId: TenantId; goalId: GoalId; seq: number; events: PackedEvent[] }>();
  for (const { tenantId, goalId, seq, type, at, taskNo, data } of events) {
    const packed: PackedEvent = [type, at, taskNo ?? null, data];
    const page = pages.get(goalId);
    if (page === undefined) pages.set(goalId, { tenantId, goalId, seq, events: [packed] });
    else {
      page.seq = seq;
      page.events.push(packed);
    }
  }
  return [...pages.values()];
}

/** The first `limit` events after `afterSeq`, of pages that reach beyond it. */
export function unpackEvents(pages: readonly EventPage[], afterSeq: number, limit: number): readonly GoalEvent[] {
  const found: GoalEvent[] = [];
  for (const { tenantId, goalId, seq: last, events } of pages) {
    for (const [index, [type, at, taskNo, data]] of events.entries()) {
      const seq = last - events.length + 1 + index;
      if (seq <= afterSeq) continue;
      if (found.length >= limit) return found;
      found.push({ tenantId, goalId, seq, type, at, taskNo: taskNo ?? undefined, data });
    }
  }
  return found;
}
