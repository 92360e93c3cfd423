// Hears what models say to the agents of some goals, for those who follow them at this process.
//
// Invariants: LI1 whoever speaks is told who is listened to; where nobody listens, nothing is sent.
//             LI2 what is lost is not sent again: `from` tells that something is missing.
import type { GoalId, TenantId } from '@chorale/lib-ids';
import type { Json } from '@chorale/module-goals';
import type { Bus } from './bus.ts';
import { liveKinds, readLiveText, wishEveryMs, wishGoalsMax, type LiveText } from './live-text.ts';
import { makeRoutingKey } from './routing-key.ts';

export interface LiveListenerOptions {
  readonly bus: Bus;
  readonly schedule: (delayMs: number, callback: () => void) => () => void;
}

export type HearText = (text: LiveText) => void;

export class LiveListener {
  readonly #options: LiveListenerOptions;
  readonly #hearing = new Map<string, Set<HearText>>();
  #subscription: Promise<() => Promise<void>> | undefined;
  #stopWishing: (() => void) | undefined;

  constructor(options: LiveListenerOptions) {
    this.#options = options;
  }

  /** Resolves when what is said from now on is heard; returns what ends it. */
  async listen({ tenantId, goalId }: ListenedGoal, hear: HearText): Promise<() => void> {
    const name = `${tenantId} ${goalId}`;
    const hearing = this.#hearing.get(name) ?? new Set();
    this.#hearing.set(name, hearing.add(hear));
    await (this.#subscription ??= this.#subscribe());
    this.#wish();
    return () => {
      hearing.delete(hear);
      if (hearing.size === 0) this.#hearing.delete(name);
      // A subscription that cannot be ended ended with its connection.
      if (this.#hearing.size === 0) void this.#rest().catch(() => undefined);
    };
  }

  async close(): Promise<void> {
    this.#hearing.clear();
    await this.#rest();
  }

  #subscribe(): Promise<() => Promise<void>> {
    return this.#options.bus.subscribe({
      pattern: `*.*.*.${liveKinds.text}`,
      handle: ({ key, body }) => {
        const [tenantId, goalId] = key.split('.');
        const text = readLiveText(body);
        if (text !== undefined) for (const hear of this.#hearing.get(`${tenantId} ${goalId}`) ?? []) hear(text);
      },
    });
  }

  /** Again and again while anybody listens: a process that begins to speak hears it, and a word may be lost. */
  #wish(): void {
    this.#stopWishing?.();
    this.#stopWishing = undefined;
    if (this.#hearing.size === 0) return;
    const all = [...this.#hearing.keys()].map((name): Json => name.split(' '));
    for (let at = 0; at < all.length; at += wishGoalsMax) {
      const goals = all.slice(at, at + wishGoalsMax);
      const key = makeRoutingKey({ kind: liveKinds.wish });
      this.#options.bus.publish(key, { goals }, { expiresMs: wishEveryMs }).catch(() => undefined);
    }
    this.#stopWishing = this.#options.schedule(wishEveryMs, () => this.#wish());
  }

  async #rest(): Promise<void> {
    this.#stopWishing?.();
    this.#stopWishing = undefined;
    const subscription = this.#subscription;
    this.#subscription = undefined;
    await (
      await subscription
    )?.();
  }
}

export interface ListenedGoal {
  readonly tenantId: TenantId;
  readonly goalId: GoalId;
}
