// The model calls of this server that callers are waiting for: the end of the process lets them come to theirs.
//
// Owns:       their number, and whether new ones are taken.
import { temporary } from '@chorale/lib-errors';
import type { FastifyReply } from 'fastify';

const retryAfterMs = 1_000;

export interface OpenCalls {
  /** @throws temporary `not-ready` once the server is ending. */
  enter(reply: FastifyReply): void;
  /** Takes no new ones; resolves when the last has ended. */
  drain(): Promise<void>;
}

export function createOpenCalls(): OpenCalls {
  let open = 0;
  let onLast: (() => void) | undefined;
  let draining: Promise<void> | undefined;
  return {
    enter({ raw }) {
      if (draining !== undefined)
        throw temporary('not-ready', 'this server is ending', { retryAfterMs, action: 'ask again in a moment' });
      open++;
      raw.once('close', () => {
        open--;
        if (open === 0) onLast?.();
      });
    },
    drain: () =>
      (draining ??= new Promise((resolve) => {
        onLast = resolve;
        if (open === 0) resolve();
      })),
  };
}
