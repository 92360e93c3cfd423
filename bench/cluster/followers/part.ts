// H5: live events: a thousand who follow a hundred goals over two processes of the API, and what becomes of them when connections
// are cut and a process is killed.

import { setTimeout as wait } from 'node:timers/promises';
import { p50, p99, processTreeCpuMs } from '../../harness/index.ts';
import type { BenchPart } from '../part.ts';
import { Follower } from './follower.ts';
import { openFollowedSite, type FollowedSite } from './site.ts';

const goalCount = 100;
const followerCount = 1_000;
const calmSeconds = 15;
const troubledSeconds = 15;
/** Of each goal. */
const eventsPerSecond = 2;
/** Of those that follow, each second of trouble. */
const cutShare = 0.1;
const settleMsMax = 60_000;

export const followers: BenchPart = {
  goals: [
    {
      id: 'H5a',
      title: 'from an event of a goal to each who follows it, p99; 1,000 follow 100 goals over two processes',
      unit: 'ms',
      bar: 250,
      better: 'lower',
      notMeasured: 'browsers and networks; events are of 100 goals at 2 a second, made by a program of this machine',
    },
    {
      id: 'H5b',
      title:
        'events missed, doubled or out of order, also by who was cut off and by who followed a process that was killed',
      unit: 'events',
      bar: 0,
      better: 'lower',
      notMeasured: 'a database that loses what it acknowledged',
    },
  ],
  async *run(context) {
    if (!context.wants('H5a', 'H5b')) return;
    const site = await openFollowedSite(context.scratch, goalCount);
    const latencies: number[] = [];
    let isCalm = true;
    const onEvent = (atMs: number): void => void (isCalm && latencies.push(Date.now() - atMs));
    const all = Array.from({ length: followerCount }, (_, no) => {
      const goalId = site.goals[no % goalCount] ?? '';
      return new Follower({ baseUrls: site.baseUrls, key: site.key, goalId, onEvent }, Math.floor(no / goalCount));
    });
    try {
      await Promise.all(all.map((follower) => follower.open()));
      await untilAllHave(site, all);
      latencies.length = 0;
      const [cpu, calm] = [await apiCpu(site), performance.now()];
      await site.makeEvents(calmSeconds, eventsPerSecond);
      await untilAllHave(site, all);
      const spent = ((await apiCpu(site)) - cpu) / (performance.now() - calm);
      isCalm = false;
      context.note(
        `${latencies.length} deliveries, p50 ${p50(latencies)} ms, most ${Math.max(...latencies.slice(0, 1e5))} ms`,
      );
      context.note(`the two processes of the API took ${Math.round(spent * 100)} % of a processor`);
      await trouble(site, all);
      const missing = await untilAllHave(site, all);
      const wrong = all.reduce((sum, one) => sum + one.wrong, 0);
      const connections = all.reduce((sum, one) => sum + one.connections, 0);
      context.note(
        `${connections - followerCount} connections were lost and taken up again; missing ${missing}, wrong ${wrong}`,
      );
      if (connections < followerCount * 1.5) throw new Error('too few connections were lost to say anything.');
      yield { id: 'H5a', measured: p99(latencies) };
      yield { id: 'H5b', measured: missing + wrong };
    } finally {
      for (const follower of all) follower.close();
      await site.close();
    }
  },
};

async function apiCpu({ pids }: FollowedSite): Promise<number> {
  const spent = await Promise.all(pids().map((pid) => processTreeCpuMs(pid)));
  return spent.reduce((sum, ms) => sum + ms, 0);
}

/** Connections are cut all the time, and in the middle of it one process is killed and comes again. */
async function trouble(site: FollowedSite, all: readonly Follower[]): Promise<void> {
  let isOver = false;
  const cutting = (async () => {
    while (!isOver) {
      for (const follower of all) if (Math.random() < cutShare / 4) follower.cut();
      await wait(250);
    }
  })();
  const killing = (async () => {
    await wait((troubledSeconds * 1_000) / 3);
    await site.killOne();
  })();
  await site.makeEvents(troubledSeconds, eventsPerSecond);
  isOver = true;
  await Promise.all([cutting, killing]);
}

/** How many deliveries are still missing when nothing more comes. */
async function untilAllHave(site: FollowedSite, all: readonly Follower[]): Promise<number> {
  const wanted = await site.lastEvents();
  const count = (): number =>
    all.reduce((sum, { last }, no) => sum + Math.max(0, (wanted.get(site.goals[no % goalCount] ?? '') ?? 0) - last), 0);
  const until = performance.now() + settleMsMax;
  while (count() > 0 && performance.now() < until) await wait(50);
  return count();
}
