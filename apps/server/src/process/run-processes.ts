// Several processes of this server on one port: each is an ordinary process with its roles, a row of its own in the database and
// connections of its own. This one hands out connections in turn (node:cluster), begins anew what dies, and ends them all.
//
// Owns:       the processes it began. Does not own what they do: it opens no database, and work goes on without it only as
//             long as they live; they end when it is gone.
// Invariants: RP1 a process that ended unasked is begun anew after a pause that grows while it fails, until all are to end.
//             RP2 the first one serves before others begin: what is made at a first start is made once.

import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { EndRequests } from './ask-to-end.ts';
import type { Log } from './log.ts';

export interface ManyProcesses {
  readonly count: number;
  /** The file they run, and what follows it on the command line. */
  readonly program: string;
  readonly args: readonly string[];
  readonly requests: Pick<EndRequests, 'asked' | 'urged'>;
  readonly log: Log;
  /** They bound it themselves; one that is beyond its own bounds is killed. */
  readonly drainMs: number;
}

const pauseMsMin = 200;
const pauseMsMax = 5_000;
/** One that served for so long begins anew at once when it dies. */
const provenMs = 30_000;
const stopMsMax = 30_000;

/** Of one among several: set by the process that began it. */
export const processNo: string | undefined = process.env['CHORALE_PROCESS_NO'];
/** Told by each to whoever began it. */
export function saysThatItServes(): void {
  if (cluster.isWorker) process.send?.(serving);
}
const serving = 'serving';

interface Place {
  readonly no: number;
  worker: Worker | undefined;
  failures: number;
}

/** Resolves with the exit code when all have ended. */
export async function runProcesses(options: ManyProcesses): Promise<number> {
  const { count, program, args, requests, log, drainMs } = options;
  cluster.setupPrimary({ exec: program, args: [...args] });
  cluster.schedulingPolicy = cluster.SCHED_RR;
  const ending = new AbortController();
  const places = Array.from({ length: count }, (_, no): Place => ({ no: no + 1, worker: undefined, failures: 0 }));
  const asked = requests.asked.then((reason) => {
    log.info(`ending: ${reason}`);
    ending.abort();
    tellAll(places, 'end');
  });
  void requests.urged.then(() => tellAll(places, 'urge'));
  const first = new Set<number>();
  const keeping = (place: Place, onServing: () => void): Promise<number> =>
    keep(place, { log, ending: ending.signal, onServing, first });
  let firstCode: number | undefined;
  const codes: Promise<number>[] = [];
  await new Promise<void>((resolve) => {
    const [one, ...others] = places;
    const begun = keeping(one!, () => {
      first.add(one!.no);
      for (const place of others) codes.push(keeping(place, () => first.add(place.no)));
      resolve();
    });
    codes.unshift(begun);
    void begun.then((code) => {
      firstCode = code;
      resolve();
    });
  });
  // It never served: what is wrong is wrong for all of them, and it has said what.
  if (first.size === 0) return firstCode ?? 1;
  await asked;
  const timer = setTimeout(() => {
    for (const { worker } of places) worker?.process.kill('SIGKILL');
  }, drainMs + stopMsMax);
  const ended = await Promise.all(codes);
  clearTimeout(timer);
  return Math.max(...ended);
}

interface Keeping {
  readonly log: Log;
  readonly ending: AbortSignal;
  readonly onServing: () => void;
  /** Those that have served at least once. */
  readonly first: ReadonlySet<number>;
}

/** Runs one of them, again and again. Resolves with the exit code of the last. */
async function keep(place: Place, { log, ending, onServing, first }: Keeping): Promise<number> {
  for (;;) {
    const begunAt = performance.now();
    const isFirstEver = first.size === 0;
    const worker = cluster.fork({ CHORALE_PROCESS_NO: String(place.no), CHORALE_GREETED: isFirstEver ? '' : 'yes' });
    place.worker = worker;
    worker.once('message', (said: unknown) => {
      if (said === serving && !first.has(place.no)) onServing();
    });
    const [code, signal] = (await once(worker, 'exit')) as [number | null, string | null];
    place.worker = undefined;
    if (ending.aborted) return code ?? 1;
    // One that has not served yet, and says that what it was given is wrong, would say so again.
    if (first.size === 0) return code ?? 1;
    place.failures = performance.now() - begunAt > provenMs ? 0 : place.failures + 1;
    const pauseMs = Math.min(pauseMsMax, pauseMsMin * 2 ** place.failures);
    log.error(`process ${place.no} ended unasked (${signal ?? code}); another one begins in ${pauseMs} ms`);
    await wait(pauseMs, undefined, { signal: ending }).catch(() => undefined);
    if (ending.aborted) return 1;
  }
}

function tellAll(places: readonly Place[], what: 'end' | 'urge'): void {
  for (const { worker } of places) if (worker?.isConnected() === true) worker.send(what);
}
