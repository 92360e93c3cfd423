// The bytes of artifacts, as long as the bucket answers: readers of files have a line of their own, and when the bucket is away
// nobody waits to hear it again. Workers are bound by their own slots, and go on trying.
import { ChoraleError, temporary } from '@chorale/lib-errors';
import { Bulkhead, createCircuitBreaker } from '@chorale/module-access';
import type { ArtifactStore } from '@chorale/module-goals';
import { systemClock } from '../process/clock.ts';

const limits = { atOnce: 32, waiting: 128, waitMs: 1_000 };
const failuresMax = 5;
const openMs = 1_000;
const code = 'artifact-store-unavailable';

const reasons = {
  full: 'more files are asked for than can be opened now',
  late: 'the turn of this file did not come in time',
  away: 'the store of files has not answered for a moment',
} as const;

export interface GuardedArtifacts {
  readonly artifacts: ArtifactStore;
  readonly bulkhead: Pick<Bulkhead, 'state'>;
}

export function guardArtifacts(artifacts: ArtifactStore): GuardedArtifacts {
  const bulkhead = new Bulkhead({
    ...limits,
    breaker: createCircuitBreaker({ failuresMax, openMs, now: () => performance.now() }),
    schedule: systemClock.schedule,
    refuse: (why, retryAfterMs) => temporary(code, reasons[why], { retryAfterMs }),
    isAway: (error) => error instanceof ChoraleError && error.code === code,
  });
  const { link } = artifacts;
  return {
    artifacts: {
      put: (tenantId, bytes, sizes) => artifacts.put(tenantId, bytes, sizes),
      open: (tenantId, hash) => bulkhead.run(() => artifacts.open(tenantId, hash)),
      // Signed here, without asking anybody.
      ...(link === undefined ? {} : { link: (...given) => link(...given) }),
    },
    bulkhead,
  };
}
