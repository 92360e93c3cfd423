// Hints between processes: over a carrier where there is one, and over LISTEN and NOTIFY where there is none now.
//
// Owns:       gathering hints for a moment and sending them outside the engine's transactions: a commit that carries a
//             NOTIFY takes a lock of the whole server. Losing any of them costs latency only.
// Invariants: HC1 both ways are listened to at all times, so that who sends may change from one to the other at any moment.
import type { CommitHint } from '@chorale/module-goals';
import type { Sql } from 'postgres';
import { Connection } from './connection.ts';

/** Hints of this long are sent together. */
const gatherMs = 5;
/** A NOTIFY payload holds at most 8,000 bytes. */
const payloadMax = 7_900;
/** So many fit whatever tenants are called. A commit may be of a thousand goals: the rest goes with further hints. */
const goalsPerHint = 40;
const cancelsPerHint = 15;
/** Of one gathering; whoever waits for what is beyond looks by itself. */
const hintsMax = 100;

/** Takes hints to the other processes; what it is given may come back to who gave it. */
export interface HintCarrier {
  /** Rejects, at once, when it cannot now. */
  carry(text: string): Promise<void>;
  onText(listener: (text: string) => void): Promise<() => Promise<void>>;
}

interface Envelope {
  readonly from: string;
  readonly hint: CommitHint;
}

export class HintChannel {
  readonly #connection: Connection;
  readonly #channel: string;
  readonly #listeners = new Set<(hint: CommitHint) => void>();
  readonly #listenersForOthers = new Set<(hint: CommitHint) => void>();
  readonly #self = `${process.pid}-${Math.random().toString(36).slice(2)}`;
  #gathered: CommitHint[] = [];
  #timer: NodeJS.Timeout | undefined;
  readonly #carrier: HintCarrier | undefined;
  #unlisten: (() => Promise<void>)[] = [];
  #sending: Promise<unknown> = Promise.resolve();

  private constructor(sql: Sql, channel: string, carrier?: HintCarrier) {
    this.#connection = new Connection(sql);
    this.#channel = channel;
    this.#carrier = carrier;
  }

  static async open(
    sql: Sql,
    { schema = 'public', carrier }: { readonly schema?: string; readonly carrier?: HintCarrier },
  ): Promise<HintChannel> {
    const channel = new HintChannel(sql, `chorale_${schema}`, carrier);
    const heard = (payload: string): void => channel.#onPayload(payload);
    const subscription = await sql.listen(channel.#channel, heard);
    channel.#unlisten.push(() => subscription.unlisten());
    if (carrier !== undefined) channel.#unlisten.push(await carrier.onText(heard));
    return channel;
  }

  add(listener: (hint: CommitHint) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Only what other processes tell. */
  addForOthers(listener: (hint: CommitHint) => void): void {
    this.#listenersForOthers.add(listener);
  }

  /** Tells this process at once and the others within a few milliseconds. */
  tell(hint: CommitHint): void {
    for (const listener of this.#listeners) listener(hint);
    this.#gathered.push(hint);
    this.#timer ??= setTimeout(() => this.#send(), gatherMs);
  }

  #send(): void {
    this.#timer = undefined;
    const hints = split(joined(this.#gathered));
    this.#gathered = [];
    this.#sending = Promise.all(hints.map((hint) => this.#sendOne(hint)));
  }

  async #sendOne(hint: CommitHint): Promise<void> {
    const payload = JSON.stringify({ from: this.#self, hint } satisfies Envelope);
    if (this.#carrier === undefined) return this.#notify(payload, hint);
    await this.#carrier.carry(payload).catch(() => this.#notify(payload, hint));
  }

  async #notify(whole: string, hint: CommitHint): Promise<void> {
    let payload = whole;
    if (payload.length > payloadMax)
      payload = JSON.stringify({
        from: this.#self,
        hint: { ...hint, goals: [], cancelRequested: [] },
      } satisfies Envelope);
    if (payload.length > payloadMax) return;
    await this.#connection.values('SELECT pg_notify($1, $2)', this.#channel, payload).catch(() => undefined);
  }

  #onPayload(payload: string): void {
    const { from, hint } = JSON.parse(payload) as Envelope;
    if (from === this.#self) return;
    for (const listener of this.#listeners) listener(hint);
    for (const listener of this.#listenersForOthers) listener(hint);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#sending;
    // What is not connected hears nothing anyway.
    for (const unlisten of this.#unlisten) await unlisten().catch(() => undefined);
  }
}

function joined(hints: readonly CommitHint[]): CommitHint {
  const goals = new Map(hints.flatMap((hint) => hint.goals).map((goal) => [goal.goalId, goal]));
  const wakes = hints.flatMap((hint) => hint.wakeAt ?? []);
  return {
    goals: [...goals.values()],
    readyLanes: [...new Set(hints.flatMap((hint) => hint.readyLanes))],
    cancelRequested: hints.flatMap((hint) => hint.cancelRequested),
    wakeAt: wakes.length === 0 ? undefined : Math.min(...wakes),
  };
}

function split(hint: CommitHint): readonly CommitHint[] {
  const { goals, cancelRequested } = hint;
  const count = Math.max(1, Math.ceil(goals.length / goalsPerHint), Math.ceil(cancelRequested.length / cancelsPerHint));
  return Array.from({ length: Math.min(hintsMax, count) }, (_, no) => ({
    goals: goals.slice(no * goalsPerHint, (no + 1) * goalsPerHint),
    cancelRequested: cancelRequested.slice(no * cancelsPerHint, (no + 1) * cancelsPerHint),
    readyLanes: no === 0 ? hint.readyLanes : [],
    wakeAt: no === 0 ? hint.wakeAt : undefined,
  }));
}
