// The same server twice, once as it is and once with everybody let in unasked; both answer the same request in turn.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mkdir, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { createClient } from '@chorale/lib-client';
import { cpuMsDuring, median } from '../../harness/index.ts';
import { ServerProcess } from '../../../tests/e2e/server-process.ts';

const hook = fileURLToPath(new URL('without-access.mjs', import.meta.url));
const listed = 20;
const requestsPerRound = 3_000;
const rounds = 5;
const atOnce = 16;

export interface AccessCost {
  /** Microseconds of the server's CPU for a request. */
  readonly withAccess: number;
  readonly without: number;
  readonly percent: number;
}

interface Target {
  readonly server: ServerProcess;
  readonly baseUrl: string;
  readonly key: string;
  readonly costs: number[];
}

export async function measureAccessCost(folder: string): Promise<AccessCost> {
  const targets: Target[] = [];
  try {
    targets.push(await open(join(folder, 'with'), {}));
    targets.push(await open(join(folder, 'without'), { NODE_OPTIONS: `--import=${hook}` }));
    for (const target of targets) await askMany(target, requestsPerRound);
    for (let round = 0; round < rounds; round++)
      for (const target of targets) {
        const cpuMs = await cpuMsDuring(target.server.pid, () => askMany(target, requestsPerRound));
        target.costs.push((cpuMs * 1_000) / requestsPerRound);
      }
    const [withAccess = 0, without = 0] = targets.map(({ costs }) => median(costs));
    return { withAccess, without, percent: (withAccess / without - 1) * 100 };
  } finally {
    for (const { server } of targets) await server.kill();
  }
}

async function open(folder: string, env: Record<string, string>): Promise<Target> {
  await mkdir(join(folder, 'cwd'), { recursive: true });
  await writeFile(join(folder, 'cwd', 'chorale.yaml'), JSON.stringify({ models: { discover: false } }));
  const args = ['serve', '--roles', 'api'];
  const server = new ServerProcess({ dataDir: join(folder, 'data'), cwd: join(folder, 'cwd'), args, env });
  const [, baseUrl = ''] = await server.waitFor(/serving on (http:\/\/\S+)/, 120_000);
  const owner = createClient({ baseUrl, key: server.key });
  const definition = 'tasks:\n  news: { signal: true }\n';
  for (let index = 0; index < listed; index++) await owner.submitGoal({ definition });
  const { userId } = await owner.addMember({ login: 'reader', kind: 'service', roles: ['viewer'] });
  return { server, baseUrl, key: (await owner.makeKey({ label: 'bench' }, userId)).key, costs: [] };
}

async function askMany({ baseUrl, key }: Target, count: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  let left = count;
  const ask = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await askOnce(agent, `${baseUrl}/v1/goals?limit=${listed}`, key);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, ask));
  agent.destroy();
}

function askOnce(agent: Agent, url: string, key: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = request(url, { agent, headers: { authorization: `Bearer ${key}` } }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url} was answered with ${response.statusCode}.`));
      response.resume();
      response.on('end', resolve);
    });
    call.on('error', reject);
    call.end();
  });
}
