// The rows of the timeline: events in order of seq, with long silences folded into one row each.
//
// Invariants: TR1 events keep the order of seq, whatever their clocks say.
//             TR2 no event is left out but those the filter names.
import type { GoalEvent } from '@chorale/lib-client';

export type TimelineRow =
  | { readonly kind: 'event'; readonly event: GoalEvent; readonly sinceMs: number | undefined }
  | { readonly kind: 'idle'; readonly key: string; readonly durationMs: number };

/** Shorter silences say nothing; longer ones would push what happened out of sight. */
export const idleMsMin = 10_000;

const stepTypes: ReadonlySet<string> = new Set(['step-started', 'step-finished']);

export function timelineRows(
  events: readonly GoalEvent[],
  filter: { readonly steps: boolean; readonly taskNo?: number | undefined },
): readonly TimelineRow[] {
  const rows: TimelineRow[] = [];
  let before: GoalEvent | undefined;
  for (const event of events) {
    if (!filter.steps && stepTypes.has(event.type)) continue;
    if (filter.taskNo !== undefined && event.taskNo !== filter.taskNo) continue;
    const sinceMs = before === undefined ? undefined : Math.max(0, event.at - before.at);
    if (sinceMs !== undefined && sinceMs >= idleMsMin)
      rows.push({ kind: 'idle', key: `idle-${event.seq}`, durationMs: sinceMs });
    rows.push({ kind: 'event', event, sinceMs });
    before = event;
  }
  return rows;
}
