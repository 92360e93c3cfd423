// What goes wrong, where and how often. Each history draws its own rates; what really struck is counted, so that a
// kind of trouble that never happens any more is seen.

import type { SeededRandom } from './seeded-random.ts';

/** What can befall a command on its way to the store and back. */
export const commandFaults = [
  'crash-before-send',
  'crash-after-send',
  'crash-on-reply',
  'freeze-before-send',
  'freeze-on-reply',
  'request-lost',
  'reply-lost',
  'request-late',
  'reply-late',
  'delivered-twice',
] as const;
/** A claim is never sent again: whoever has no answer to it asks what it holds. */
export const claimFaults = commandFaults.filter((fault) => fault !== 'delivered-twice');
/** Clients have an answer or ask again: one that crashes is only one that asks less. */
export const clientFaults = commandFaults.filter((fault) => !fault.startsWith('crash') && !fault.startsWith('freeze'));
/** What can befall a read. */
export const readFaults = ['crash-on-reply', 'freeze-on-reply', 'reply-lost', 'reply-late'] as const;
/** What can befall a process between two steps of its own. */
export const localFaults = ['crash-before', 'crash-after', 'freeze-before', 'freeze-after'] as const;
/** What can befall a call of a tool besides. */
export const toolFaults = [...localFaults, 'slow'] as const;
/** What can befall a transaction. */
export const batchFaults = ['write-fails', 'commit-fails', 'restart-before-commit', 'restart-after-commit'] as const;
/** What can befall a hint of a commit. */
export const hintFaults = ['hint-lost', 'hint-late'] as const;

export type Fault =
  | (typeof commandFaults)[number]
  | (typeof readFaults)[number]
  | (typeof toolFaults)[number]
  | (typeof batchFaults)[number]
  | (typeof hintFaults)[number];

const families: { readonly [Family in 'crash' | 'freeze' | 'loss' | 'lateness' | 'store']: number } = {
  crash: 0.012,
  freeze: 0.008,
  loss: 0.025,
  lateness: 0.03,
  store: 0.06,
};

function familyOf(fault: Fault): keyof typeof families {
  if (fault.startsWith('crash')) return 'crash';
  if (fault.startsWith('freeze')) return 'freeze';
  if (fault.endsWith('late') || fault === 'slow') return 'lateness';
  if ((batchFaults as readonly Fault[]).includes(fault)) return 'store';
  return 'loss';
}

/** Passed again and again while nothing goes on: trouble is wanted more where work is done. */
const idlePoints: ReadonlySet<string> = new Set(['worker claim-tasks', 'worker hint', 'scheduler hint', 'store batch']);

export class Faults {
  readonly #random: SeededRandom;
  readonly #rates = new Map<string, number>();
  readonly #hits = new Map<string, number>();
  #on = true;

  constructor(random: SeededRandom) {
    this.#random = random;
    // One history in eight is calm; in the others each kind of trouble is absent, rare or frequent.
    const calm = random.chance(1 / 8);
    for (const [family, rate] of Object.entries(families)) {
      this.#rates.set(family, calm ? 0 : rate * random.pick([0, 0.3, 1, 1, 2]));
    }
  }

  get hits(): ReadonlyMap<string, number> {
    return this.#hits;
  }

  /** The safety phase is over: from now on nothing goes wrong. */
  stop(): void {
    this.#on = false;
  }

  /** Decides what strikes at this point, if anything. */
  draw<Kind extends Fault>(point: string, kinds: readonly Kind[]): Kind | undefined {
    if (!this.#on) return undefined;
    // One number decides over all kinds, so that a point costs one draw.
    let left = this.#random.next();
    const share = idlePoints.has(point) ? 0.5 : 2;
    for (const kind of kinds) {
      left -= share * (this.#rates.get(familyOf(kind)) ?? 0);
      if (left >= 0) continue;
      if (kind !== 'write-fails') this.count(point, kind);
      return kind;
    }
    return undefined;
  }

  /** For a fault that may find nothing to strike, told by whoever saw it strike. */
  count(point: string, kind: Fault): void {
    const pair = `${point} x ${kind}`;
    this.#hits.set(pair, (this.#hits.get(pair) ?? 0) + 1);
  }
}
