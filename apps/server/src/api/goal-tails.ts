// What happens to goals that are followed, read once in this process for everybody who follows them.
//
// Owns:       one reader of rows for each goal that is followed here, and the last events it read.
// Invariants: GT1 what it holds is without gaps: the rows say what happened, and a commit's hint only when to read.
//             GT2 it holds a bounded number of characters; whoever is behind that, or joined before it, reads the rows.
//             GT3 a read that fails for a time is made again; for good, it fails everybody who follows.
import { ChoraleError } from '@chorale/lib-errors';
import { type Goal, type GoalEvent, type GoalStore, isGoalEnded } from '@chorale/module-goals';
import { createLatch, type CommitLatches, type Latch } from './commit-latch.ts';
import { formatEvent } from './event-stream.ts';
import { eventView } from './views/record-view.ts';

export interface TailedEvent {
  readonly seq: number;
  /** As it is sent. */
  readonly text: string;
}

/** One follower's hold on a tail. */
export interface Follower {
  /** Undefined when the tail holds them no longer, or not yet: then `readRows` has them. Empty when there are none. */
  after(seq: number): readonly TailedEvent[] | undefined;
  /** Whether the goal has ended and nothing follows event `seq`. */
  isOver(seq: number): boolean;
  /** Resolves when there may be more. Rejects when the tail cannot be read. */
  change(): Promise<void>;
  leave(): void;
}

/** A follower that is up to date takes what is new at once, so that little is held. */
const heldLengthMax = 64 * 1024;
const eventsPerRead = 200;

export type GoalName = Pick<Goal, 'tenantId' | 'goalId'>;

export interface TailPorts {
  readonly store: Pick<GoalStore, 'listEvents' | 'findGoal'>;
  readonly latches: CommitLatches;
  /** How long a hint may be lost before the rows are read anyway. */
  readonly pollMs: number;
}

export async function readRows(
  store: Pick<GoalStore, 'listEvents'>,
  { tenantId, goalId }: GoalName,
  afterSeq: number,
): Promise<readonly TailedEvent[]> {
  const events = await store.listEvents(tenantId, goalId, { afterSeq, limit: eventsPerRead });
  return events.map(tailedEvent);
}

export class GoalTails {
  readonly #ports: TailPorts;
  readonly #tails = new Map<string, GoalTail>();

  constructor(ports: TailPorts) {
    this.#ports = ports;
  }

  /** How many goals are read here. */
  get count(): number {
    return this.#tails.size;
  }

  join(goal: Goal): Follower {
    const key = `${goal.tenantId} ${goal.goalId}`;
    const tail = this.#tails.get(key) ?? new GoalTail(this.#ports, goal, () => this.#forget(key, tail));
    this.#tails.set(key, tail);
    return tail.join();
  }

  #forget(key: string, tail: GoalTail): void {
    if (this.#tails.get(key) === tail) this.#tails.delete(key);
  }
}

class GoalTail {
  readonly #ports: TailPorts;
  readonly #goal: GoalName;
  readonly #latch: Latch;
  readonly #followers = new Set<Latch & { readonly set: () => void }>();
  readonly #onEnd: () => void;
  #held: TailedEvent[] = [];
  #heldLength = 0;
  /** Of the last event that was dropped, or that was there before: from here on everything is held. */
  #floor: number;
  #last: number;
  /** After which event the goal was over; 0 when it is gone. */
  #overAt: number | undefined;
  #hasFinished = false;
  #failure: { readonly error: unknown } | undefined;
  #ended = false;

  constructor(ports: TailPorts, goal: Goal, onEnd: () => void) {
    this.#ports = ports;
    this.#goal = { tenantId: goal.tenantId, goalId: goal.goalId };
    this.#floor = this.#last = goal.eventSeq;
    this.#onEnd = onEnd;
    this.#latch = ports.latches.ofGoal(goal.tenantId, goal.goalId);
    this.#run().catch((error: unknown) => {
      this.#failure = { error };
      this.#end();
    });
  }

  join(): Follower {
    const { latch, set } = createLatch();
    const follower = { ...latch, set };
    this.#followers.add(follower);
    return {
      after: (seq) => this.#after(seq),
      isOver: (seq) => this.#overAt !== undefined && seq >= this.#overAt,
      change: async () => {
        if (this.#failure === undefined) await latch.wait();
        if (this.#failure !== undefined) throw this.#failure.error;
        latch.arm();
      },
      leave: () => {
        this.#followers.delete(follower);
        set();
        if (this.#followers.size === 0) this.#end();
      },
    };
  }

  #after(seq: number): readonly TailedEvent[] | undefined {
    if (seq > this.#last) return [];
    return seq < this.#floor ? undefined : this.#held.slice(seq - this.#floor);
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#latch.release();
    this.#onEnd();
    this.#tell();
  }

  #tell(): void {
    for (const { set } of this.#followers) set();
  }

  async #run(): Promise<void> {
    while (!this.#ended) {
      this.#latch.arm();
      const read = await this.#read();
      if (read === eventsPerRead) continue;
      await this.#latch.wait(this.#ports.pollMs);
    }
  }

  /** How many events there were. What failed for a time counts as none: the next poll reads again. */
  async #read(): Promise<number> {
    const { store } = this.#ports;
    const { tenantId, goalId } = this.#goal;
    try {
      const events = await store.listEvents(tenantId, goalId, { afterSeq: this.#last, limit: eventsPerRead });
      for (const event of events) this.#hold(tailedEvent(event));
      this.#hasFinished ||= events.some(({ type }) => type === 'goal-finished');
      if (events.length > 0) {
        this.#overAt = undefined;
        // Before the goal is asked about: that takes another round.
        this.#tell();
      }
      const maybeOver = events.length === 0 || (this.#hasFinished && events.length < eventsPerRead);
      if (maybeOver && this.#overAt === undefined) await this.#lookWhetherOver();
      return events.length;
    } catch (error) {
      if (error instanceof ChoraleError && error.family === 'temporary') return 0;
      throw error;
    }
  }

  async #lookWhetherOver(): Promise<void> {
    const last = this.#last;
    const goal = await this.#ports.store.findGoal(this.#goal.tenantId, this.#goal.goalId);
    if (goal === undefined) this.#overAt = 0;
    else if (isGoalEnded(goal.state) && goal.eventSeq <= last) this.#overAt = last;
    if (this.#overAt !== undefined) this.#tell();
  }

  #hold(event: TailedEvent): void {
    this.#held.push(event);
    this.#heldLength += event.text.length;
    this.#last = event.seq;
    while (this.#heldLength > heldLengthMax) {
      const dropped = this.#held.shift();
      if (dropped === undefined) return;
      this.#heldLength -= dropped.text.length;
      this.#floor = dropped.seq;
    }
  }
}

function tailedEvent(event: GoalEvent): TailedEvent {
  return { seq: event.seq, text: formatEvent({ id: event.seq, event: event.type, data: eventView(event) }) };
}
