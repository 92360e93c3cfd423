// The mailboxes of the cluster.
import { CommandBatcher, type BatchLimits } from '@chorale/module-goals';
import {
  PostedListeners,
  type MessageCommand,
  type MessageReplies,
  type MessageStore,
} from '@chorale/module-messaging';
import { byKeyOnly, connect, connectScheduler, inOrder } from './connect.ts';
import { PostgresMessageEngine } from './message-engine.ts';
import { makeMessageReads } from './message-reads.ts';
import { withStoreErrors } from './postgres-errors.ts';
import type { PostgresOptions } from './open-postgres-goal-store.ts';

const readersMax = 2;
/** One batch at a time: what a sender sends without waiting keeps its order. */
const batches: BatchLimits = { batchMax: 1_000, inFlightMax: 1, waitingMax: 100_000 };

/** On a database whose schema is the newest. */
export function openPostgresMessages(options: PostgresOptions): {
  readonly messages: MessageStore;
  end(): Promise<void>;
} {
  const readers = connect(options, readersMax, inOrder);
  const writers = connect(options, 1, byKeyOnly);
  const scheduler = connectScheduler(options, {});
  const engine = new PostgresMessageEngine(writers, options.now);
  const listeners = new PostedListeners();
  const batcher = new CommandBatcher<MessageCommand, MessageReplies>(async (commands) => {
    const outcomes = await engine.runBatch(commands);
    listeners.tell(commands, outcomes);
    return outcomes;
  }, batches);
  return {
    messages: {
      ...withStoreErrors(makeMessageReads({ readers, scheduler }, options.now)),
      execute: (command) => batcher.execute(command),
      onPosted: (listener) => listeners.add(listener),
    },
    async end() {
      await Promise.all([readers, writers, scheduler].map((sql) => sql.end({ timeout: 5 })));
    },
  };
}
