// A throw-away PostgreSQL server in the temporary folder. It gives up durability for speed: what it holds is only tests. One
// that is to be restarted keeps what it acknowledged when its process is killed, and not when the machine stops.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { collectProgram } from '../process/run-program.ts';
import { askPostgres } from './ask-postgres.ts';
import { freePort } from './free-port.ts';
import type { TestPostgres } from './postgres.ts';

const startWithinMs = 20_000;
const lookAgainMs = 50;
const connectionsMax = 200;

export interface PrivatePostgresOptions {
  /** Keeps what it acknowledged when its process is killed. */
  readonly keepsCommits?: boolean;
  /** Begins as a copy of this server and goes on copying what is written there, under this name. */
  readonly copyOf?: { readonly url: string; readonly name: string };
  /** More settings, as `postgresql.conf` names them. */
  readonly settings?: Readonly<Record<string, string>>;
  /** `pg_hba.conf`, in place of one that trusts. Read before the server starts. */
  readonly entry?: string;
}

export interface PrivatePostgres extends TestPostgres {
  readonly folder: string;
  /** As after a crash; resolves when the server answers again. */
  restart(): Promise<void>;
  /** Kills all of it at once, as a machine that stops; only `restart` and `close` are of use then. */
  kill(): Promise<void>;
}

/** `programs` is the folder of `initdb` and `postgres`. */
export async function startPrivatePostgres(
  programs: string,
  { keepsCommits = false, copyOf, settings = {}, entry }: PrivatePostgresOptions = {},
): Promise<PrivatePostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'chorale-postgres-'));
  const owner = await serverAccount();
  if (owner.uid !== undefined) await chown(folder, owner.uid, owner.gid ?? owner.uid);
  const data = join(folder, 'data');
  const [maker, ...makerArgs] = copyOf === undefined ? makeEmpty(data) : makeCopy(data, copyOf);
  const made = await collectProgram(join(programs, maker), makerArgs, { cwd: folder, ...owner });
  if (made.code !== 0) throw new Error(`${maker} failed (exit code ${made.code}):\n${made.output.trim()}`);
  const port = await freePort();
  if (entry !== undefined) await writeFile(join(data, 'pg_hba.conf'), entry);
  const more = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const args = [...serverArguments(data, folder, port), ...(keepsCommits ? keepCommits : []), ...more];
  const start = (): ChildProcess => spawn(join(programs, 'postgres'), args, { cwd: folder, stdio: 'ignore', ...owner });
  let server = start();
  const close = async (): Promise<void> => {
    await stop(server);
    await rm(folder, { recursive: true, force: true });
  };
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  try {
    await untilItAnswers(url, server);
  } catch (error) {
    await close();
    throw error;
  }
  const restart = async (): Promise<void> => {
    await stop(server);
    server = start();
    await untilItAnswers(url, server);
  };
  const kill = async (): Promise<void> => {
    const children = await readFile(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8');
    const ended = stop(server, 'SIGKILL');
    // They would end by themselves, each when it looks next.
    for (const pid of children.trim().split(' ')) killIfThere(Number(pid));
    await ended;
  };
  return { url, origin: `a private server on 127.0.0.1:${port} (${programs})`, folder, restart, kill, close };
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

type Maker = readonly [program: string, ...args: readonly string[]];

const makeEmpty = (data: string): Maker => [
  'initdb',
  '--pgdata',
  data,
  '--auth=trust',
  '--username=postgres',
  '--encoding=UTF8',
  '--locale=C',
  '--no-sync',
];

function makeCopy(data: string, { url, name }: { readonly url: string; readonly name: string }): Maker {
  const source = new URL(url);
  const address = `host=${source.hostname} port=${source.port} user=${source.username} application_name=${name}`;
  const how = ['--write-recovery-conf', '--wal-method=stream', '--checkpoint=fast', '--no-sync'];
  return ['pg_basebackup', '--pgdata', data, '--dbname', address, ...how];
}

const keepCommits = ['-c', 'synchronous_commit=on', '-c', 'full_page_writes=on'];

/** PostgreSQL refuses to run as root; Debian's package makes an account for it. */
async function serverAccount(): Promise<{ readonly uid?: number; readonly gid?: number }> {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = await Promise.all([
    collectProgram('id', ['-u', 'postgres']),
    collectProgram('id', ['-g', 'postgres']),
  ]);
  if (uid.code !== 0) throw new Error('PostgreSQL does not run as root and there is no account postgres to run it as.');
  return { uid: Number(uid.output), gid: Number(gid.output) };
}

function serverArguments(data: string, folder: string, port: number): readonly string[] {
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    max_connections: connectionsMax,
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    shared_buffers: '256MB',
  };
  return ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

async function untilItAnswers(url: string, server: ChildProcess): Promise<void> {
  const giveUpMs = Date.now() + startWithinMs;
  while (Date.now() < giveUpMs) {
    const answer = await askPostgres(new URL(url));
    if (answer.kind === 'open') return;
    if (server.exitCode !== null) throw new Error(`postgres ended with exit code ${server.exitCode} while starting.`);
    await wait(lookAgainMs);
  }
  throw new Error(`postgres did not answer at ${url} within ${startWithinMs / 1000} s.`);
}

/** SIGQUIT is the immediate shutdown: nothing in it is worth saving. */
async function stop(server: ChildProcess, signal: NodeJS.Signals = 'SIGQUIT'): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  server.kill(signal);
  await ended;
}
