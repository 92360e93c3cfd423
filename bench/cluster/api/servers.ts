// The server as it is run, and a bare one beside it, each on a database of its own.

import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import postgres, { type Sql } from 'postgres';
import { makeDatabase, type OwnDatabase } from '../../engine/own-database.ts';
import { processTreeCpuMs } from '../../harness/index.ts';
import { freePort } from '../../../tools/services/free-port.ts';
import { bareTables } from './bare-schemas.ts';

export interface Served {
  readonly port: number;
  readonly key: string;
  readonly sql: Sql;
  /** Of its processes and of the database's on its behalf, so far. */
  cpuMs(): Promise<{ readonly server: number; readonly database: number }>;
  close(): Promise<void>;
}

const root = fileURLToPath(new URL('../../..', import.meta.url));
const startMsMax = 120_000;
/** Far beyond what is sent: limits are asked and never reached. */
const plenty = { burst: 100_000_000, perSecond: 1_000_000 };

interface ProductOptions {
  readonly folder: string;
  readonly processes: number;
  /** More settings of the server. */
  readonly settings?: object;
}

/** `chorale serve` with the role api; rate limits are asked of this machine too. */
export async function startProduct({ folder, processes, settings = {} }: ProductOptions): Promise<Served> {
  const database = await makeDatabase();
  const port = await freePort();
  const file = join(folder, 'chorale.yaml');
  await mkdir(folder, { recursive: true });
  const config = {
    dataDir: join(folder, 'data'),
    database: database.url,
    roles: ['api'],
    processes,
    listen: `127.0.0.1:${port}`,
    limits: { requests: { onLoopback: true, address: plenty, caller: plenty } },
    log: { format: 'text' },
    ...settings,
  };
  // JSON is YAML.
  await writeFile(file, JSON.stringify(config));
  const main = join(root, 'apps', 'server', 'src', 'main.ts');
  const args = ['--conditions=chorale-source', main, 'serve', '--config', file];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  await untilServing(child, processes).catch(async (error: unknown) => {
    child.kill('SIGKILL');
    await database.drop();
    throw error;
  });
  const key = readFileSync(join(folder, 'data', 'access', 'local-key'), 'utf8').trim();
  return serve({ child, database, port, key, signal: 'SIGTERM' });
}

async function untilServing(child: ChildProcess, processes: number): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the server did not serve in time:\n${said}`)), startMsMax);
    child.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-20_000);
      if ((said.match(/serving on/g) ?? []).length < processes) return;
      clearTimeout(timer);
      resolve();
    });
    child.once('exit', (code) => reject(new Error(`the server ended (${code}):\n${said}`)));
  });
}

export async function startBare(processes: number): Promise<Served> {
  const database = await makeDatabase();
  const sql = postgres(database.url, { max: 1, onnotice: () => undefined });
  await sql.unsafe(bareTables);
  await sql.end();
  const file = new URL('./bare-server.ts', import.meta.url);
  const key = 'bare-key-0123456789-0123456789-0123456789';
  const child = fork(file, [database.url, key, String(processes), 'goal'], {
    execArgv: ['--conditions=chorale-source'],
  });
  const [port] = (await once(child, 'message')) as [number];
  return serve({ child, database, port, key, signal: 'SIGKILL' });
}

interface Serving {
  readonly child: ChildProcess;
  readonly database: OwnDatabase;
  readonly port: number;
  readonly key: string;
  readonly signal: NodeJS.Signals;
}

function serve({ child, database, port, key, signal }: Serving): Served {
  const sql = postgres(database.url, { max: 1, onnotice: () => undefined });
  return {
    port,
    key,
    sql,
    async cpuMs() {
      const rows = await sql<{ pid: number }[]>`
        SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`;
      const each = await Promise.all(rows.map(({ pid }) => processTreeCpuMs(pid).catch(() => 0)));
      return { server: await processTreeCpuMs(child.pid!), database: each.reduce((sum, ms) => sum + ms, 0) };
    },
    async close() {
      const ended = child.exitCode === null ? once(child, 'exit') : undefined;
      child.kill(signal);
      await ended;
      await sql.end();
      await database.drop();
    },
  };
}
