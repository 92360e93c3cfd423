// Says what models say to the agents of this process, to whoever listens at any other.
//
// Invariants: LS1 nothing is gathered and nothing is sent for a goal that nobody listens to.
//             LS2 what waits to be sent is bounded, and what does not fit is dropped: who speaks never waits.
import type { GoalId, TenantId } from '@chorale/lib-ids';
import type { Json } from '@chorale/module-goals';
import type { Bus } from './bus.ts';
import { liveKinds, readWish, wishKeptMs, type LiveText } from './live-text.ts';
import { makeRoutingKey } from './routing-key.ts';

export interface LiveSpeakerOptions {
  readonly bus: Bus;
  readonly now: () => number;
  readonly schedule: (delayMs: number, callback: () => void) => () => void;
}

/** Of one call of a model. */
export interface Utterance {
  say(kind: 'text' | 'reasoning' | 'tool-call', text: string): void;
  end(): void;
}

export interface Speech extends Pick<LiveText, 'goalId' | 'taskNo' | 'agent' | 'callId'> {
  readonly tenantId: TenantId;
  /** The goal and those above it: whoever follows any of them hears it. */
  readonly heardAt: readonly GoalId[];
  /** Takes out what nobody may see, wherever the pieces are cut. */
  readonly redact: () => { push(piece: string): string; end(): string };
}

/** Pieces of so long go together: a model's words come one by one. */
const gatherMs = 100;
const gatheredLengthMax = 32 * 1024;
const sendingMax = 200;
const expiresMs = 5_000;
/** Listened to at once. */
const goalsMax = 20_000;

export class LiveSpeaker {
  readonly #options: LiveSpeakerOptions;
  readonly #listenedUntil = new Map<string, number>();
  #unsubscribe: () => Promise<void> = async () => undefined;
  #sending = 0;

  private constructor(options: LiveSpeakerOptions) {
    this.#options = options;
  }

  static async open(options: LiveSpeakerOptions): Promise<LiveSpeaker> {
    const speaker = new LiveSpeaker(options);
    speaker.#unsubscribe = await options.bus.subscribe({
      pattern: `*.*.*.${liveKinds.wish}`,
      handle: ({ body }) => speaker.#onWish(body),
    });
    return speaker;
  }

  /** Undefined while nobody listens. */
  begin(speech: Speech): Utterance | undefined {
    return this.#heardAt(speech).length === 0 ? undefined : this.#utter(speech);
  }

  close(): Promise<void> {
    return this.#unsubscribe();
  }

  #onWish(body: Json): void {
    const now = this.#options.now();
    for (const [name, until] of this.#listenedUntil) if (until <= now) this.#listenedUntil.delete(name);
    for (const [tenantId, goalId] of readWish(body))
      if (this.#listenedUntil.size < goalsMax) this.#listenedUntil.set(`${tenantId} ${goalId}`, now + wishKeptMs);
  }

  #heardAt({ tenantId, heardAt }: Speech): readonly GoalId[] {
    const now = this.#options.now();
    return [...new Set(heardAt)].filter((goalId) => (this.#listenedUntil.get(`${tenantId} ${goalId}`) ?? 0) > now);
  }

  #utter(speech: Speech): Utterance {
    let gathered: { readonly kind: LiveText['kind']; text: string } | undefined;
    let redacting = speech.redact();
    let stop: (() => void) | undefined;
    let from = 0;
    const flush = (last: boolean): void => {
      stop?.();
      stop = undefined;
      if (gathered === undefined) return;
      const { kind } = gathered;
      const text = redacting.push(gathered.text) + (last ? redacting.end() : '');
      gathered = last ? undefined : { kind, text: '' };
      if (last) redacting = speech.redact();
      if (text === '') return;
      this.#send(speech, { kind, from, text });
      from += text.length;
    };
    return {
      say: (kind, text) => {
        if (gathered !== undefined && gathered.kind !== kind) flush(true);
        gathered ??= { kind, text: '' };
        if (gathered.text.length < gatheredLengthMax) gathered.text += text;
        stop ??= this.#options.schedule(gatherMs, () => flush(false));
      },
      end: () => {
        flush(true);
        this.#send(speech, { kind: 'end', from, text: '' });
      },
    };
  }

  #send(speech: Speech, piece: Pick<LiveText, 'kind' | 'from' | 'text'>): void {
    const { tenantId, goalId, taskNo, agent, callId } = speech;
    const body = { goalId, taskNo, agent, callId, ...piece };
    for (const heardAt of this.#heardAt(speech)) {
      if (this.#sending >= sendingMax) return;
      this.#sending += 1;
      const key = makeRoutingKey({ tenantId, goalId: heardAt, task: String(taskNo), kind: liveKinds.text });
      this.#options.bus
        .publish(key, body, { expiresMs })
        .catch(() => undefined)
        .finally(() => (this.#sending -= 1));
    }
  }
}
