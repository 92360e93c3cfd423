// What the clients of a broker or a cache say of their connections: at every attempt, several times a second.
import { ChoraleError } from '@chorale/lib-errors';
import type { Log } from '../process/log.ts';

const againAfterMs = 60_000;

/** The same trouble with a connection is said once a minute, and without the stack of a library. A defect of ours is said whole. */
export function complainSeldom(
  log: Pick<Log, 'warn'>,
  message: string,
  now: () => number = () => performance.now(),
): (error: unknown) => void {
  const saidAt = new Map<string, number>();
  return (error) => {
    if (!isOfConnection(error)) return log.warn(message, { error });
    const reason = error.message.replace(/^undefined: /, '');
    if (now() - (saidAt.get(reason) ?? Number.NEGATIVE_INFINITY) < againAfterMs) return;
    // Few words for few troubles: what is older may be said again, and need not be remembered.
    for (const [said, at] of saidAt) if (now() - at >= againAfterMs) saidAt.delete(said);
    saidAt.set(reason, now());
    log.warn(message, { reason });
  };
}

function isOfConnection(error: unknown): error is Error {
  if (!(error instanceof Error) || error instanceof ChoraleError) return false;
  return error.name.startsWith('AMQP') || ('syscall' in error && typeof error.syscall === 'string');
}
