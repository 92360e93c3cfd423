// The part of a goal's events that the page holds: an unbroken stretch that ends at the newest one known.
//
// Invariants: EW1 events are in order of seq, without gaps and without repeats.
//             EW2 a stretch that would leave a gap is refused, so a fault upstream cannot be shown as history.
import type { GoalEvent } from '@chorale/lib-client';

export interface EventWindow {
  readonly events: readonly GoalEvent[];
  /** Everything up to here is known, even when the stretch is empty. */
  readonly lastSeq: number;
}

export function emptyWindow(lastSeq: number): EventWindow {
  return { events: [], lastSeq };
}

/** Sequence number of the first event held; earlier ones can be loaded when it is above 1. */
export function firstSeqOf(window: EventWindow): number {
  return window.events[0]?.seq ?? window.lastSeq + 1;
}

export function appendEvents(window: EventWindow, events: readonly GoalEvent[]): EventWindow {
  const fresh = events.filter((event) => event.seq > window.lastSeq);
  if (fresh.length === 0) return window;
  refuseGaps(fresh, window.lastSeq + 1);
  return { events: [...window.events, ...fresh], lastSeq: window.lastSeq + fresh.length };
}

export function prependEvents(window: EventWindow, events: readonly GoalEvent[]): EventWindow {
  const first = firstSeqOf(window);
  const earlier = events.filter((event) => event.seq < first);
  if (earlier.length === 0) return window;
  refuseGaps(earlier, first - earlier.length);
  return { ...window, events: [...earlier, ...window.events] };
}

export function eventsAfter(window: EventWindow, seq: number): readonly GoalEvent[] {
  return window.events.slice(Math.max(0, seq + 1 - firstSeqOf(window)));
}

function refuseGaps(events: readonly GoalEvent[], firstSeq: number): void {
  events.forEach((event, index) => {
    if (event.seq !== firstSeq + index) {
      throw new RangeError(`event ${event.seq} stands where event ${firstSeq + index} of the goal must be`);
    }
  });
}
