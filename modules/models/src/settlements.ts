// Settlements on their way to the store. An answer does not wait for them; a process that stops waits for them all.
// While calls come quickly they are gathered for a moment: a commit each would cost more than the calls themselves.
//
// Owns:       the settlements that are open, at most `openMax`; beyond that calls wait for room.
// Invariants: ST1 the commands of one call are executed in their order.
//             ST3 none is held longer than `gatherMs`, and the first after a pause not at all.
//             ST2 one that cannot be executed is reported; its reservation then expires and is charged in full, so
//                 nothing is ever spent uncounted.

import { ChoraleError } from '@chorale/lib-errors';
import type { Clock } from '@chorale/lib-time';
import { createGathering } from './gathering.ts';
import type { RouterProblem } from './router-ports.ts';
import type { RecordCall, Settle, SpendStore } from './spend.ts';

export interface Settlements {
  /** In this order. */
  add(commands: readonly (Settle | RecordCall)[]): void;
  /** Anything else that `drain` waits for; it must not reject. */
  follow(work: Promise<void>): void;
  /** Sends what was gathered; resolves when all that is open now has reached the store, or was reported. */
  flush(): Promise<void>;
  /** How many are open. */
  readonly size: number;
  /** Resolves when there is room for another call's. */
  room(): Promise<void> | undefined;
  drain(): Promise<void>;
}

interface SettlementWorld {
  readonly spend: Pick<SpendStore, 'execute'>;
  readonly clock: Clock;
  readonly report: (problem: RouterProblem) => void;
}

const openMax = 5_000;
const gatherMs = 20;
const triesMax = 7;
const retryMs = 100;

const isFinal = (error: unknown): boolean => error instanceof ChoraleError && error.family !== 'temporary';

export function createSettlements({ spend, clock, report }: SettlementWorld): Settlements {
  const open = new Set<Promise<void>>();
  const gathering = createGathering(clock, gatherMs);

  async function execute(command: Settle | RecordCall): Promise<void> {
    for (let failures = 1; ; failures++) {
      try {
        await spend.execute(command);
        return;
      } catch (error) {
        if (isFinal(error) || failures >= triesMax) return report({ what: 'settlement-failed', command, error });
        await new Promise<void>((resolve) => void clock.schedule(retryMs * 2 ** (failures - 1), resolve));
      }
    }
  }

  async function executeAll(commands: readonly (Settle | RecordCall)[]): Promise<void> {
    for (const command of commands) await execute(command);
  }

  function follow(work: Promise<void>): void {
    const followed: Promise<void> = work.finally(() => void open.delete(followed));
    open.add(followed);
  }

  async function settle(commands: readonly (Settle | RecordCall)[]): Promise<void> {
    const wait = gathering.turn();
    if (wait !== undefined) await wait;
    await executeAll(commands);
  }

  return {
    add: (commands) => follow(settle(commands)),
    follow,
    get size() {
      return open.size;
    },
    flush: async () => {
      gathering.send();
      await Promise.all(open);
    },
    room: () => (open.size < openMax ? undefined : Promise.race(open)),
    drain: async () => {
      while (open.size > 0) {
        gathering.send();
        await Promise.all(open);
      }
    },
  };
}
