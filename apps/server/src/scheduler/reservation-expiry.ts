// Charges what was reserved for model calls whose process is gone: at the start, and every half minute. What has expired is
// in the rows, so any number of these may run side by side.
//
// Invariants: SC3 what is due is charged at most one beat late, however much it is, also after a store did not answer.

import type { SpendStore } from '@chorale/module-models';
import { Beat, type BeatPorts } from '../process/beat.ts';

export function expireReservations(spend: Pick<SpendStore, 'execute'>, ports: BeatPorts): Beat {
  return new Beat(ports, {
    name: 'reservation expiry',
    everyMs: 30_000,
    complaint: 'reservations that have expired cannot be charged',
    async round(isEnding) {
      let charged = 0;
      let more = true;
      while (more && !isEnding()) {
        const reply = await spend.execute({ command: 'expire-reservations' });
        charged += reply.charged;
        more = reply.more;
      }
      if (charged > 0)
        ports.log.warn('model calls ended without a word; what was reserved for them was charged', { charged });
    },
  });
}
