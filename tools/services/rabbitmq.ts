// A RabbitMQ broker for tests: one that is named, one that answers on this machine, or one of our own, which is always
// stopped, with the port mapper that Erlang needs.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../process/find-program.ts';
import { answers, untilItAnswers, type Greeting } from './ask-service.ts';
import { installDebianPackage } from './debian-package.ts';
import { freePort } from './free-port.ts';
import type { TestService } from './test-service.ts';

/** The protocol header of AMQP 0-9-1; a broker answers with a frame of type 1, on channel 0. */
const greeting: Greeting = { port: 5672, says: Buffer.from('AMQP\0\0\u0009\u0001'), hears: Buffer.from([1, 0, 0]) };
const localUrl = 'amqp://guest:guest@127.0.0.1:5672';
/** Erlang starts slowly where the machine is busy. */
const startWithinMs = 120_000;
/** Debian's own program on PATH refuses to run for anybody but root and one account, and writes to fixed places. */
const debianProgram = '/usr/lib/rabbitmq/bin/rabbitmq-server';

/** Throws an error that says what to run when no broker can be had. */
export async function openTestRabbitmq(): Promise<TestService> {
  const named = process.env.CHORALE_TEST_RABBITMQ;
  if (named !== undefined && named !== '')
    return { url: named, origin: 'CHORALE_TEST_RABBITMQ', close: async () => {} };
  if (await answers(new URL(localUrl), greeting))
    return { url: localUrl, origin: '127.0.0.1:5672', close: async () => {} };
  if (findBroker() === undefined) await installDebianPackage('rabbitmq-server', 'RabbitMQ (for tests)');
  // The package may have started it.
  if (await answers(new URL(localUrl), greeting))
    return { url: localUrl, origin: '127.0.0.1:5672', close: async () => {} };
  return await startPrivateRabbitmq();
}

function findBroker(): string | undefined {
  return existsSync(debianProgram) ? debianProgram : findProgram('rabbitmq-server');
}

/** `config` as `rabbitmq.conf` has it. */
export interface PrivateRabbitmq extends TestService {
  /** As after a crash; resolves when the broker answers again. */
  restart(): Promise<void>;
}

export async function startPrivateRabbitmq({ config }: { readonly config?: string } = {}): Promise<PrivateRabbitmq> {
  const program = findBroker();
  if (program === undefined)
    throw new Error('there is no rabbitmq-server on PATH: sudo apt-get install -y rabbitmq-server');
  const folder = await mkdtemp(join(tmpdir(), 'chorale-rabbitmq-'));
  const [port, distPort, mapperPort] = [await freePort(), await freePort(), await freePort()];
  await writeFile(join(folder, 'plugins'), '[].');
  if (config !== undefined) await writeFile(join(folder, 'own.conf'), config);
  const env = { ...process.env, ...settings({ folder, port, distPort, mapperPort }) };
  const mapper = spawn('epmd', ['-port', String(mapperPort)], { env, stdio: 'ignore' });
  // Whoever does not find it starts one of its own, which would outlive the tests.
  await once(mapper, 'spawn');
  const start = (): ChildProcess => spawn(program, [], { env, cwd: folder, stdio: 'ignore', detached: true });
  let server = start();
  const kill = (): Promise<void> => end(server, () => process.kill(-(server.pid ?? 0), 'SIGKILL'));
  const close = async (): Promise<void> => {
    await kill();
    await end(mapper, () => mapper.kill('SIGKILL'));
    await rm(folder, { recursive: true, force: true });
  };
  const url = `amqp://guest:guest@127.0.0.1:${port}`;
  const answered = (): Promise<void> =>
    untilItAnswers({ url: new URL(url), greeting, server, withinMs: startWithinMs });
  const restart = async (): Promise<void> => {
    await kill();
    server = start();
    await answered();
  };
  try {
    await answered();
  } catch (error) {
    await close();
    throw error;
  }
  return { url, origin: `a private broker on 127.0.0.1:${port}`, restart, close };
}

interface Place {
  readonly folder: string;
  readonly port: number;
  readonly distPort: number;
  readonly mapperPort: number;
}

function settings({ folder, port, distPort, mapperPort }: Place): Readonly<Record<string, string>> {
  return {
    HOME: folder,
    ERL_EPMD_PORT: String(mapperPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `chorale-${process.pid}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(distPort),
    RABBITMQ_MNESIA_BASE: join(folder, 'data'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_PID_FILE: join(folder, 'pid'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
    RABBITMQ_CONFIG_FILE: join(folder, 'own'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(folder, 'no-advanced-config'),
    RABBITMQ_CONF_ENV_FILE: join(folder, 'no-environment'),
  };
}

async function end(child: ChildProcess, kill: () => unknown): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  kill();
  await ended;
}
