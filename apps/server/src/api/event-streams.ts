// All live streams of this process: events of one goal, what models say at it, and hints about all goals.
//
// Owns:       the open connections and their number.
// Invariants: EV1 a stream of a goal gives every event after its starting point once, in order: from the goal's tail,
//                 which all its followers here share, and from the rows where it is behind that.
//             EV3 whoever is let in no longer is not told either, within `readmitMs`.
//             EV4 of what models say at most `textsMax` pieces wait for a slow reader; the rest is dropped.
//             EV2 a stream of hints holds at most `goalsPerHintMax` ids; past that it says `resync` instead.
import { ChoraleError, refused, temporary } from '@chorale/lib-errors';
import type { GoalId, ProjectId, TenantId } from '@chorale/lib-ids';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Goal, type GoalStore, isGoalEnded } from '@chorale/module-goals';
import type { LiveListener, LiveText } from '@chorale/module-messaging';
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
const textsMax = 200;
const projectsKnownMax = 10_000;

export interface StreamPorts {
  readonly onError: (error: unknown) => void;
  /** Rejects where whoever asked would not be let in now: to that goal, or to any. */
  readonly admit: (request: FastifyRequest, permit: StreamPermit, goal?: Goal) => Promise<unknown>;
  /** Whether whoever asked is shown the goals of a project; undefined for who is shown all. */
  readonly shown: (request: FastifyRequest) => ((projectId: ProjectId) => boolean) | undefined;
  readonly live: Pick<LiveListener, 'listen'>;
}

export type StreamPermit = 'goal.read' | 'step.read';

interface Following {
  readonly tenantId: TenantId;
  readonly request: FastifyRequest;
}

interface Changed {
  readonly goalId: GoalId;
  readonly eventSeq: number;
}

interface StreamOf {
  readonly permit: StreamPermit;
  readonly goal: Goal | undefined;
}

export class EventStreams {
  readonly #store: GoalStore;
  readonly #latches: CommitLatches;
  readonly #tails: GoalTails;
  readonly #limits: StreamLimits;
  readonly #ports: StreamPorts;
  readonly #projects = new Map<GoalId, ProjectId>();
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
    this.#feed(this.#admit(reply, 'goal.read', goal), (stream) => this.#feedGoal(stream, goal, from));
  }

  /** What models say to the agents of a goal, from now on, until the reader goes. */
  followText(reply: FastifyReply, goal: Goal): void {
    this.#feed(this.#admit(reply, 'step.read', goal), (stream) => this.#feedText(stream, goal));
  }

  followChanges(reply: FastifyReply, tenantId: TenantId): void {
    const asking = { tenantId, request: reply.request };
    this.#feed(this.#admit(reply, 'goal.read'), (stream) => this.#feedChanges(stream, asking));
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

  async #feedText(stream: EventStream, goal: Goal): Promise<void> {
    const { latch, set } = createLatch();
    let waiting: LiveText[] = [];
    const stop = await this.#ports.live.listen(goal, (text) => {
      if (waiting.length < textsMax) waiting.push(text);
      set();
    });
    stream.onClose(() => {
      stop();
      latch.release();
    });
    while (!stream.closed) {
      latch.arm();
      if (waiting.length === 0) await latch.wait();
      const texts = waiting;
      waiting = [];
      if (texts.length > 0) await stream.write(texts.map((data) => formatEvent({ event: 'text', data })).join(''));
    }
  }

  /** Where a goal belongs never changes. */
  async #projectOf(tenantId: TenantId, goalId: GoalId): Promise<ProjectId | undefined> {
    const known = this.#projects.get(goalId) ?? (await this.#store.findGoal(tenantId, goalId))?.projectId;
    if (this.#projects.size >= projectsKnownMax) this.#projects.clear();
    if (known !== undefined) this.#projects.set(goalId, known);
    return known;
  }

  async #shownOf(gathered: readonly Changed[], { tenantId, request }: Following): Promise<readonly Changed[]> {
    const shows = this.#ports.shown(request);
    if (shows === undefined) return gathered;
    const goals: Changed[] = [];
    for (const goal of gathered) {
      const projectId = await this.#projectOf(tenantId, goal.goalId);
      if (projectId !== undefined && shows(projectId)) goals.push(goal);
    }
    return goals;
  }

  async #feedChanges(stream: EventStream, { tenantId, request }: Following): Promise<void> {
    const { latch, set } = createLatch();
    let changed = new Map<GoalId, number>();
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
      const gathered = [...changed].map(([goalId, eventSeq]) => ({ goalId, eventSeq }));
      changed = new Map();
      // Of more than were gathered nobody knows whose they were.
      const isTooMuch = gathered.length > goalsPerHintMax;
      const goals = isTooMuch ? [] : await this.#shownOf(gathered, { tenantId, request });
      if (goals.length === 0 && !isTooMuch) continue;
      const text = isTooMuch
        ? formatEvent({ event: 'resync', data: {} })
        : formatEvent({ event: 'goals-changed', data: { goals } });
      await stream.write(text);
      await new Promise((resolve) => setTimeout(resolve, this.#limits.hintMs));
    }
  }

  /** Who cannot be asked now is not refused: only a refusal ends it. */
  async #readmit({ request }: FastifyReply, stream: EventStream, of: StreamOf): Promise<void> {
    try {
      await this.#ports.admit(request, of.permit, of.goal);
    } catch (error) {
      if (error instanceof ChoraleError && error.family === 'refused') stream.end();
    }
  }

  #admit(reply: FastifyReply, permit: StreamPermit, goal?: Goal): EventStream {
    if (this.#open.size >= this.#limits.streamsMax) {
      throw temporary('too-many-streams', `this server already feeds ${this.#open.size} live streams`, {
        action: 'close pages that are not looked at, or try again later',
        retryAfterMs: 5000,
      });
    }
    const stream = new EventStream(reply, this.#limits);
    this.#open.add(stream);
    const asking = setInterval(() => void this.#readmit(reply, stream, { permit, goal }), this.#limits.readmitMs);
    stream.onClose(() => clearInterval(asking));
    stream.onClose(() => this.#open.delete(stream));
    return stream;
  }
}
