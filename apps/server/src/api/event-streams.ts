// All live streams of this process: events of one goal, and hints about all of them.
//
// Owns:       the open connections and their number.
// Invariants: EV1 a stream of a goal gives every event after its starting point once, in order: from the goal's tail,
//                 which all its followers here share, and from the rows where it is behind that.
//             EV3 whoever is let in no longer is not told either, within `readmitMs`.
//             EV2 a stream of hints holds at most `goalsPerHintMax` ids; past that it says `resync` instead.
import { ChoraleError, refused, temporary } from '@chorale/lib-errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Goal, type GoalStore, isGoalEnded } from '@chorale/module-goals';
import { CommitLatches, createLatch } from './commit-latch.ts';
import { EventStream, formatEvent, type StreamTimes } from './event-stream.ts';
import { type GoalName, GoalTails, readRows } from './goal-tails.ts';

export interface StreamLimits extends StreamTimes {
  readonly streamsMax: number;
  /** How long a hint may be lost before the rows are read anyway. */
  readonly pollMs: number;
  /** How often it is asked again whether the reader is let in. */
  readonly readmitMs: number;
  /** Hints are gathered for so long. */
  readonly hintMs: number;
}

export const defaultStreamLimits: StreamLimits = {
  streamsMax: 1000,
  heartbeatMs: 15_000,
  stallMsMax: 30_000,
  pollMs: 5000,
  readmitMs: 5000,
  hintMs: 200,
};

const chunkLengthMax = 64 * 1024;
const goalsPerHintMax = 1000;

export interface StreamPorts {
  readonly onError: (error: unknown) => void;
  /** Rejects where whoever asked would not be let in now. */
  readonly admit: (request: FastifyRequest) => Promise<unknown>;
}

export class EventStreams {
  readonly #store: GoalStore;
  readonly #latches: CommitLatches;
  readonly #tails: GoalTails;
  readonly #limits: StreamLimits;
  readonly #ports: StreamPorts;
  readonly #open = new Set<EventStream>();

  constructor(store: GoalStore, limits: StreamLimits, ports: StreamPorts) {
    this.#store = store;
    this.#latches = new CommitLatches(store);
    this.#tails = new GoalTails({ store, latches: this.#latches, pollMs: limits.pollMs });
    this.#limits = limits;
    this.#ports = ports;
  }

  get openCount(): number {
    return this.#open.size;
  }

  close(): void {
    this.#latches.close();
    for (const stream of this.#open) stream.end();
  }

  /** Takes the connection over and feeds it until either side ends it. Throws only before it has taken it over. */
  followGoal(reply: FastifyReply, goal: Goal, from: { readonly after: number; readonly untilFinished: boolean }): void {
    if (from.after > goal.eventSeq) {
      const message = `event ${from.after} has not happened; the last of ${goal.goalId} is ${goal.eventSeq}`;
      throw refused('cursor-invalid', message, {
        action: 'leave out `after` and Last-Event-ID to read from the beginning',
      });
    }
    this.#feed(this.#admit(reply), (stream) => this.#feedGoal(stream, goal, from));
  }

  followChanges(reply: FastifyReply, tenantId: string): void {
    this.#feed(this.#admit(reply), (stream) => this.#feedChanges(stream, tenantId));
  }

  #feed(stream: EventStream, feed: (stream: EventStream) => Promise<void>): void {
    feed(stream)
      // The reader comes back with Last-Event-ID: nothing is lost by ending it here.
      .catch(this.#ports.onError)
      .finally(() => stream.end());
  }

  async #feedGoal(
    stream: EventStream,
    goal: Goal,
    from: { readonly after: number; readonly untilFinished: boolean },
  ): Promise<void> {
    const follower = this.#tails.join(goal);
    stream.onClose(follower.leave);
    let last = from.after;
    while (!stream.closed) {
      const events = follower.after(last) ?? (await readRows(this.#store, goal, last));
      let chunk = '';
      for (const { seq, text } of events) {
        last = seq;
        chunk += text;
        if (chunk.length < chunkLengthMax) continue;
        await stream.write(chunk);
        chunk = '';
      }
      if (chunk !== '') await stream.write(chunk);
      if (events.length > 0) continue;
      if (from.untilFinished && follower.isOver(last)) {
        await stream.write(formatEvent({ event: 'end', data: {} }));
        return;
      }
      await follower.change();
    }
  }

  /** Whether the goal has ended and nothing follows event `last`. */
  async isOver({ tenantId, goalId }: GoalName, last: number): Promise<boolean> {
    const goal = await this.#store.findGoal(tenantId, goalId);
    return goal === undefined || (isGoalEnded(goal.state) && goal.eventSeq <= last);
  }

  async #feedChanges(stream: EventStream, tenantId: string): Promise<void> {
    const { latch, set } = createLatch();
    let changed = new Map<string, number>();
    const stop = this.#latches.onHint((hint) => {
      for (const goal of hint.goals) {
        if (goal.tenantId === tenantId && changed.size <= goalsPerHintMax) changed.set(goal.goalId, goal.eventSeq);
      }
      if (changed.size > 0) set();
    });
    stream.onClose(() => {
      stop();
      latch.release();
    });
    while (!stream.closed) {
      latch.arm();
      if (changed.size === 0) await latch.wait(this.#limits.heartbeatMs);
      if (changed.size === 0) continue;
      const goals = [...changed].map(([goalId, eventSeq]) => ({ goalId, eventSeq }));
      changed = new Map();
      const text =
        goals.length > goalsPerHintMax
          ? formatEvent({ event: 'resync', data: {} })
          : formatEvent({ event: 'goals-changed', data: { goals } });
      await stream.write(text);
      await new Promise((resolve) => setTimeout(resolve, this.#limits.hintMs));
    }
  }

  /** Who cannot be asked now is not refused: only a refusal ends it. */
  async #readmit({ request }: FastifyReply, stream: EventStream): Promise<void> {
    try {
      await this.#ports.admit(request);
    } catch (error) {
      if (error instanceof ChoraleError && error.family === 'refused') stream.end();
    }
  }

  #admit(reply: FastifyReply): EventStream {
    if (this.#open.size >= this.#limits.streamsMax) {
      throw temporary('too-many-streams', `this server already feeds ${this.#open.size} live streams`, {
        action: 'close pages that are not looked at, or try again later',
        retryAfterMs: 5000,
      });
    }
    const stream = new EventStream(reply, this.#limits);
    this.#open.add(stream);
    const asking = setInterval(() => void this.#readmit(reply, stream), this.#limits.readmitMs);
    stream.onClose(() => clearInterval(asking));
    stream.onClose(() => this.#open.delete(stream));
    return stream;
  }
}
