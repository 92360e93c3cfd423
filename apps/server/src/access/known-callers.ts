// Who was recognised a moment ago: most requests come in bursts from the same few.
//
// Invariants: KC1 what this process changes counts from the next request on. What another process changes counts within a second.
import { createHash } from 'node:crypto';
import type { IdentityStore } from '@chorale/module-access';
import type { Caller } from '../api/caller.ts';

const keptMs = 1_000;
const keptMax = 10_000;

export interface KnownCallers {
  /** `find` is asked where nothing is remembered. */
  get(token: string, find: () => Promise<Caller | undefined>): Promise<Caller | undefined>;
  /** The store, through which every change makes this forget. */
  readonly store: IdentityStore;
}

export function rememberCallers(store: IdentityStore, now: () => number): KnownCallers {
  const known = new Map<string, { readonly caller: Caller; readonly until: number }>();
  let changes = 0;
  const forget = (): void => {
    changes += 1;
    known.clear();
  };
  return {
    async get(token, find) {
      const key = createHash('sha256').update(token).digest('base64');
      const found = known.get(key);
      if (found !== undefined && found.until > now()) return found.caller;
      const before = changes;
      const caller = await find();
      // What was read before a change is not remembered after it.
      if (caller === undefined || before !== changes) return caller;
      if (known.size >= keptMax) known.clear();
      known.set(key, { caller, until: now() + keptMs });
      return caller;
    },
    store: {
      ...store,
      async execute(command) {
        forget();
        const reply = await store.execute(command);
        forget();
        return reply;
      },
    },
  };
}
