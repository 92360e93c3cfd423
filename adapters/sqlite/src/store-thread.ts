// The thread that owns a connection: the writer runs batches, the reader answers questions beside it.
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { broken, toErrorRecord } from '@chorale/lib-errors';
import { lockStore, type StoreLock } from './directory-lock.ts';
import { watchDisk } from './disk-space.ts';
import { SqliteEngine } from './sqlite-engine.ts';
import { runRead } from './store-reads.ts';
import type { ThreadOptions, ThreadReply, ThreadRequest } from './thread-protocol.ts';

const port = parentPort;
if (port === null) throw broken('internal', 'store-thread runs as a worker thread only');
const { path, role } = workerData as ThreadOptions;

try {
  serve(port, openEngine());
  port.postMessage({ id: 0, value: undefined } satisfies ThreadReply);
} catch (error) {
  port.postMessage({ id: 0, error: toErrorRecord(error) } satisfies ThreadReply);
  port.close();
}

interface OpenEngine {
  readonly engine: SqliteEngine;
  readonly lock: StoreLock | undefined;
}

function openEngine(): OpenEngine {
  const lock = role === 'writer' ? lockStore(path, Date.now()) : undefined;
  try {
    return {
      engine: new SqliteEngine({ path, now: Date.now, random: Math.random, whyFull: watchDisk(path) }),
      lock,
    };
  } catch (error) {
    lock?.release();
    throw error;
  }
}

function serve(port: MessagePort, { engine, lock }: OpenEngine): void {
  port.on('message', (request: ThreadRequest) => {
    port.postMessage(answer(engine, request));
    if (request.ask === 'close') {
      lock?.release();
      port.close();
    }
  });
}

function answer(engine: SqliteEngine, request: ThreadRequest): ThreadReply {
  try {
    return { id: request.id, value: perform(engine, request) };
  } catch (error) {
    return { id: request.id, error: toErrorRecord(error) };
  }
}

function perform(engine: SqliteEngine, request: ThreadRequest): unknown {
  switch (request.ask) {
    case 'batch':
      return engine.runBatch(request.commands);
    case 'read':
      return runRead(engine.reads, request, Date.now());
    case 'configure':
      return engine.configure(request.limits);
    case 'close':
      return engine.close();
  }
}
