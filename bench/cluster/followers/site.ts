// Two processes of the API on a database of its own and a broker, and goals whose events are made from here.

import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openPostgresStores, type HintCarrier } from '@chorale/adapter-postgres';
import { openRabbitBus } from '@chorale/adapter-rabbitmq';
import { createClient } from '@chorale/lib-client';
import { defaultTenant, makeId, type GoalId } from '@chorale/lib-ids';
import type { GoalStore } from '@chorale/module-goals';
import postgres from 'postgres';
import { ServerProcess } from '../../../tests/e2e/server-process.ts';
import { freePort } from '../../../tools/services/free-port.ts';
import { broker, database } from '../services.ts';

export interface FollowedSite {
  readonly goals: readonly string[];
  readonly baseUrls: readonly string[];
  readonly key: string;
  pids(): readonly number[];
  /** Each goal gets so many a second, spread over time. */
  makeEvents(seconds: number, perSecond: number): Promise<void>;
  lastEvents(): Promise<ReadonlyMap<string, number>>;
  /** As power that fails; another begins at the same address. */
  killOne(): Promise<void>;
  close(): Promise<void>;
}

export async function openFollowedSite(folder: string, goalCount: number): Promise<FollowedSite> {
  const name = `chorale_bench_${randomBytes(6).toString('hex')}`;
  const admin = postgres(database, { max: 1, onnotice: () => undefined });
  await admin`CREATE DATABASE ${admin(name)}`;
  const own = new URL(database);
  own.pathname = `/${name}`;
  const servers = await startServers(folder, own.href);
  const bus = await openRabbitBus({ url: broker, onError: () => undefined });
  // As the server's processes carry hints.
  const carrier: HintCarrier = {
    carry: (text) => bus.publish('-.-.-.commit', text, { priority: 5, expiresMs: 5_000 }),
    onText: async () => async () => undefined,
  };
  const stores = await openPostgresStores({ url: own.href, carrier });
  const maker = await openMaker(stores.goals, goalCount);
  return {
    ...servers,
    ...maker,
    async close() {
      await servers.end();
      await bus.close();
      await stores.close();
      await admin`DROP DATABASE ${admin(name)} WITH (FORCE)`;
      await admin.end();
    },
  };
}

type Servers = Pick<FollowedSite, 'baseUrls' | 'key' | 'pids' | 'killOne'> & { end(): Promise<void> };

async function startServers(folder: string, url: string): Promise<Servers> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'chorale.yaml'), JSON.stringify({ models: { discover: false } }));
  const addresses = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const start = (no: number): ServerProcess => {
    const args = ['serve', '--roles', 'api', '--database', url, '--broker', broker];
    return new ServerProcess({ dataDir: join(folder, `data-${no}`), cwd: folder, args, listen: addresses[no] ?? '' });
  };
  const servers: ServerProcess[] = [];
  // The first makes the schema.
  for (const no of addresses.keys()) {
    const server = start(no);
    servers.push(server);
    await server.waitFor(/serving on/, 120_000);
  }
  const baseUrls = addresses.map((address) => `http://${address}`);
  return {
    baseUrls,
    key: await makeKey(baseUrls[0] ?? '', servers[0]?.key ?? ''),
    pids: () => servers.map(({ pid }) => pid),
    async killOne() {
      await servers[1]?.kill();
      servers[1] = start(1);
    },
    end: async () => void (await Promise.all(servers.map((server) => server.kill()))),
  };
}

type Maker = Pick<FollowedSite, 'goals' | 'makeEvents' | 'lastEvents'>;

async function openMaker(store: GoalStore, goalCount: number): Promise<Maker> {
  const goals = Array.from({ length: goalCount }, () => makeId<'goal'>('goal', Date.now(), Math.random));
  const definition = { workflow: 'bench', inputs: {}, tasks: [{ key: 'news', kind: 'signal', needs: [] }] } as const;
  const submit = {
    command: 'submit-goal',
    tenantId: defaultTenant,
    definition,
    planHash: 'bench',
    inputs: {},
  } as const;
  const rest = { title: 'a goal', priority: 2, requestedBy: 'bench' } as const;
  await Promise.all(goals.map((goalId) => store.execute({ ...submit, ...rest, goalId })));
  const paused = new Set<GoalId>();
  const makeEvent = async (goalId: GoalId): Promise<void> => {
    const command = paused.has(goalId) ? 'resume-goal' : 'pause-goal';
    if (!paused.delete(goalId)) paused.add(goalId);
    await store.execute({ command, tenantId: defaultTenant, goalId, by: 'bench', reason: 'x'.repeat(100) });
  };
  return {
    goals,
    async makeEvents(seconds, perSecond) {
      const pauseMs = 1_000 / perSecond;
      const make = async (goalId: GoalId, no: number): Promise<void> => {
        await wait((no / goals.length) * pauseMs);
        for (let made = 0; made < seconds * perSecond; made++) {
          const begun = performance.now();
          await makeEvent(goalId);
          await wait(Math.max(0, pauseMs - (performance.now() - begun)));
        }
      };
      await Promise.all(goals.map(make));
    },
    async lastEvents() {
      const found = await Promise.all(goals.map((goalId) => store.findGoal(defaultTenant, goalId)));
      return new Map(found.map((goal) => [goal?.goalId ?? '', goal?.eventSeq ?? 0]));
    },
  };
}

async function makeKey(baseUrl: string, ownerKey: string): Promise<string> {
  const owner = createClient({ baseUrl, key: ownerKey });
  const { userId } = await owner.addMember({ login: 'follower', kind: 'service', roles: ['viewer'] });
  return (await owner.makeKey({ label: 'bench' }, userId)).key;
}
