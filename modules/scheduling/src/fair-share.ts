// Start-time fair queueing (Goyal, Vin, Cheng 1996) over tenants, one virtual clock for each lane.
//
// Owns:       the arithmetic of shares. Does not own the rows they stand in, nor which task of a tenant goes first.
// Invariants: F1 a tenant's virtual time rises by 1 / weight with each of its tasks that starts, and never falls.
//             F2 a tenant that comes to a busy lane starts at the lane's virtual time: it neither pays for the time
//                it was away nor is paid for it.
//             F3 between two backlogged tenants with weights a and b, the tasks started differ from a : b by at most
//                one task of each, to within the claims that are under way at once.

/** A tenant that has tasks waiting in a lane. */
export interface Backlog {
  /** Virtual time up to which the tenant has been served; undefined if it never was. */
  readonly served: number | undefined;
  readonly weight: number;
  /** Tasks that wait, or more than enough. */
  readonly waiting: number;
}

export interface Allotment {
  /** How many tasks of each backlog start, in the order given. */
  readonly counts: readonly number[];
  /** The lane's virtual time afterwards: where the last of them started. */
  readonly clock: number;
}

/** Shares out `slots` starts among the backlogs of one lane. */
export function allot(backlogs: readonly Backlog[], clock: number, slots: number): Allotment {
  const times = backlogs.map(({ served }) => Math.max(served ?? 0, clock));
  const counts = backlogs.map(() => 0);
  let last = clock;
  for (let slot = 0; slot < slots; slot++) {
    let next = -1;
    for (let index = 0; index < backlogs.length; index++) {
      const open = (counts[index] ?? 0) < (backlogs[index]?.waiting ?? 0);
      if (open && (next < 0 || (times[index] ?? 0) < (times[next] ?? 0))) next = index;
    }
    if (next < 0) break;
    last = Math.max(last, times[next] ?? 0);
    counts[next] = (counts[next] ?? 0) + 1;
    times[next] = (times[next] ?? 0) + 1 / (backlogs[next]?.weight ?? 1);
  }
  return { counts, clock: last };
}
