// BullMQ flows on a Redis of its own, whose append-only file is flushed to disk before every answer.
//
// A flow is a tree: a job has one parent. So of each layer's four jobs one, the carrier, waits for the four of the layer
// before, and the other three wait for nothing; a job above the last layer marks the end of the goal.

import { connect } from 'node:net';
import type { Contestant, Surroundings } from '../contestant.ts';
import { layersPerGoal, serveContestant, tasksPerLayer } from '../contestant.ts';
import { keepInFlight } from '../keep-in-flight.ts';
import { measurePickUp } from '../measure-pick-up.ts';
import { freePort, startServer } from './child-server.ts';
import { loadPeer, peerVersion } from './peer-package.ts';

interface Connection {
  readonly host: string;
  readonly port: number;
}
interface Job {
  readonly id: string;
  readonly name: string;
}
interface FlowJob {
  readonly name: string;
  readonly queueName: string;
  readonly opts?: { readonly jobId: string };
  readonly children?: readonly FlowJob[];
}
interface Closable {
  close(): Promise<void>;
}
interface Queue extends Closable {
  add(name: string, data: object, options: { jobId: string }): Promise<Job>;
  getJobCounts(...states: readonly string[]): Promise<Record<string, number>>;
}
interface Worker extends Closable {
  on(event: 'completed', listener: (job: Job) => void): void;
  waitUntilReady(): Promise<unknown>;
}
interface BullMq {
  FlowProducer: new (options: { connection: Connection }) => Closable & { add(flow: FlowJob): Promise<unknown> };
  Queue: new (name: string, options: { connection: Connection }) => Queue;
  Worker: new (
    name: string,
    process: (job: Job) => Promise<void>,
    options: { connection: Connection; concurrency: number },
  ) => Worker;
}

const queueName = 'tasks';
const concurrency = 50;
const waitingFor = new Map<string, () => void>();

function goalFlow(goalId: string): FlowJob {
  const layer = (depth: number): readonly FlowJob[] =>
    Array.from({ length: tasksPerLayer }, (_, index) => {
      const carries = index === 0 && depth > 1;
      return { name: 'task', queueName, ...(carries ? { children: layer(depth - 1) } : {}) };
    });
  return { name: 'goal', queueName, opts: { jobId: goalId }, children: layer(layersPerGoal) };
}

async function open({ folder }: Surroundings): Promise<Contestant> {
  const { FlowProducer, Queue, Worker } = loadPeer<BullMq>('bullmq');
  let goalsEnded = 0;
  const port = await freePort();
  const connection = { host: '127.0.0.1', port };
  const server = await startServer('redis-server', redisArguments(port, folder), {
    answers: async () => (await ask(port, 'PING')).startsWith('+PONG'),
    remedy: 'Install it: apt-get install -y redis-server',
  });
  const flows = new FlowProducer({ connection });
  const queue = new Queue(queueName, { connection });
  const worker = new Worker(
    queueName,
    async (job) => {
      if (job.name === 'sample') release(job.id);
    },
    { connection, concurrency },
  );
  worker.on('completed', (job) => {
    if (job.name !== 'goal') return;
    goalsEnded += 1;
    release(job.id);
  });
  await worker.waitUntilReady();
  let made = 0;
  return {
    versions: {
      bullmq: peerVersion('bullmq'),
      redis: /redis_version:(\S+)/.exec(await ask(port, 'INFO server'))?.[1] ?? 'unknown',
    },
    serverProcesses: [server.processId],
    runGoals: (order) =>
      keepInFlight(order, async () => {
        const goalId = `goal-${made++}`;
        const ended = new Promise<void>((resolve) => waitingFor.set(goalId, resolve));
        await flows.add(goalFlow(goalId));
        await ended;
      }),
    pickUp: (samples) =>
      measurePickUp(samples, async (begin) => {
        const jobId = `sample-${made++}`;
        waitingFor.set(jobId, begin);
        await queue.add('sample', {}, { jobId });
      }),
    // The jobs that mark the end of a goal are in the count of finished jobs; they are not tasks.
    countFinished: async () => {
      const counts = await queue.getJobCounts('completed', 'active', 'wait', 'waiting-children', 'failed', 'delayed');
      const { completed = 0, ...others } = counts;
      return { tasks: completed - goalsEnded, open: Object.values(others).reduce((sum, count) => sum + count, 0) };
    },
    close: async () => {
      await worker.close();
      await Promise.all([queue.close(), flows.close()]);
      await server.stop();
    },
  };
}

function release(id: string): void {
  waitingFor.get(id)?.();
  waitingFor.delete(id);
}

function redisArguments(port: number, folder: string): readonly string[] {
  const settings = { port, bind: '127.0.0.1', dir: folder, appendonly: 'yes', appendfsync: 'always', save: '' };
  return [
    ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
    '--maxmemory-policy',
    'noeviction',
  ];
}

/** The first thing that the server says to a command. */
function ask(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${command}\r\n`));
    socket.on('data', (data) => {
      socket.destroy();
      resolve(data.toString());
    });
    socket.on('error', reject);
  });
}

serveContestant(open);
