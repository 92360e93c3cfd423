// The thread that owns a connection: the writer runs batches, the reader answers questions beside it.
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { broken, toErrorRecord } from '@chorale/lib-errors';
import { lockStore, type StoreLock } from './directory-lock.ts';
import { watchDisk } from './disk-space.ts';
import { openParts, type Parts } from './parts.ts';
import { SqliteDatabase } from './sqlite-database.ts';
import type { ThreadOptions, ThreadReply, ThreadRequest } from './thread-protocol.ts';

const port = parentPort;
if (port === null) throw broken('internal', 'store-thread runs as a worker thread only');
const { path, role } = workerData as ThreadOptions;

try {
  serve(port, openStore());
  port.postMessage({ id: 0, value: undefined } satisfies ThreadReply);
} catch (error) {
  port.postMessage({ id: 0, error: toErrorRecord(error) } satisfies ThreadReply);
  port.close();
}

interface OpenStore {
  readonly database: SqliteDatabase;
  readonly parts: Parts;
  readonly lock: StoreLock | undefined;
}

function openStore(): OpenStore {
  const lock = role === 'writer' ? lockStore(path, Date.now()) : undefined;
  try {
    const database = SqliteDatabase.open({ path, whyFull: watchDisk(path) });
    return { database, parts: openParts(database, { now: Date.now, random: Math.random }), lock };
  } catch (error) {
    lock?.release();
    throw error;
  }
}

function serve(port: MessagePort, store: OpenStore): void {
  port.on('message', (request: ThreadRequest) => void respond(port, store, request));
}

async function respond(port: MessagePort, store: OpenStore, request: ThreadRequest): Promise<void> {
  port.postMessage(await answer(store, request));
  if (request.ask !== 'close') return;
  store.lock?.release();
  port.close();
}

async function answer(store: OpenStore, request: ThreadRequest): Promise<ThreadReply> {
  try {
    return { id: request.id, value: await perform(store, request) };
  } catch (error) {
    return { id: request.id, error: toErrorRecord(error) };
  }
}

function perform({ database, parts }: OpenStore, request: ThreadRequest): unknown {
  switch (request.ask) {
    case 'batch':
      return parts[request.part].runBatch(request.commands);
    case 'read':
      return parts[request.part].runRead(request);
    case 'configure':
      return parts.goals.configure(request.limits);
    case 'close':
      return database.close();
  }
}
